"""Filters that were given a name, which one a member begins with, and which columns a member's list has."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from tenancy.models import Membership, TenantForeignKey, TenantModel


class ViewKind(models.TextChoices):
    BOARD = "board", _("Board")
    LIST = "list", _("List")


class SavedView(TenantModel):
    """`query` is what stands in the URL, "me" and "my team" as words, so that each reader sees their own.

    `columns`: names of the list's columns in order; empty: each reader's own.
    """

    owner = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=ViewKind)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=4000, blank=True)
    columns = models.JSONField(default=list, blank=True)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "owner", "kind", "name"],
                condition=Q(deleted_at=None),
                name="deals_savedview_name_key",
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace", "kind", "name"],
                condition=Q(deleted_at=None, is_shared=True),
                name="deals_savedview_shared",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(TenantModel):
    """With which view a member's board or list opens."""

    member = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=ViewKind)
    view = TenantForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "member", "kind"], name="deals_defaultview_key")
        ]
        indexes = [models.Index(fields=["workspace", "view"], name="deals_defaultview_view")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.member_id}"


class ListLayout(TenantModel):
    """The columns of a member's list, by name and in order."""

    member = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    columns = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "member"], name="deals_listlayout_key")]

    def __str__(self) -> str:
        return f"list of {self.member_id}"
