"""Words left for beat: which workspace has something to do, and from when on."""

from __future__ import annotations

from datetime import datetime

from tenancy.models import DueWork
from tenancy.scope import current_workspace_id

MAIL = "mail"


def leave_word(*, kind: str, due_at: datetime) -> None:
    """In the transaction that makes the work: beat then finds it, even if nobody wakes the worker."""
    DueWork.objects.create(workspace_id=current_workspace_id(), kind=kind, due_at=due_at)
