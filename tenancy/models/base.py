"""What every tenant model is made of: an id, its workspace, a scoped manager, and references that cannot leave."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

from core.ids import uuid7
from tenancy.scope import current_workspace_id, entered_workspace_id

M = TypeVar("M", bound=models.Model)


class TenantQuerySet(models.QuerySet[M]):
    """A query set that starts inside the workspace entered."""


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """The first wall: no query begins without a workspace."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(workspace_id=current_workspace_id())

    def none(self) -> Any:
        """The empty set needs no workspace: forms declare their choices with it."""
        return super().get_queryset().none()


class TenantForeignKey(models.ForeignKey):
    """A reference to another tenant row.

    Django makes no constraint for it; `IsolateTenant` makes a composite one, (workspace_id, x_id), because
    row-level security does not look at foreign keys.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        # An index of its own would lack the workspace in front; models declare what their queries need.
        kwargs.setdefault("db_index", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        # Django leaves the default, True, out.
        kwargs.setdefault("db_index", True)
        return name, path, args, kwargs


class TenantModel(models.Model):
    """Base of every row that belongs to one workspace."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(
        "tenancy.Workspace",
        on_delete=models.CASCADE,
        related_name="+",
        default=entered_workspace_id,
        editable=False,
        db_index=False,
    )

    objects = TenantManager()

    class Meta:
        abstract = True


class AppendOnly(TenantModel):
    """Rows that the application's role may insert and read, never change: database privileges hold it."""

    class Meta:
        abstract = True
