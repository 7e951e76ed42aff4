"""Secrets that open a workspace before it is known: only their SHA-256 is kept, in the global table."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection

from tenancy.models import Credential
from tenancy.scope import current_workspace_id


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def keep_credential(*, secret: str, kind: str, target_id: uuid.UUID) -> None:
    """Let `secret` lead to the row `target_id` of the workspace entered."""
    Credential.objects.create(
        digest=digest(secret), kind=kind, workspace_id=current_workspace_id(), target_id=target_id
    )


def forget_credentials(*, target_ids: Collection[uuid.UUID]) -> None:
    """Dead from the next request on."""
    Credential.objects.filter(target_id__in=target_ids, workspace_id=current_workspace_id()).delete()


def credential_of(*, secret: str, kind: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """(workspace id, row id) that the secret opens, or None."""
    return (
        Credential.objects.filter(digest=digest(secret), kind=kind)
        .values_list("workspace_id", "target_id")
        .first()
    )
