"""Add a stage, or take a retired one back."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.db import transaction

from core.errors import NotFound
from core.ids import uuid7
from pipeline.models import Stage, StageKind
from pipeline.services.checks import check_free, checked_name, locked_pipeline
from pipeline.services.order_stages import ASIDE, in_use, number
from tenancy.permissions import Actor, Permission
from tenancy.services.audit import record


@transaction.atomic
def add_stage(*, pipeline_id: uuid.UUID, name: str, actor: Actor, kind: str = StageKind.OPEN) -> Stage:
    """A stage behind the last of its kind: lead stages stand before deal stages.

    It starts with the win rate of the stage before it and without stall days, so that nothing happens unasked.
    Raises InvalidInput, NotAllowed, NotFound.
    """
    actor.require(Permission.DESIGN_PIPELINES)
    pipeline = locked_pipeline(pipeline_id)
    name = checked_name(name, model=Stage)
    stages = in_use(pipeline)
    check_free(name, Stage.objects.filter(pipeline=pipeline, archived_at=None))
    kind = StageKind.LEAD if kind == StageKind.LEAD else StageKind.OPEN
    stage = Stage(
        id=uuid7(),
        pipeline=pipeline,
        name=name,
        kind=kind,
        position=ASIDE * 2,
        win_rate=Decimal(0) if kind == StageKind.LEAD or not stages else stages[-1].win_rate,
    )
    stage.save(force_insert=True)
    _put_in(stage, stages)
    record(
        actor=actor,
        action="stage.added",
        target_id=stage.pk,
        detail={"name": name, "pipeline": pipeline.name},
    )
    return stage


@transaction.atomic
def restore_stage(*, stage_id: uuid.UUID, actor: Actor) -> Stage:
    """Take a retired stage back, behind the last of its kind. The deals that left it stay where they are.

    Raises InvalidInput when its name is taken meanwhile, NotAllowed, NotFound.
    """
    actor.require(Permission.DESIGN_PIPELINES)
    stage = Stage.objects.filter(pk=stage_id).first()
    if stage is None or stage.archived_at is None:
        raise NotFound
    pipeline = locked_pipeline(stage.pipeline_id)
    stages = in_use(pipeline)
    check_free(stage.name, Stage.objects.filter(pipeline=pipeline, archived_at=None))
    stage.archived_at, stage.position = None, ASIDE * 2
    stage.save(update_fields=["archived_at", "position"])
    _put_in(stage, stages)
    record(
        actor=actor,
        action="stage.restored",
        target_id=stage.pk,
        detail={"name": stage.name, "pipeline": pipeline.name},
    )
    return stage


def _put_in(stage: Stage, others: list[Stage]) -> None:
    leads = [other for other in others if other.is_lead]
    rest = [other for other in others if not other.is_lead]
    number([*leads, stage, *rest] if stage.is_lead else [*leads, *rest, stage])
