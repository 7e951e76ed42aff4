"""API tokens: 256 random bits behind a prefix, stored as SHA-256, shown once."""

from __future__ import annotations

import hashlib
import secrets
import uuid

from django.db import transaction

from core import clock
from core.ids import uuid7
from tenancy.models import ApiToken, AuditEntry, Credential, Membership
from tenancy.models.tokens import TokenScope
from tenancy.scope import current_workspace_id

PREFIX = "sc_"
KIND = "api_token"


@transaction.atomic
def create_api_token(
    *, member: Membership, name: str, scope: str = TokenScope.WRITE, by: Membership | None = None
) -> tuple[ApiToken, str]:
    """The token's row and its secret; the secret exists only in this return value."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(id=uuid7(), member=member, name=name[:80], prefix=secret[:9], scope=scope)
    token.save(force_insert=True)
    Credential.objects.create(
        digest=digest(secret), kind=KIND, workspace_id=current_workspace_id(), target_id=token.pk
    )
    AuditEntry.objects.create(actor=by, action="token.created", target_id=token.pk, detail={"scope": scope})
    return token, secret


@transaction.atomic
def revoke_api_token(*, token: ApiToken, by: Membership | None = None) -> None:
    """Dead from the next request on."""
    Credential.objects.filter(target_id=token.pk).delete()
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    AuditEntry.objects.create(actor=by, action="token.revoked", target_id=token.pk)


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def find_credential(secret: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """(workspace id, token id) of a secret, or None."""
    if not secret.startswith(PREFIX) or len(secret) > 200:
        return None
    return (
        Credential.objects.filter(digest=digest(secret), kind=KIND)
        .values_list("workspace_id", "target_id")
        .first()
    )
