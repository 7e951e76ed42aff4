"""Stages that a deal is about to enter: nobody takes them out of use meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from pipeline.models import Stage
from tenancy.scope import current_workspace_id

# KEY SHARE, which Django cannot say: it waits for whoever retires the stage and for nobody else.
HOLD = """
SELECT * FROM pipeline_stage
WHERE workspace_id = %s AND id = ANY(%s::uuid[]) AND archived_at IS NULL
ORDER BY id FOR KEY SHARE
"""


def hold_stages(stage_ids: Collection[uuid.UUID]) -> list[Stage]:
    """Those of the stages that are in use, held to the end of the transaction. One query."""
    return list(Stage.objects.raw(HOLD, [str(current_workspace_id()), [str(pk) for pk in stage_ids]]))


def hold_stage(stage_id: uuid.UUID) -> Stage | None:
    """The stage in use, held to the end of the transaction, or None once it is retired."""
    return next(iter(hold_stages([stage_id])), None)
