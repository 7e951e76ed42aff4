"""Take a stage or a pipeline out of use: its open deals go into another stage first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, InvalidInput, NotFound
from deals.models import Deal, EventKind
from deals.models.deal import ON_BOARD
from deals.services.many import enter_stage, record_events
from deals.services.placing import Edge, ranks_in
from pipeline.models import Pipeline, Stage
from pipeline.selectors.held import hold_stage
from pipeline.services.archive_stage import archive_stage
from pipeline.services.change_pipeline import archive_pipeline
from pipeline.services.checks import locked_pipeline, locked_stage
from tenancy.permissions import Actor, Permission


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
    ids = [deal.pk for deal in deals]
    stays = enter_stage(
        deals,
        target,
        ranks=lambda: ranks_in(target.pk, Edge.BOTTOM, len(ids), moving=ids),
        actor=actor,
        at=at,
    )
    record_events(
        deals,
        kind=EventKind.STAGE_CHANGED,
        actor=actor,
        at=at,
        stays={stay.deal_id: stay.pk for stay in stays},
        data=lambda deal: {
            "from": str(deal.stage_id),
            "to": str(target.pk),
            "version": deal.version + 1,
            "retired": True,
        },
        # Unless tasks are wanted: nobody has moved these deals because they had come so far.
        quiet=not automate,
    )
    return len(deals), target
