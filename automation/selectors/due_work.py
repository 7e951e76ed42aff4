"""Which workspaces have something to do: read before any of them is entered."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db.models import Min, Q
from django.db.models.functions import Now

from core import clock
from tenancy.models import DueWork, WorkspaceKey


def due_workspaces(*, kind: str, limit: int, grace: timedelta = timedelta(0)) -> list[uuid.UUID]:
    """Up to `limit` workspaces with work of that kind due for `grace` at least, those that waited longest first."""
    now = clock.now()
    # By the database's clock too: it is the one that most of these rows were written by.
    due = Q(due_at__lte=now - grace) | Q(due_at__lte=Now() - grace)
    rows = DueWork.objects.filter(due, kind=kind).values("workspace_id").annotate(first=Min("due_at"))
    return [row["workspace_id"] for row in rows.order_by("first")[:limit]]


def all_workspaces() -> list[uuid.UUID]:
    return list(WorkspaceKey.objects.order_by("workspace_id").values_list("workspace_id", flat=True))
