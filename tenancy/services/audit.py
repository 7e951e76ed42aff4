"""The one place where what people did to the workspace is written down."""

from __future__ import annotations

import uuid
from typing import Any

from tenancy.models import AuditEntry
from tenancy.permissions import Actor


def record(
    *, actor: Actor, action: str, target_id: uuid.UUID | None = None, detail: dict[str, Any] | None = None
) -> None:
    """`action` is a dotted name such as "stage.changed"; `detail` holds values that JSON can carry."""
    AuditEntry.objects.create(actor=actor.member, action=action, target_id=target_id, detail=detail or {})
