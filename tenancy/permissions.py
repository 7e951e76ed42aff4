"""One table of rights: it drives the code and its tests.

An effective role is the smaller of the member's role and what the token's scope admits.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.errors import NotAllowed

if TYPE_CHECKING:
    import uuid

    from tenancy.models.members import Membership

ROLES = ("viewer", "rep", "leader", "admin", "owner")
SCOPE_CAPS = {"read": "viewer", "write": "leader", "admin": "owner"}
# The roles that reach over others' rights: only MANAGE_ADMINS gives and takes them.
OVER_OTHERS = frozenset({"admin", "owner"})


class Permission(StrEnum):
    VIEW = "view"
    EDIT_DEALS = "edit_deals"
    EXPORT_DEALS = "export_deals"
    SHARE_VIEWS = "share_views"
    OVERRIDE_GATE = "override_gate"
    DESIGN_PIPELINES = "design_pipelines"
    IMPORT_HISTORY = "import_history"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_ADMINS = "manage_admins"
    MANAGE_WORKSPACE = "manage_workspace"


MINIMUM_ROLE: dict[Permission, str] = {
    Permission.VIEW: "viewer",
    Permission.EDIT_DEALS: "rep",
    # A viewer may look; what is taken along as a file nobody can take back.
    Permission.EXPORT_DEALS: "rep",
    # A shared view stands in everybody's menu.
    Permission.SHARE_VIEWS: "leader",
    Permission.OVERRIDE_GATE: "leader",
    Permission.DESIGN_PIPELINES: "admin",
    Permission.IMPORT_HISTORY: "admin",
    # Rename anybody and place them in a team; invite, give a role and let go only viewers, reps and leaders, unless
    # MANAGE_ADMINS is there too.
    Permission.MANAGE_MEMBERS: "admin",
    # Make and unmake admins and owners.
    Permission.MANAGE_ADMINS: "owner",
    # General settings, the change history, everybody's tokens.
    Permission.MANAGE_WORKSPACE: "admin",
}


def smaller_role(first: str, second: str) -> str:
    return min(first, second, key=ROLES.index)


def useful_scopes(role: str) -> tuple[str, ...]:
    """The scopes that differ for somebody of that role: up to the first that admits all that the role may do."""
    found: list[str] = []
    for scope, cap in SCOPE_CAPS.items():
        found.append(scope)
        if ROLES.index(cap) >= ROLES.index(role):
            break
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a member with an effective role, or the system (no member)."""

    member: Membership | None
    role: str
    token_id: uuid.UUID | None = None

    @classmethod
    def of(cls, member: Membership, *, scope: str = "admin", token_id: uuid.UUID | None = None) -> Actor:
        return cls(member, smaller_role(member.role, SCOPE_CAPS[scope]), token_id)

    @classmethod
    def system(cls) -> Actor:
        """The importer, the automation, a management command."""
        return cls(None, "owner")

    @property
    def member_id(self) -> uuid.UUID | None:
        return self.member.pk if self.member else None

    def can(self, permission: Permission) -> bool:
        return ROLES.index(self.role) >= ROLES.index(MINIMUM_ROLE[permission])

    def require(self, permission: Permission) -> None:
        """Raise NotAllowed unless the effective role reaches."""
        if not self.can(permission):
            raise NotAllowed(_("Your role or this token's scope does not allow this."))


def offered_roles(actor: Actor) -> tuple[str, ...]:
    """The roles that the actor may give to somebody else, in ascending order."""
    if not actor.can(Permission.MANAGE_MEMBERS):
        return ()
    if actor.can(Permission.MANAGE_ADMINS):
        return ROLES
    return tuple(role for role in ROLES if role not in OVER_OTHERS)


def may_manage(actor: Actor, member: Membership) -> bool:
    """Whether the actor may change that member's role, or let them go."""
    if not actor.can(Permission.MANAGE_MEMBERS):
        return False
    return member.role not in OVER_OTHERS or actor.can(Permission.MANAGE_ADMINS)


def roles_for(actor: Actor, member: Membership) -> tuple[str, ...]:
    """What the actor may make of that member, their present role among it; nothing where the actor may not.

    Everybody who manages members may step down; nobody raises themselves.
    """
    if member.pk == actor.member_id and actor.can(Permission.MANAGE_MEMBERS):
        return ROLES[: ROLES.index(member.role) + 1]
    return offered_roles(actor) if may_manage(actor, member) else ()
