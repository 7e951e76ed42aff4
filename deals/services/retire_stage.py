"""Take a stage or a pipeline out of use: its open deals go into another stage first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core import clock, outbox
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import uuid7
from deals.models import Deal, DealEvent, EventKind, StageStay
from deals.models.deal import ON_BOARD
from deals.services.move_deal import OPEN_STAY
from deals.services.placing import bottom_ranks
from pipeline.models import Pipeline, Stage, StageKind
from pipeline.selectors.held import hold_stage
from pipeline.services.archive_stage import archive_stage
from pipeline.services.change_pipeline import archive_pipeline
from pipeline.services.checks import locked_pipeline, locked_stage
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_workspace_id

# One statement, however many deals. Each deal's version row is written by its trigger, as for any move.
MOVE = """
UPDATE deals_deal
SET stage_id = %(stage)s, pipeline_id = %(pipeline)s, stage_entered_at = %(at)s, version = version + 1, rank = new.rank,
    qualified_at = CASE WHEN %(qualifies)s THEN coalesce(qualified_at, %(at)s) ELSE qualified_at END
FROM unnest(%(ids)s::uuid[], %(ranks)s::text[]) AS new(id, rank)
WHERE deals_deal.workspace_id = %(workspace)s AND deals_deal.id = new.id
"""


@dataclass(frozen=True, slots=True)
class Retired:
    """What was taken out of use, and how many open deals went where."""

    name: str
    moved: int = 0
    to_stage: Stage | None = None


@transaction.atomic
def retire_stage(
    *, stage_id: uuid.UUID, actor: Actor, to_stage: uuid.UUID | None = None, automate: bool = False
) -> Retired:
    """Archive the stage; its open deals move to the end of `to_stage`, of this pipeline or another one.

    History stays true: each deal's stay ends now and another begins, as in any move; no gate asks. `automate`: the
    tasks of the new stage are made. Raises Conflict while open deals lie in it and no stage is named, InvalidInput for
    one that is not in use, NotAllowed, NotFound.
    """
    actor.require(Permission.DESIGN_PIPELINES)
    stage = Stage.objects.filter(pk=stage_id, archived_at=None).first()
    if stage is None:
        raise NotFound
    # Deals before their stage, as everybody who moves or sweeps does; once more after it, for who came in meanwhile.
    _held_deals([stage_id])
    locked_stage(stage_id, against_entry=True)
    moved, target = _empty([stage_id], actor=actor, to_stage=to_stage, automate=automate)
    archive_stage(stage_id=stage_id, actor=actor)
    return Retired(stage.name, moved, target)


@transaction.atomic
def retire_pipeline(
    *, pipeline_id: uuid.UUID, actor: Actor, to_stage: uuid.UUID | None = None, automate: bool = False
) -> Retired:
    """Archive the pipeline; its open deals move to `to_stage`, a stage of another pipeline. Raises as `retire_stage`."""
    actor.require(Permission.DESIGN_PIPELINES)
    stage_ids = list(
        Stage.objects.filter(pipeline_id=pipeline_id, archived_at=None).values_list("pk", flat=True)
    )
    _held_deals(stage_ids)
    pipeline: Pipeline = locked_pipeline(pipeline_id)
    for stage_id in sorted(stage_ids):
        locked_stage(stage_id, against_entry=True)
    moved, target = _empty(stage_ids, actor=actor, to_stage=to_stage, automate=automate)
    archive_pipeline(pipeline_id=pipeline_id, actor=actor)
    return Retired(pipeline.name, moved, target)


def _held_deals(stage_ids: Sequence[uuid.UUID]) -> list[Deal]:
    """The open deals of the stages in the order of their cards, held in the order of their ids."""
    deals = Deal.objects.filter(ON_BOARD, stage_id__in=stage_ids).select_related("stage")
    held = deals.select_for_update(of=("self",), no_key=True).order_by("pk")
    return sorted(held, key=lambda deal: (deal.stage.position, deal.rank))


def _empty(
    stage_ids: Sequence[uuid.UUID], *, actor: Actor, to_stage: uuid.UUID | None, automate: bool
) -> tuple[int, Stage | None]:
    deals = _held_deals(stage_ids)
    if not deals:
        return 0, None
    if to_stage is None:
        raise Conflict(_("There are open deals in it. Say where they go first."))
    target = hold_stage(to_stage)
    if target is None or to_stage in stage_ids:
        raise InvalidInput.of("to_stage", _("Choose another stage, one that is in use."), "invalid_choice")
    at = max(clock.now(), *(deal.stage_entered_at for deal in deals))
    stays = _change_stays(deals, target, actor=actor, at=at)
    _move(deals, target, at=at)
    _record(deals, target, stays, actor=actor, at=at, automate=automate)
    return len(deals), target


def _change_stays(deals: Sequence[Deal], target: Stage, *, actor: Actor, at: datetime) -> list[StageStay]:
    StageStay.objects.filter(OPEN_STAY, deal__in=deals).update(left_at=at)
    stays = [
        StageStay(id=uuid7(), deal=deal, stage=target, entered_at=at, entered_by=actor.member)
        for deal in deals
    ]
    return StageStay.objects.bulk_create(stays)


def _move(deals: Sequence[Deal], target: Stage, *, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            MOVE,
            {
                "stage": target.pk,
                "pipeline": target.pipeline_id,
                "at": at,
                "qualifies": target.kind == StageKind.OPEN,
                "ids": [str(deal.pk) for deal in deals],
                "ranks": bottom_ranks(target.pk, len(deals)),
                "workspace": current_workspace_id(),
            },
        )


def _record(
    deals: Sequence[Deal],
    target: Stage,
    stays: Sequence[StageStay],
    *,
    actor: Actor,
    at: datetime,
    automate: bool,
) -> None:
    events = [
        DealEvent(
            id=uuid7(),
            deal=deal,
            stay=stay,
            kind=EventKind.STAGE_CHANGED,
            actor=actor.member,
            at=at,
            data={
                "from": str(deal.stage_id),
                "to": str(target.pk),
                "version": deal.version + 1,
                "retired": True,
            },
            # For the timeline alone, unless tasks are wanted: nobody has moved these deals because they had come so far.
            dispatched_at=None if automate else at,
        )
        for deal, stay in zip(deals, stays, strict=True)
    ]
    DealEvent.objects.bulk_create(events)
    if automate:
        outbox.announce(current_workspace_id())
