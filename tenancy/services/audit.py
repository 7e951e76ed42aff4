"""The one way to write down what somebody did to the workspace itself."""

from __future__ import annotations

import uuid
from typing import Any

from tenancy.models import AuditEntry, Membership
from tenancy.permissions import Actor


def record(
    *, actor: Actor, action: str, target_id: uuid.UUID | None = None, detail: dict[str, Any] | None = None
) -> AuditEntry:
    """One entry, in the transaction of the change it tells of.

    `action` is a dotted name such as "member.role"; `detail` holds JSON values, `from` and `to` among them. Names and
    addresses of people stay out: entries cannot be erased, so they name people by id.
    """
    return AuditEntry.objects.create(
        actor_id=actor.member_id, action=action, target_id=target_id, detail=detail or {}
    )


def who_did(member: Membership | None) -> Actor:
    """The member as the actor of an entry; None is the system."""
    return Actor.of(member) if member is not None else Actor.system()
