"""Memberships, and the global index that says who may enter which workspace."""

from __future__ import annotations

from core import clock
from core.errors import InvalidInput
from core.ids import uuid7
from tenancy.models import Membership, MembershipKey, Team, User
from tenancy.models.members import Role
from tenancy.scope import current_workspace_id


def add_member(
    *, user: User | None, display_name: str, role: str = Role.REP, team: Team | None = None
) -> Membership:
    """A member of the workspace entered. Without a user: someone known only from an import."""
    name = display_name.strip()[:120]
    if not name:
        raise InvalidInput.of("display_name", "A member needs a name.")
    member = Membership(id=uuid7(), user=user, display_name=name, role=role, team=team)
    member.save(force_insert=True)
    if user is not None:
        MembershipKey.objects.create(membership_id=member.pk, user=user, workspace_id=current_workspace_id())
    return member


def add_team(*, name: str) -> Team:
    return Team.objects.create(name=name.strip())


def deactivate_member(*, member: Membership) -> None:
    """End a membership: the person cannot enter the workspace from the next request on."""
    member.deactivated_at = clock.now()
    member.save(update_fields=["deactivated_at"])
    MembershipKey.objects.filter(membership_id=member.pk).delete()
