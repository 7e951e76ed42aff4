"""The page of stalled deals: the leader's list for a talk before a deal is lost."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateTimeField,
    ExpressionWrapper,
    F,
    IntegerField,
    Prefetch,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast

from core import clock
from core.money import from_units
from deals.models import Deal
from deals.selectors.cards import Card, cards_for, with_card_columns
from deals.selectors.stalled import Limits, near_stall_q, snoozed_q, stalled_q
from deals.selectors.visible import visible_to
from pipeline.models import ExitCriterion, Stage, StageKind
from tenancy.permissions import Actor
from tenancy.scope import current_workspace
from tenancy.selectors.rates import Exchange, Rate

PAGE = 200
LIMIT_MARK = 60  # percent of the bar's width at which all limits stand
BEYOND = 24  # percent of the width for what lies past it; the rest is for the words
STALLED, NEAR, SNOOZED = 0, 1, 2
SORTS = ("over", "amount", "owner")


@dataclass(slots=True)
class StalledRow:
    """A deal on the list, in one of three groups. Days are local ones."""

    card: Card
    group: int

    @property
    def deal(self) -> Deal:
        return self.card.deal

    @property
    def over(self) -> int:
        """Days past the limit; negative: days left."""
        return self.card.days - self.card.limit

    @property
    def left(self) -> int:
        return -self.over

    @property
    def state(self) -> str:
        return "over" if self.group == STALLED else "near" if self.group == NEAR else ""

    @property
    def bar_percent(self) -> int:
        """Of the bar's width; past the common mark by days over, ever more slowly, so that a year still fits."""
        if self.over <= 0:
            return round(self.card.days / self.card.limit * LIMIT_MARK) if self.card.limit else 0
        return round(LIMIT_MARK + BEYOND * self.over / (self.over + 8))

    @property
    def missing(self) -> list[str]:
        """Names of the required criteria of its stage that do not hold."""
        return [
            state.criterion.name for state in self.card.criteria if state.criterion.required and not state.met
        ]

    @property
    def task_is_late(self) -> bool:
        task = self.card.next_task
        return bool(task and task.due_on and task.due_on < self.card.today)


@dataclass(frozen=True, slots=True)
class GroupTotal:
    """`amount`: of the deals in deal stages, in the workspace's currency; `other_currency`: those that have no rate."""

    count: int = 0
    amount: Decimal = Decimal(0)
    other_currency: int = 0


@dataclass(frozen=True, slots=True)
class StalledList:
    rows: list[StalledRow]
    totals: list[GroupTotal]
    currency: str
    has_more: bool
    rates: Sequence[Rate] = ()

    @property
    def other_currency(self) -> int:
        """Of the two groups whose amounts are shown."""
        return self.totals[STALLED].other_currency + self.totals[NEAR].other_currency

    def _of(self, group: int) -> list[StalledRow]:
        return [row for row in self.rows if row.group == group]

    @property
    def stalled(self) -> list[StalledRow]:
        return self._of(STALLED)

    @property
    def near(self) -> list[StalledRow]:
        return self._of(NEAR)

    @property
    def snoozed(self) -> list[StalledRow]:
        return self._of(SNOOZED)


def stalled_deals(
    *,
    actor: Actor,
    as_of: datetime,
    pipeline_id: uuid.UUID | None = None,
    owner_id: uuid.UUID | None = None,
    unowned: bool = False,
    sort: str = "over",
    limit: int = PAGE,
) -> StalledList:
    """Stalled deals, then those near their limit, then those put aside. Five queries, more for task and fact criteria."""
    stages = _stages()
    workspace = current_workspace()
    today = clock.local_date(as_of, workspace.zone)
    groups = group_conditions(stages, as_of=as_of, today=today)
    deals = visible_to(actor)
    if pipeline_id is not None:
        deals = deals.filter(pipeline_id=pipeline_id)
    if unowned:
        deals = deals.filter(owner=None)
    elif owner_id is not None:
        deals = deals.filter(owner_id=owner_id)
    found = list(_sorted(deals, groups, sort)[: limit + 1])
    cards = cards_for(found[:limit], stages, actor=actor, as_of=as_of, zone=workspace.zone)
    exchange = Exchange(today)
    return StalledList(
        rows=[StalledRow(card, card.deal.group) for card in cards],  # type: ignore[attr-defined]
        totals=_totals(deals, groups, exchange),
        currency=workspace.currency,
        has_more=len(found) > limit,
        rates=exchange.used,
    )


