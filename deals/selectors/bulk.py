"""What an act on many deals would do: which of them go, which stay as they are, and why. Shown before, and held to after."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from deals.models import Deal, DealEvent
from deals.models.deal import EARLIEST, LATEST
from deals.selectors.criteria import states_for
from deals.selectors.visible import visible_to
from pipeline.models import ExitCriterion, Stage, StageKind
from tenancy.permissions import Actor

MOST = 1000  # deals in one act: what one transaction changes within a second or two

# Deal → the version that the reader saw; None where it does not matter.
type Seen = Mapping[uuid.UUID, int | None]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A deal that stays as it is. `code` is stable."""

    deal: Deal
    code: str
    why: str


@dataclass(slots=True)
class BulkPlan:
    """`goes` in the order of their cards; `same`: nothing to change there."""

    goes: list[Deal] = field(default_factory=list)
    same: list[Deal] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def refuse(self, deal: Deal, code: str, why: str) -> None:
        self.refused.append(Refusal(deal, code, why))


def chosen_deals(ids: Iterable[uuid.UUID], *, actor: Actor) -> list[Deal]:
    """The visible ones of them with their stages, in the order of their cards. One query."""
    deals = visible_to(actor).filter(pk__in=list(ids)).select_related("stage", "pipeline", "owner")
    return list(deals.order_by(F("pipeline_id"), F("stage__position"), "rank"))


def without_stale(deals: Sequence[Deal], seen: Seen, plan: BulkPlan) -> list[Deal]:
    """Those that are as the reader saw them; the others are refused, by the name of who changed them. One query, if any."""
    stale = [deal for deal in deals if seen.get(deal.pk) not in (None, deal.version)]
    who = _last_changed_by(stale)
    for deal in stale:
        name = who.get(deal.pk)
        why = (
            _("%(name)s changed it in the meantime.") % {"name": name}
            if name
            else _("It was changed in the meantime.")
        )
        plan.refuse(deal, "stale-version", why)
    gone = {deal.pk for deal in stale}
    return [deal for deal in deals if deal.pk not in gone]


def _last_changed_by(deals: Sequence[Deal]) -> dict[uuid.UUID, str]:
    if not deals:
        return {}
    latest = (
        DealEvent.objects.filter(deal__in=deals, actor__isnull=False)
        .order_by("deal_id", "-id")
        .distinct("deal_id")
        .values_list("deal_id", "actor__display_name")
    )
    return dict(latest)


def plan_move(
    deals: Sequence[Deal], stage: Stage, *, override: bool, plan: BulkPlan | None = None
) -> BulkPlan:
    """Into `stage`. `override`: no gate asks. Three queries, more for tasks and facts asked for, whatever the number."""
    plan = plan or BulkPlan()
    asked = []
    for deal in deals:
        if not deal.is_open:
            plan.refuse(deal, "deal-closed", _("It is closed. Reopen it first."))
        elif deal.pipeline_id != stage.pipeline_id:
            plan.refuse(deal, "other-pipeline", _("It is in another pipeline."))
        elif deal.stage_id == stage.pk:
            plan.same.append(deal)
        else:
            asked.append(deal)
    _pass_gates(asked, until=stage.position, override=override, plan=plan)
    return plan


def plan_win(deals: Sequence[Deal], *, override: bool, plan: BulkPlan | None = None) -> BulkPlan:
    """Won. Queries as for `plan_move`, for each pipeline among the deals."""
    plan = plan or BulkPlan()
    by_pipeline: dict[uuid.UUID, list[Deal]] = {}
    for deal in deals:
        if not deal.is_open:
            plan.refuse(deal, "deal-closed", _("It is closed. Reopen it first."))
        elif deal.stage.kind == StageKind.LEAD:
            plan.refuse(deal, "lead-cannot-be-won", _("It is a lead: not a deal yet."))
        else:
            by_pipeline.setdefault(deal.pipeline_id, []).append(deal)
    for of_pipeline in by_pipeline.values():
        _pass_gates(of_pipeline, until=None, override=override, plan=plan)
    return plan


def plan_lose(deals: Sequence[Deal], *, plan: BulkPlan | None = None) -> BulkPlan:
    plan = plan or BulkPlan()
    for deal in deals:
        if deal.is_open:
            plan.goes.append(deal)
        else:
            plan.refuse(deal, "deal-closed", _("It is closed. Reopen it first."))
    return plan


def plan_edit(
    deals: Sequence[Deal], field_name: str, value: Any, *, plan: BulkPlan | None = None
) -> BulkPlan:
    """`value` for all of them."""
    plan = plan or BulkPlan()
    for deal in deals:
        (plan.same if getattr(deal, field_name) == value else plan.goes).append(deal)
    return plan


def plan_shift(deals: Sequence[Deal], days: int, *, plan: BulkPlan | None = None) -> BulkPlan:
    """Each expected close date that many days later (earlier: negative)."""
    plan = plan or BulkPlan()
    for deal in deals:
        if deal.expected_close_date is None:
            plan.refuse(deal, "no-date", _("It has no expected close date."))
        elif shifted(deal.expected_close_date, days) is None:
            plan.refuse(deal, "out-of-range", _("Its date would be out of range."))
        else:
            plan.goes.append(deal)
    return plan


def shifted(day: date, days: int) -> date | None:
    """None where no deal may have such a date."""
    try:
        moved = day + timedelta(days=days)
    except OverflowError:
        return None
    return moved if EARLIEST <= moved < LATEST else None


def _pass_gates(deals: Sequence[Deal], *, until: int | None, override: bool, plan: BulkPlan) -> None:
    """Deals of one pipeline. Backward moves pass."""
    forward = [deal for deal in deals if until is None or deal.stage.position < until]
    unmet = {} if override else _unmet(forward, until)
    for deal in deals:
        missing = unmet.get(deal.pk, ())
        if missing:
            plan.refuse(
                deal, "exit-criteria-not-met", _("Missing: %(names)s") % {"names": ", ".join(missing)}
            )
        else:
            plan.goes.append(deal)


def _unmet(deals: Sequence[Deal], until: int | None) -> dict[uuid.UUID, list[str]]:
    if not deals:
        return {}
    criteria = ExitCriterion.objects.filter(
        stage__pipeline_id=deals[0].pipeline_id,
        stage__position__gte=min(deal.stage.position for deal in deals),
        stage__archived_at=None,
        archived_at=None,
        required=True,
    ).select_related("stage")
    if until is not None:
        criteria = criteria.filter(stage__position__lt=until)
    found = list(criteria.order_by("stage__position", "position", "id"))
    states = states_for(deals, found) if found else {}
    return {
        deal.pk: [
            state.criterion.name
            for state in states.get(deal.pk, ())
            if not state.met and state.criterion.stage.position >= deal.stage.position
        ]
        for deal in deals
    }
