"""Memberships, and the global index that says who may enter which workspace."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, InvalidInput
from core.ids import uuid7
from tenancy.models import ApiToken, AuditEntry, Membership, MembershipKey, Team, User
from tenancy.models.members import Role
from tenancy.scope import current_workspace_id
from tenancy.services.api_tokens import revoke_api_token


@transaction.atomic
def add_member(
    *, user: User | None, display_name: str, role: str = Role.REP, team: Team | None = None
) -> Membership:
    """A member of the workspace entered. Without a user: someone known only from an import.

    Raises InvalidInput without a name, Conflict for a user who is, or once was, a member.
    """
    name = display_name.strip()[:120]
    if not name:
        raise InvalidInput.of("display_name", _("A member needs a name."), "required")
    if user is not None and Membership.objects.filter(user=user).exists():
        raise Conflict(_("This person is a member already."))
    member = Membership(id=uuid7(), user=user, display_name=name, role=role, team=team)
    member.save(force_insert=True)
    if user is not None:
        MembershipKey.objects.create(membership_id=member.pk, user=user, workspace_id=current_workspace_id())
    return member


def add_team(*, name: str) -> Team:
    return Team.objects.create(name=name.strip())


@transaction.atomic
def deactivate_member(*, member: Membership, by: Membership | None = None) -> None:
    """End a membership: neither the person nor a token of theirs enters the workspace from the next request on.

    Raises Conflict for the last owner.
    """
    # The owners' rows are held, so that the last two cannot leave at once.
    owners = Membership.objects.select_for_update().filter(role=Role.OWNER, deactivated_at=None)
    if [owner.pk for owner in owners.order_by("id")] == [member.pk]:
        raise Conflict(_("A workspace needs an owner. Name another one first."))
    member.deactivated_at = clock.now()
    member.save(update_fields=["deactivated_at"])
    MembershipKey.objects.filter(membership_id=member.pk).delete()
    for token in ApiToken.objects.filter(member=member, revoked_at=None):
        revoke_api_token(token=token, by=by)
    AuditEntry.objects.create(actor=by, action="member.deactivated", target_id=member.pk)
