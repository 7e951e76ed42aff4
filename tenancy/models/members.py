"""Who belongs to a workspace, in which role and team."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from tenancy.history import track
from tenancy.models.base import TenantForeignKey, TenantModel
from tenancy.models.change import NAMES, change_trigger, touched


class Role(models.TextChoices):
    """In ascending order of right; `tenancy.permissions` says what each may do."""

    VIEWER = "viewer", _("Viewer")
    REP = "rep", _("Sales rep")
    LEADER = "leader", _("Team leader")
    ADMIN = "admin", _("Admin")
    OWNER = "owner", pgettext_lazy("role", "Owner")  # a deal has another kind of owner


class Team(TenantModel):
    """A sales team. Its leaders are its members whose role is leader."""

    name = models.CharField(max_length=80)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            # The name of an archived team is free again.
            models.UniqueConstraint(
                fields=["workspace", "name"], condition=Q(archived_at=None), name="tenancy_team_name_key"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(TenantModel):
    """A person's place in a workspace. Never deleted: deals, tasks and history refer to it.

    `user` is empty for people known only from an import.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    display_name = models.CharField(max_length=120)
    role = models.CharField(max_length=8, choices=Role, default=Role.REP)
    team = TenantForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    deactivated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "user"],
                condition=Q(user__isnull=False),
                name="tenancy_membership_user_key",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "team", "role"], name="tenancy_membership_team"),
            models.Index(fields=["workspace", "display_name", "id"], name="tenancy_membership_name"),
        ]
        triggers = [
            change_trigger(
                pgtrigger.Update,
                f"SELECT {touched('new_rows', repr(NAMES))} FROM new_rows JOIN old_rows USING (id)",  # noqa: S608
                when_changed=("display_name",),
            )
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None

    @property
    def short_name(self) -> str:
        """Two syllables of a Korean given name, or two initials."""
        return short_name(self.display_name)


def short_name(display_name: str) -> str:
    name = display_name.strip()
    words = name.split()
    if any("가" <= letter <= "힣" for letter in name):
        given = words[-1] if len(words) > 1 else name[1:] if len(name) > 2 else name
        return given[-2:]
    initials = [word[0] for word in words if word]
    return "".join([initials[0], initials[-1]] if len(initials) > 1 else initials).upper() or "?"


if TYPE_CHECKING:
    from tenancy.history import Version as _MembershipVersion
else:
    _MembershipVersion = track(Membership, ["role", "team", "deactivated_at"])


class MembershipVersion(_MembershipVersion):
    """Who was where, when: for forecasts of a past day."""

    class Meta:
        indexes = [
            models.Index(
                fields=["workspace", "pgh_obj", "pgh_created_at", "pgh_id"], name="tenancy_member_version"
            )
        ]
