"""Let a member go, with everything they hold handed over; and let them back in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput, NotAllowed
from tenancy.handover import Holding, holdings
from tenancy.models import Membership
from tenancy.permissions import MINIMUM_ROLE, ROLES, Actor, Permission, may_manage
from tenancy.services.audit import record
from tenancy.services.members import check_owner_remains, deactivate_member, lock_members, open_door

type Heirs = Mapping[str, uuid.UUID | None]


@transaction.atomic
def let_go(*, member_id: uuid.UUID, heirs: Heirs, actor: Actor) -> Membership:
    """End a membership and hand over what the person holds, all or nothing.

    `heirs`: for each kind of holding (tenancy.handover) who takes it; None: nobody for now. One entry in the history
    tells of all of it. Raises InvalidInput for an heir that is missing or cannot take it, NotAllowed, NotFound;
    Conflict for the last owner, for oneself, and for someone who has left already.
    """
    actor.require(Permission.MANAGE_MEMBERS)
    wanted = {heir for heir in heirs.values() if heir is not None}
    held = lock_members({member_id, *wanted})
    member = held[member_id]
    check_may_let_go(member, actor=actor, held=held)
    handed: dict[str, dict[str, Any]] = {}
    for holding in holdings():
        heir_id = heirs.get(holding.name)
        if holding.name not in heirs and not holding.count([member_id]):
            continue
        heir = checked_heir(held[heir_id] if heir_id else None, leaver=member, holding=holding, heirs=heirs)
        count = holding.hand_over(holder=member, heir=heir, actor=actor)
        if count:
            handed[holding.name] = {"count": count, "to": str(heir.pk) if heir else None}
    deactivate_member(member=member, by=actor.member, detail={"handed": handed})
    return member


@transaction.atomic
def take_back(*, member_id: uuid.UUID, actor: Actor) -> Membership:
    """Let someone who has left in again, in their old role and team. What they held stays where it went.

    Raises Conflict for someone who has not left, NotAllowed, NotFound.
    """
    actor.require(Permission.MANAGE_MEMBERS)
    member = lock_members([member_id])[member_id]
    if member.is_active:
        raise Conflict(_("This person is a member already."))
    if not may_manage(actor, member):
        raise NotAllowed(_("Only an owner makes or unmakes admins and owners."))
    if member.team is not None and member.team.archived_at is not None:
        member.team = None
    member.deactivated_at = None
    member.save(update_fields=["deactivated_at", "team"])
    open_door(member)
    record(actor=actor, action="member.reactivated", target_id=member.pk)
    return member


def check_may_let_go(member: Membership, *, actor: Actor, held: dict[uuid.UUID, Membership]) -> None:
    if member.pk == actor.member_id:
        raise Conflict(_("You cannot let yourself go. Ask another admin."))
    if not member.is_active:
        raise Conflict(_("This person has left already."))
    if not may_manage(actor, member):
        raise NotAllowed(_("Only an owner makes or unmakes admins and owners."))
    check_owner_remains(member, held)


def checked_heir(
    heir: Membership | None, *, leaver: Membership, holding: Holding, heirs: Heirs
) -> Membership | None:
    """Who takes over: an active member who may edit deals, and somebody else. Raises InvalidInput."""
    if holding.name not in heirs:
        raise InvalidInput.of(holding.name, _("Choose who takes over, or leave it unassigned."), "required")
    if heir is not None and (heir == leaver or not can_take_over(heir)):
        detail = _("%(name)s cannot take this over. Choose somebody else.") % {"name": heir.display_name}
        raise InvalidInput.of(holding.name, detail, "invalid_choice")
    return heir


def can_take_over(member: Membership) -> bool:
    least = ROLES.index(MINIMUM_ROLE[Permission.EDIT_DEALS])
    return member.is_active and ROLES.index(member.role) >= least
