"""What must be readable before a workspace is known: the only global tables beside users and sessions.

They hold ids, hashes, slugs and due times; no customer data (the catalogue audit lists them by name).
"""

from __future__ import annotations

from django.db import models

from core import clock
from core.ids import uuid7


class WorkspaceKey(models.Model):
    """Slug → workspace."""

    workspace_id = models.UUIDField(primary_key=True)
    slug = models.CharField(max_length=50, unique=True)

    def __str__(self) -> str:
        return self.slug


class MembershipKey(models.Model):
    """User → the workspaces that the user may enter. Kept by the membership services; active members only."""

    membership_id = models.UUIDField(primary_key=True)
    user = models.ForeignKey("tenancy.User", on_delete=models.CASCADE, related_name="membership_keys")
    workspace_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "workspace_id"], name="tenancy_membershipkey_user_key")
        ]

    def __str__(self) -> str:
        return str(self.membership_id)


class Credential(models.Model):
    """SHA-256 of a bearer token or a shared link's secret → workspace and the row it opens there."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    kind = models.CharField(max_length=16)
    workspace_id = models.UUIDField()
    target_id = models.UUIDField(unique=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.target_id}"


class DueWork(models.Model):
    """Which workspace has something to do, and since when. Rows are only inserted and deleted: no hot row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    due_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["due_at", "workspace_id", "kind"], name="tenancy_duework_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.workspace_id}"
