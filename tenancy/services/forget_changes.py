"""Take away what no open page can ask for any more."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db.models.functions import Now

from tenancy.models import Change
from tenancy.scope import workspace_scope
from tenancy.selectors.changes import KEPT_SECONDS


def forget_changes(*, workspace_id: uuid.UUID) -> int:
    """Delete changes older than any cursor that is still answered. Returns how many."""
    with workspace_scope(workspace_id):
        old = Change.objects.filter(at__lt=Now() - timedelta(seconds=2 * KEPT_SECONDS))
        return old.delete()[0]
