"""Which tools the deals of a pipeline have."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from pipeline.models import Pipeline, Stage
from pipeline.services.checks import locked_pipeline
from strategy.models import PipelineTool, Tool
from strategy.registry import entries
from tenancy.permissions import Actor, Permission
from tenancy.services.audit import record


@transaction.atomic
def set_tools(*, pipeline_id: uuid.UUID, opens_at: Mapping[str, uuid.UUID | None], actor: Actor) -> None:
    """Of the tools that there are to choose, the pipeline has those named; each is asked for from that stage on (None:
    from the first). A tool that cannot be chosen yet keeps its place.

    What was written with a tool stays when it is taken away, and is there again when it comes back. Raises InvalidInput,
    NotAllowed, NotFound.
    """
    actor.require(Permission.DESIGN_PIPELINES)
    pipeline = locked_pipeline(pipeline_id)
    stages = {stage.pk: stage for stage in Stage.objects.filter(pipeline=pipeline, archived_at=None)}
    for tool, stage in opens_at.items():
        if tool not in Tool.values:
            raise InvalidInput.of("tools", _("There is no such tool."), "invalid_choice")
        if stage is not None and stage not in stages:
            raise InvalidInput.of("tools", _("This stage is not in the pipeline."), "invalid_choice")
    had = {row.tool: row for row in PipelineTool.objects.filter(pipeline=pipeline, tool__in=entries())}
    changed = {tool for tool in had if tool not in opens_at}
    PipelineTool.objects.filter(pipeline=pipeline, tool__in=changed).delete()
    for tool, stage in opens_at.items():
        if tool in had and had[tool].opens_at_id == stage:
            continue
        changed.add(tool)
        PipelineTool.objects.update_or_create(
            pipeline=pipeline, tool=tool, defaults={"opens_at": stages.get(stage) if stage else None}
        )
    if changed:
        detail = {"name": pipeline.name, "tools": [tool for tool in Tool.values if tool in opens_at]}
        record(actor=actor, action="strategy.tools", target_id=pipeline.pk, detail=detail)


def tools_of_template(pipeline: Pipeline, template: str) -> None:
    """What the pipelines of the book start with: each tool from the stage on at which a deal needs it."""
    if template != "the-model":
        return
    stages = list(Stage.objects.filter(pipeline=pipeline).order_by("position"))
    PipelineTool.objects.bulk_create(
        PipelineTool(pipeline=pipeline, tool=tool, opens_at=stages[at]) for tool, at in THE_MODEL.items()
    )


# Tool → position of the stage at which it opens in the ready pipeline "the-model".
THE_MODEL = {
    Tool.BANT: 1,
    Tool.VALUE_CASE: 1,
    Tool.COMPARISON: 2,
    Tool.STAKEHOLDERS: 1,
    Tool.CLOSE_PLAN: 3,
    Tool.APPROVAL: 4,
}


def copy_tools(source: Pipeline, copy: Pipeline, stages: Mapping[uuid.UUID, Stage]) -> None:
    """A copied pipeline has the tools of the one it was copied from. `stages`: of the source → of the copy."""
    PipelineTool.objects.bulk_create(
        PipelineTool(
            pipeline=copy,
            tool=row.tool,
            opens_at=stages.get(row.opens_at_id) if row.opens_at_id else None,
        )
        for row in PipelineTool.objects.filter(pipeline=source)
    )
