"""Take back the latest move, win or loss, as if it had not happened."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict
from deals.models import Deal, DealEvent, EventKind, StageStay, Task
from deals.services.checks import check_version
from deals.services.close_deal import check_stage_in_use, reset_outcome, save_on_top
from deals.services.events import record_event
from deals.services.move_deal import OPEN_STAY
from deals.services.placing import lock_deal
from pipeline.models import StageKind
from pipeline.selectors.held import hold_stage
from tenancy.permissions import Actor, Permission

UNDOABLE = (EventKind.STAGE_CHANGED, EventKind.WON, EventKind.LOST)
# What closes the way back: after these the latest move is no longer the latest change of stage or outcome.
MILESTONES = (*UNDOABLE, EventKind.CREATED, EventKind.REOPENED, EventKind.UNDONE)


@transaction.atomic
def undo_move(*, deal_id: uuid.UUID, actor: Actor, expected_version: int | None = None) -> Deal:
    """The old stay goes on, with its clock; the new one and its untouched tasks are void, out of every statistic.

    Raises StaleVersion, Conflict when there is nothing to take back, Unprocessable when the deal's stage was retired.
    """
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    check_version(deal, expected_version)
    last = DealEvent.objects.filter(deal=deal, kind__in=MILESTONES).order_by("-id").first()
    if last is None or last.kind not in UNDOABLE:
        raise Conflict(_("There is nothing to undo."))
    back_from = deal.stage
    if last.kind == EventKind.STAGE_CHANGED:
        _return_to_previous_stay(deal)
    else:
        check_stage_in_use(deal)
        StageStay.objects.filter(pk=last.stay_id).update(left_at=None)
    reset_outcome(deal)
    save_on_top(deal)
    record_event(
        deal=deal,
        kind=EventKind.UNDONE,
        actor=actor,
        data={
            "undone": last.kind,
            "from": str(back_from.pk),
            "to": str(deal.stage_id),
            "version": deal.version,
        },
    )
    return deal


def _return_to_previous_stay(deal: Deal) -> None:
    now = clock.now()
    current = StageStay.objects.get(OPEN_STAY, deal=deal)
    previous = (
        StageStay.objects.filter(deal=deal, voided_at=None, left_at=current.entered_at)
        .exclude(pk=current.pk)
        .order_by("-id")
        .first()
    )
    stage = hold_stage(previous.stage_id) if previous else None
    if previous is None or stage is None:
        raise Conflict(_("The stage that the deal came from is gone."))
    current.voided_at = now
    current.left_at = max(now, current.entered_at)
    current.save(update_fields=["voided_at", "left_at"])
    previous.left_at = None
    previous.save(update_fields=["left_at"])
    Task.objects.filter(stay=current, done_at=None, voided_at=None).update(voided_at=now)
    # Of another pipeline, where the deal had left a stage that was retired and is back.
    deal.stage, deal.pipeline_id = stage, stage.pipeline_id
    deal.stage_entered_at = previous.entered_at
    if deal.stage.kind == StageKind.LEAD and deal.qualified_at == current.entered_at:
        deal.qualified_at = None
