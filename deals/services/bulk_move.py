"""Move many deals into one stage: the set-based sibling of `move_deal`, with the same gate."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from deals.models import BulkChange, BulkKind, Deal, EventKind, StageStay
from deals.selectors.bulk import BulkPlan, Seen, plan_move
from deals.services.checks import checked_text
from deals.services.many import (
    BulkResult,
    enter_stage,
    held_deals,
    keep_bulk,
    moment_after,
    record_events,
    with_free_ranks,
)
from deals.services.move_deal import OPEN_STAY
from deals.services.placing import Edge, Place, ranks_in, write_ranks
from pipeline.models import Stage
from pipeline.selectors.held import hold_stage
from tenancy.permissions import Actor, Permission


@transaction.atomic
def move_deals(
    *,
    seen: Seen,
    to_stage: uuid.UUID,
    actor: Actor,
    place: Place | None = None,
    override_reason: str | None = None,
) -> BulkResult:
    """Put all that may go into `to_stage`, one below the other at `place`; None: at the bottom, those there already stay.

    The others are told in the plan with their reasons. Raises InvalidInput, NotAllowed (an override below leader).
    """
    actor.require(Permission.EDIT_DEALS)
    reason = checked_text(override_reason, "override_reason", 500)
    if reason:
        actor.require(Permission.OVERRIDE_GATE)
    plan = BulkPlan()
    deals = held_deals(seen=seen, actor=actor, plan=plan)
    stage = hold_stage(to_stage)
    if stage is None:
        raise InvalidInput.of("stage", _("Choose a stage that is in use."), "invalid_choice")
    plan = plan_move(deals, stage, override=bool(reason), plan=plan)
    placed = sorted([*plan.goes, *(plan.same if place is not None else ())], key=deals.index)
    if not placed:
        return BulkResult(plan, None, frozenset())
    change = None
    if plan.goes:
        change = _enter(plan.goes, stage, actor=actor, reason=reason)
    if place is not None:
        _place(placed, stage.pk, place)
    return BulkResult(plan, change, frozenset({stage.pk, *(deal.stage_id for deal in plan.goes)}))


def _enter(deals: list[Deal], stage: Stage, *, actor: Actor, reason: str) -> BulkChange:
    at = moment_after(deals)
    left = dict(StageStay.objects.filter(OPEN_STAY, deal__in=deals).values_list("deal_id", "pk"))
    stays = enter_stage(
        deals,
        stage,
        ranks=lambda: ranks_in(stage.pk, Edge.BOTTOM, len(deals), moving=[deal.pk for deal in deals]),
        actor=actor,
        at=at,
        override_reason=reason,
    )
    entered = {stay.deal_id: stay.pk for stay in stays}
    rows = [
        {
            "deal": str(deal.pk),
            "version": deal.version + 1,
            "was": {
                "stage": str(deal.stage_id),
                "stay": str(left[deal.pk]),
                "entered": deal.stage_entered_at.isoformat(),
                "qualified": deal.qualified_at is not None,
            },
            "stay": str(entered[deal.pk]),
        }
        for deal in deals
    ]
    change = keep_bulk(kind=BulkKind.MOVE, actor=actor, rows=rows)
    record_events(
        deals,
        kind=EventKind.STAGE_CHANGED,
        actor=actor,
        at=at,
        stays=entered,
        data=lambda deal: {
            "from": str(deal.stage_id),
            "to": str(stage.pk),
            "version": deal.version + 1,
            "bulk": str(change.pk),
            **({"override_reason": reason} if reason else {}),
        },
    )
    return change


def _place(deals: list[Deal], stage_id: uuid.UUID, place: Place) -> None:
    ids = [deal.pk for deal in deals]
    with_free_ranks(lambda: write_ranks(ids, ranks_in(stage_id, place, len(ids), moving=ids)))
