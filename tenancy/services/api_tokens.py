"""API tokens: 256 random bits behind a prefix, stored as SHA-256, shown once."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.ids import uuid7
from tenancy.models import ApiToken, Membership
from tenancy.models.tokens import TokenScope
from tenancy.permissions import Actor, Permission, useful_scopes
from tenancy.services.audit import record, who_did
from tenancy.services.credentials import credential_of, forget_credentials, keep_credential

PREFIX = "sc_"
KIND = "api_token"
MAX_NAME = 80
MAX_TOKENS = 50


@transaction.atomic
def create_api_token(
    *,
    member: Membership,
    name: str,
    scope: str = TokenScope.WRITE,
    by: Membership | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """The token's row and its secret; the secret exists only in this return value."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        id=uuid7(),
        member=member,
        name=name[:MAX_NAME],
        prefix=secret[:9],
        scope=scope,
        expires_at=expires_at,
    )
    token.save(force_insert=True)
    keep_credential(secret=secret, kind=KIND, target_id=token.pk)
    record(
        actor=who_did(by),
        action="token.created",
        target_id=token.pk,
        detail={
            "scope": scope,
            "member": str(member.pk),
            "expires": expires_at.isoformat() if expires_at else None,
        },
    )
    return token, secret


@transaction.atomic
def create_own_token(*, actor: Actor, name: str, scope: str, days: int | None = None) -> tuple[ApiToken, str]:
    """A token of the actor's own, for `days` days (None: until it is revoked).

    Raises InvalidInput for a name or scope that will not do, Conflict at MAX_TOKENS live ones, NotAllowed for the
    system and for a token that would make tokens.
    """
    member = actor.member
    if member is None or actor.token_id is not None:
        raise NotAllowed
    name = " ".join(name.split())
    if not name:
        raise InvalidInput.of("name", _("Say what the token is for."), "required")
    if len(name) > MAX_NAME or "\x00" in name:
        detail = _("At most %(max)s characters fit here.") % {"max": MAX_NAME}
        raise InvalidInput.of("name", detail, "max_length")
    if scope not in useful_scopes(actor.role):
        raise InvalidInput.of("scope", _("Your role does not reach this far."), "invalid_choice")
    if ApiToken.objects.filter(member=member, revoked_at=None).count() >= MAX_TOKENS:
        raise Conflict(_("You have %(max)s tokens. Revoke one first.") % {"max": MAX_TOKENS})
    expires_at = clock.now() + timedelta(days=days) if days else None
    return create_api_token(member=member, name=name, scope=scope, by=member, expires_at=expires_at)


@transaction.atomic
def revoke_api_token(*, token: ApiToken, by: Membership | None = None) -> None:
    """Dead from the next request on."""
    forget_credentials(target_ids=[token.pk])
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    record(
        actor=who_did(by),
        action="token.revoked",
        target_id=token.pk,
        detail={"member": str(token.member_id)},
    )


@transaction.atomic
def revoke_token(*, token_id: uuid.UUID, actor: Actor) -> ApiToken:
    """One's own, or with the right to manage the workspace anybody's. Revoked twice, it stays as it is.

    Raises NotFound: whoever may not see a token reads that it does not exist.
    """
    rows = ApiToken.objects.select_for_update(of=("self",), no_key=True)
    if not actor.can(Permission.MANAGE_WORKSPACE):
        rows = rows.filter(member_id=actor.member_id)
    token = rows.filter(pk=token_id).first()
    if token is None:
        raise NotFound
    if token.revoked_at is None:
        revoke_api_token(token=token, by=actor.member)
    return token


def find_credential(secret: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """(workspace id, token id) of a secret, or None."""
    if not secret.startswith(PREFIX) or len(secret) > 200:
        return None
    return credential_of(secret=secret, kind=KIND)
