"""Place members in roles and teams. Who may give which role to whom stands in `tenancy.permissions`."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput, NotAllowed
from tenancy.models import Membership, Team
from tenancy.models.members import Role
from tenancy.permissions import ROLES, Actor, Permission, may_manage, offered_roles
from tenancy.services.audit import record
from tenancy.services.members import check_owner_remains, lock_members


def check_may_give(actor: Actor, role: str) -> None:
    """Raise InvalidInput for what is no role, NotAllowed for one that the actor may not give."""
    actor.require(Permission.MANAGE_MEMBERS)
    if role not in ROLES:
        raise InvalidInput.of("role", _("Choose one of the roles."), "invalid_choice")
    if role not in offered_roles(actor):
        raise NotAllowed(_("Only an owner makes or unmakes admins and owners."))


@transaction.atomic
def change_role(*, member_id: uuid.UUID, role: str, actor: Actor) -> Membership:
    """Give a member another role. Everybody may step down, nobody may raise themselves.

    Raises NotAllowed, InvalidInput, NotFound; Conflict for the last owner and for someone who has left.
    """
    actor.require(Permission.MANAGE_MEMBERS)
    if role not in ROLES:
        raise InvalidInput.of("role", _("Choose one of the roles."), "invalid_choice")
    held = lock_members([member_id])
    member = held[member_id]
    check_here(member)
    if member_id == actor.member_id:
        if ROLES.index(role) > ROLES.index(member.role):
            raise NotAllowed(_("Nobody raises their own role. Ask another owner."))
    else:
        check_may_give(actor, role)
        if not may_manage(actor, member):
            raise NotAllowed(_("Only an owner makes or unmakes admins and owners."))
    if role == member.role:
        return member
    if member.role == Role.OWNER:
        check_owner_remains(member, held)
    was, member.role = member.role, role
    member.save(update_fields=["role"])
    record(actor=actor, action="member.role", target_id=member.pk, detail={"from": was, "to": role})
    return member


@transaction.atomic
def change_team(*, member_id: uuid.UUID, team_id: uuid.UUID | None, actor: Actor) -> Membership:
    """Put a member into a team, or into none. Raises NotAllowed, NotFound, InvalidInput; Conflict after leaving."""
    actor.require(Permission.MANAGE_MEMBERS)
    member = lock_members([member_id])[member_id]
    check_here(member)
    team = checked_team(team_id)
    if member.team_id == (team.pk if team else None):
        return member
    was, member.team = member.team_id, team
    member.save(update_fields=["team"])
    detail = {"from": str(was) if was else None, "to": str(team.pk) if team else None}
    record(actor=actor, action="member.team", target_id=member.pk, detail=detail)
    return member


def check_here(member: Membership) -> None:
    if not member.is_active:
        raise Conflict(_("This person has left the workspace. Reactivate them first."))


def checked_team(team_id: uuid.UUID | None) -> Team | None:
    """The team in use of that id, held so that it is not archived meanwhile. Raises InvalidInput."""
    if team_id is None:
        return None
    team = Team.objects.select_for_update(no_key=True).filter(pk=team_id, archived_at=None).first()
    if team is None:
        raise InvalidInput.of("team", _("Choose a team that exists."), "invalid_choice")
    return team
