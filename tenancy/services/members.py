"""Memberships, and the global index that says who may enter which workspace."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import uuid7
from tenancy.models import ApiToken, Invitation, Membership, MembershipKey, Team, User
from tenancy.models.invitation import PENDING
from tenancy.models.members import Role
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_workspace_id
from tenancy.services.api_tokens import revoke_api_token
from tenancy.services.audit import record, who_did
from tenancy.services.credentials import forget_credentials

MAX_NAME = 120
# Of those who may let others in: an owner without a login could not.
REAL_OWNER = Q(role=Role.OWNER, deactivated_at=None, user__isnull=False)


@transaction.atomic
def add_member(
    *, user: User | None, display_name: str, role: str = Role.REP, team: Team | None = None
) -> Membership:
    """A member of the workspace entered. Without a user: someone known only from an import.

    Raises InvalidInput without a name, Conflict for a user who is, or once was, a member.
    """
    name = display_name.strip()[:MAX_NAME]
    if not name:
        raise InvalidInput.of("display_name", _("A member needs a name."), "required")
    if user is not None and Membership.objects.filter(user=user).exists():
        raise Conflict(_("This person is a member already."))
    member = Membership(id=uuid7(), user=user, display_name=name, role=role, team=team)
    member.save(force_insert=True)
    if user is not None:
        open_door(member)
    return member


def add_team(*, name: str) -> Team:
    return Team.objects.create(name=name.strip())


def open_door(member: Membership) -> None:
    """Let the member's user into the workspace entered."""
    if member.user_id is not None:
        MembershipKey.objects.create(
            membership_id=member.pk, user_id=member.user_id, workspace_id=current_workspace_id()
        )


@transaction.atomic
def rename_member(*, member_id: uuid.UUID, name: str, actor: Actor) -> Membership:
    """How colleagues read the person's name in this workspace. Everybody may rename themselves.

    Raises InvalidInput, NotAllowed, NotFound. The history says that it happened, and keeps no name.
    """
    if member_id != actor.member_id:
        actor.require(Permission.MANAGE_MEMBERS)
    member = lock_members([member_id])[member_id]
    name = checked_name(name)
    if name != member.display_name:
        member.display_name = name
        member.save(update_fields=["display_name"])
        record(actor=actor, action="member.renamed", target_id=member.pk)
    return member


def checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise InvalidInput.of("display_name", _("A member needs a name."), "required")
    if len(name) > MAX_NAME or "\x00" in name:
        detail = _("At most %(max)s characters fit here.") % {"max": MAX_NAME}
        raise InvalidInput.of("display_name", detail, "max_length")
    return name


def lock_members(member_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Membership]:
    """Those members and every owner, held until the transaction ends. Raises NotFound if one is missing.

    In one statement and in the order of ids: two who demote, or let go, each other must neither deadlock nor leave
    the workspace without an owner.
    """
    rows = Membership.objects.select_for_update(of=("self",), no_key=True).filter(
        Q(pk__in=member_ids) | REAL_OWNER
    )
    found = {member.pk: member for member in rows.order_by("pk")}
    if not set(member_ids) <= found.keys():
        raise NotFound
    return found


def check_owner_remains(member: Membership, held: dict[uuid.UUID, Membership]) -> None:
    """Raise Conflict if `member` is the only owner who can log in. `held` comes from `lock_members`."""
    owners = {
        each.pk
        for each in held.values()
        if each.role == Role.OWNER and each.is_active and each.user_id is not None
    }
    if owners == {member.pk}:
        raise Conflict(_("A workspace needs an owner. Name another one first."))


@transaction.atomic
def deactivate_member(
    *, member: Membership, by: Membership | None = None, detail: dict[str, Any] | None = None
) -> None:
    """End a membership: neither the person nor a token of theirs enters the workspace from the next request on.

    Invitations that they sent are withdrawn: a link that they copied must not outlive them. `let_go` asks for rights
    and heirs first. Raises Conflict for the last owner.
    """
    check_owner_remains(member, lock_members([member.pk]))
    member.deactivated_at = clock.now()
    member.save(update_fields=["deactivated_at"])
    MembershipKey.objects.filter(membership_id=member.pk).delete()
    for token in ApiToken.objects.filter(member=member, revoked_at=None):
        revoke_api_token(token=token, by=by)
    sent = Invitation.objects.filter(PENDING).filter(Q(invited_by=member) | Q(member=member))
    forget_credentials(target_ids=list(sent.values_list("pk", flat=True)))
    sent.update(revoked_at=member.deactivated_at)
    record(actor=who_did(by), action="member.deactivated", target_id=member.pk, detail=detail)