def stalled_row(deal_id: uuid.UUID, *, actor: Actor, as_of: datetime) -> StalledRow | None:
    """One open deal as the list shows it, also when it has left the three groups meanwhile; None when it is closed."""
    stages = _stages()
    zone = current_workspace().zone
    groups = group_conditions(stages, as_of=as_of, today=clock.local_date(as_of, zone))
    deals = visible_to(actor).filter(pk=deal_id, outcome="open").annotate(group=_group(groups))
    found = list(with_card_columns(deals))
    if not found:
        return None
    return StalledRow(cards_for(found, stages, actor=actor, as_of=as_of, zone=zone)[0], found[0].group)  # type: ignore[attr-defined]


def group_conditions(stages: Sequence[Stage], *, as_of: datetime, today: date) -> list[Q]:
    """The conditions of STALLED, NEAR and SNOOZED."""
    limits: dict[int, list[uuid.UUID]] = defaultdict(list)
    for stage in stages:
        if stage.stall_days:
            limits[stage.stall_days].append(stage.pk)
    known: Limits = limits
    return [stalled_q(as_of=as_of, limits=known), near_stall_q(as_of=as_of, limits=known), snoozed_q(today)]


def _stages() -> list[Stage]:
    """Every stage in use with its criteria. Two queries."""
    criteria = ExitCriterion.objects.filter(archived_at=None).order_by("position", "id")
    return list(Stage.objects.filter(archived_at=None).prefetch_related(Prefetch("exit_criteria", criteria)))


def _group(groups: Sequence[Q]) -> Case:
    whens = [When(condition, then=Value(index)) for index, condition in enumerate(groups)]
    return Case(*whens, default=Value(NEAR), output_field=IntegerField())


def _sorted(deals: QuerySet[Deal], groups: Sequence[Q], sort: str) -> QuerySet[Deal]:
    # The instant at which the limit was reached: the earlier, the more days over.
    reached_at = ExpressionWrapper(
        F("stage_entered_at") + F("stage__stall_days") * Value(timedelta(days=1)),
        output_field=DateTimeField(),
    )
    order: dict[str, list[Any]] = {
        "over": [],
        "amount": [F("amount").desc(nulls_last=True)],
        "owner": [F("owner__display_name").asc(nulls_last=True)],
    }
    return (
        with_card_columns(deals.filter(groups[STALLED] | groups[NEAR] | groups[SNOOZED]))
        .annotate(group=_group(groups), reached_at=reached_at)
        .order_by("group", *order[sort], "reached_at", "id")
    )


def _totals(deals: QuerySet[Deal], groups: Sequence[Q], exchange: Exchange) -> list[GroupTotal]:
    """Of each group. One query, and one for the rates where there are other currencies."""
    counted = Q(stage__kind=StageKind.OPEN)
    wanted: dict[str, Any] = {}
    for index, condition in enumerate(groups):
        wanted[f"all_{index}"] = Count("pk", filter=condition)
        wanted[f"counted_{index}"] = Count("pk", filter=condition & counted)
        wanted[f"units_{index}"] = Sum(Cast("amount", BigIntegerField()), filter=condition & counted)
    found: QuerySet[Any, Any] = (
        deals.filter(groups[STALLED] | groups[NEAR] | groups[SNOOZED]).order_by().values("currency")
    )
    totals = [GroupTotal() for _group in groups]
    for row in found.annotate(**wanted):
        for index, total in enumerate(totals):
            count = row[f"counted_{index}"]
            units = exchange.units(row["currency"], int(row[f"units_{index}"] or 0)) if count else 0
            totals[index] = GroupTotal(
                total.count + row[f"all_{index}"],
                total.amount + from_units(units or 0),
                total.other_currency + (count if units is None else 0),
            )
    return totals
