"""Who is a member of what."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from tenancy.models import Membership, MembershipKey, User, WorkspaceKey
from tenancy.models.members import Role
from tenancy.scope import workspace_scope


def workspace_for_user(*, user: Any, slug: str) -> uuid.UUID | None:
    """The workspace of that slug if the user is an active member, else None: the two cases read the same."""
    return (
        WorkspaceKey.objects.filter(
            slug=slug, workspace_id__in=MembershipKey.objects.filter(user=user).values("workspace_id")
        )
        .values_list("workspace_id", flat=True)
        .first()
    )


def workspace_slugs(*, user: Any) -> list[str]:
    """The slugs of the user's workspaces, alphabetically."""
    ids = MembershipKey.objects.filter(user=user).values("workspace_id")
    return list(
        WorkspaceKey.objects.filter(workspace_id__in=ids).order_by("slug").values_list("slug", flat=True)
    )


@dataclass(frozen=True, slots=True)
class WorkspaceChoice:
    slug: str
    name: str


def workspace_choices(*, user: Any) -> list[WorkspaceChoice]:
    """The user's workspaces by name. Each is entered to read it: four statements for each workspace."""
    keys = MembershipKey.objects.filter(user=user).values_list("workspace_id", flat=True)
    found = []
    for workspace_id in keys:
        with workspace_scope(workspace_id) as scope:
            found.append(WorkspaceChoice(scope.workspace.slug, scope.workspace.name))
    return sorted(found, key=lambda choice: (choice.name, choice.slug))


def active_membership(*, user: Any) -> Membership | None:
    """The user's membership of the workspace entered, with the workspace: one query."""
    return (
        Membership.objects.filter(user=user, deactivated_at=None).select_related("team", "workspace").first()
    )


def user_of_address(email: str) -> User | None:
    """Who logs in by that address."""
    return User.objects.filter(email=email.strip().lower()).first()


def has_second_factor(user: User) -> bool:
    """Whether the person's login asks for a code beside the password."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def members() -> QuerySet[Membership]:
    """Every member of the workspace entered, past ones and people known only from an import included."""
    return Membership.objects.select_related("team", "user")


def active_members() -> QuerySet[Membership]:
    return members().filter(deactivated_at=None).order_by("display_name", "id")


def alert_recipients(*, owner: Membership | None) -> list[Membership]:
    """Whom a stalled deal concerns: its owner and the leaders of the owner's team.

    Without an owner or a team, or in a team without a leader: all leaders; where there is none, the workspace's owners.
    """
    active = Membership.objects.filter(deactivated_at=None).select_related("user")
    leaders: list[Membership] = []
    if owner is not None and owner.team_id is not None:
        leaders = list(active.filter(team_id=owner.team_id, role=Role.LEADER))
    if not leaders:
        leaders = list(active.filter(role=Role.LEADER)) or list(active.filter(role=Role.OWNER))
    people = {member.pk: member for member in leaders}
    if owner is not None and owner.is_active:
        people.setdefault(owner.pk, owner)
    return sorted(people.values(), key=lambda member: member.pk)
