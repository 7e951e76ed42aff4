from __future__ import annotations

import uuid

from tenancy.models import WorkspaceKey


def workspace_id_for_slug(slug: str) -> uuid.UUID | None:
    """For commands, which act for the operator; pages go through `workspace_for_user`."""
    return WorkspaceKey.objects.filter(slug=slug).values_list("workspace_id", flat=True).first()
