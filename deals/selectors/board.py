"""The board: columns with totals over all their deals, and the first cards of each."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Count, DecimalField, Func, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce

from core import clock
from core.money import from_units, round_to_currency
from deals.models import Deal, Outcome
from deals.models.deal import ON_BOARD
from deals.selectors.board_order import ORDERS, OWN, Order
from deals.selectors.cards import Card, cards_for, with_card_columns
from deals.selectors.filters import DealFilter
from deals.selectors.totals import totals_by
from deals.selectors.visible import visible_to
from pipeline.models import ExitCriterion, Pipeline, Stage
from tenancy.models import Workspace
from tenancy.permissions import Actor
from tenancy.scope import current_workspace
from tenancy.selectors.rates import Exchange, Rate

PAGE = 25  # cards of a column at a time: more than a screen holds, few enough to draw quickly
MOST = 500  # cards of a column in one answer, for a reader who had loaded as many


@dataclass(slots=True)
class Lane:
    """A column. `amount` and `weighted` in the workspace's currency, over all its deals, other currencies converted at
    `rates`; `other_currency` counts those for whose currency there is no rate: they are not added up."""

    stage: Stage
    count: int = 0
    amount: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    other_currency: int = 0
    rates: list[Rate] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    after: str = ""  # where the cards shown end; "" when they are all


@dataclass(slots=True)
class Board:
    pipeline: Pipeline
    lanes: list[Lane]
    filter: DealFilter
    currency: str
    order: Order = ORDERS[OWN]

    @property
    def counted(self) -> list[Lane]:
        """Lead stages are in no number."""
        return [lane for lane in self.lanes if not lane.stage.is_lead]

    @property
    def count(self) -> int:
        return sum(lane.count for lane in self.counted)

    @property
    def amount(self) -> Decimal:
        return sum((lane.amount for lane in self.counted), Decimal(0))

    @property
    def weighted(self) -> Decimal:
        return sum((lane.weighted for lane in self.counted), Decimal(0))

    @property
    def begins_with_lead(self) -> bool:
        return bool(self.lanes) and self.lanes[0].stage.is_lead

    @property
    def wide_columns(self) -> int:
        """Columns but for a lead stage at the beginning, which is narrower."""
        return len(self.lanes) - self.begins_with_lead

    @property
    def rates(self) -> list[Rate]:
        """At which other currencies were converted, one for each."""
        return list({rate.currency: rate for lane in self.counted for rate in lane.rates}.values())

    @property
    def other_currency(self) -> int:
        return sum(lane.other_currency for lane in self.counted)

    @property
    def is_empty(self) -> bool:
        return not any(lane.count for lane in self.lanes)


def board_for(
    *,
    pipeline: Pipeline,
    actor: Actor,
    chosen: DealFilter,
    as_of: datetime,
    order: Order = ORDERS[OWN],
) -> Board:
    """The whole board of a pipeline: stages, criteria, totals, cards, ticks: five queries."""
    stages = board_stages(pipeline.pk)
    deals = board_deals(actor=actor, chosen=chosen, as_of=as_of)
    lanes = lanes_with_totals(stages, deals, actor=actor, chosen=chosen, as_of=as_of)
    fill_lanes(lanes, deals, stages, actor=actor, as_of=as_of, order=order)
    return Board(pipeline, lanes, chosen, current_workspace().currency, order)


def lanes_for(
    *,
    pipeline_id: uuid.UUID,
    stage_ids: set[uuid.UUID],
    actor: Actor,
    chosen: DealFilter,
    as_of: datetime,
    order: Order = ORDERS[OWN],
    shown: Mapping[uuid.UUID, int] | None = None,
) -> list[Lane]:
    """Some columns anew, with as many of their cards as the reader had loaded (`shown`: stage → cards)."""
    stages = board_stages(pipeline_id)
    deals = board_deals(actor=actor, chosen=chosen, as_of=as_of)
    wanted = [stage for stage in stages if stage.pk in stage_ids]
    lanes = lanes_with_totals(wanted, deals, actor=actor, chosen=chosen, as_of=as_of)
    fill_lanes(lanes, deals, stages, actor=actor, as_of=as_of, order=order, shown=shown)
    return lanes


def lane_heads(stages: list[Stage], *, actor: Actor, chosen: DealFilter, as_of: datetime) -> list[Lane]:
    """The totals of these columns of one pipeline, without cards. One query."""
    deals = board_deals(actor=actor, chosen=chosen, as_of=as_of)
    return lanes_with_totals(stages, deals, actor=actor, chosen=chosen, as_of=as_of)


def board_totals(*, pipeline: Pipeline, actor: Actor, chosen: DealFilter, as_of: datetime) -> Board:
    """The board without its cards. Two queries."""
    stages = list(Stage.objects.filter(pipeline=pipeline, archived_at=None).order_by("position"))
    deals = board_deals(actor=actor, chosen=chosen, as_of=as_of)
    lanes = lanes_with_totals(stages, deals, actor=actor, chosen=chosen, as_of=as_of)
    return Board(pipeline, lanes, chosen, current_workspace().currency)


def next_cards(
    *,
    stage: Stage,
    after: str,
    actor: Actor,
    chosen: DealFilter,
    as_of: datetime,
    order: Order = ORDERS[OWN],
) -> tuple[list[Card], str]:
    """The cards behind the mark `after` of one column, and where these end: "" when there are no more."""
    deals = board_deals(actor=actor, chosen=chosen, as_of=as_of).filter(stage_id=stage.pk)
    found = list(order.sorted(with_card_columns(order.behind(deals, after)))[: PAGE + 1])
    zone = current_workspace().zone
    stages = board_stages(stage.pipeline_id)
    end = order.mark(found[PAGE - 1]) if len(found) > PAGE else ""
    return cards_for(found[:PAGE], stages, actor=actor, as_of=as_of, zone=zone), end


def card_for(deal_id: uuid.UUID, *, actor: Actor, as_of: datetime) -> Card | None:
    """One open deal's card, or None. Three queries."""
    found = list(with_card_columns(visible_to(actor).filter(ON_BOARD, pk=deal_id)))
    if not found:
        return None
    stages = board_stages(found[0].pipeline_id)
    return cards_for(found, stages, actor=actor, as_of=as_of, zone=current_workspace().zone)[0]


def board_stages(pipeline_id: uuid.UUID) -> list[Stage]:
    """The pipeline's stages in order, criteria prefetched. Two queries."""
    return list(
        Stage.objects.filter(pipeline_id=pipeline_id, archived_at=None)
        .order_by("position")
        .prefetch_related(_criteria())
    )


def _criteria() -> Any:
    return Prefetch(
        "exit_criteria", ExitCriterion.objects.filter(archived_at=None).order_by("position", "id")
    )


def board_deals(*, actor: Actor, chosen: DealFilter, as_of: datetime) -> QuerySet[Deal]:
    """The open deals that the reader asked to see.

    Totals add the pipeline, which their index begins with; cards must not, or its index, which is not in the order of
    their ranks, is taken for theirs.
    """
    return visible_to(actor).filter(ON_BOARD, chosen.on_board.q(as_of))


def lanes_with_totals(
    stages: list[Stage], deals: QuerySet[Deal], *, actor: Actor, chosen: DealFilter, as_of: datetime
) -> list[Lane]:
    """Totals by the server, over all deals and not only the cards loaded. `stages`: of one pipeline. One query,
    and one for the rates where there are other currencies."""
    workspace: Workspace = current_workspace()
    lanes = {stage.pk: Lane(stage) for stage in stages}
    exchange = Exchange(clock.local_date(as_of, workspace.zone))
    # Added up by currency first: a sum is rounded once.
    sums: dict[tuple[uuid.UUID, str], list[int]] = defaultdict(lambda: [0, 0])
    for stage_id, currency, count, units in (
        _totals(stages, deals, actor, chosen.on_board, as_of) if stages else ()
    ):
        sums[stage_id, currency][0] += count
        sums[stage_id, currency][1] += int(units or 0)
    for (stage_id, currency), (count, units) in sums.items():
        _add(lanes[stage_id], exchange, currency, count, units)
    for lane in lanes.values():
        lane.weighted = round_to_currency(lane.amount * lane.stage.win_rate / 100, workspace.currency)
    return list(lanes.values())


def _add(lane: Lane, exchange: Exchange, currency: str, count: int, units: int) -> None:
    """Deals of one currency: converted where there is a rate, told apart where there is none."""
    lane.count += count
    converted = exchange.units(currency, units) if count else 0
    if converted is None:
        lane.other_currency += count
        return
    lane.amount += from_units(converted)
    if count and currency != exchange.currency:
        lane.rates.append(exchange.rates[currency])


def _totals(
    stages: list[Stage], deals: QuerySet[Deal], actor: Actor, chosen: DealFilter, as_of: datetime
) -> Iterable[tuple[uuid.UUID, str, int, int]]:
    """(stage, currency, deals, ten-thousandths), to be added up: counted only where the running totals cannot say."""
    of_stages = Q(pipeline_id=stages[0].pipeline_id, stage_id__in=[stage.pk for stage in stages])
    if chosen.is_summable:
        asked = of_stages & chosen.q(as_of) & Q(outcome=Outcome.OPEN)
        totals, changes = totals_by("stage_id", "currency", actor=actor, asked=asked)
        return totals.union(changes, all=True)
    units = Coalesce(Sum(Cast("amount", BigIntegerField())), 0, output_field=DecimalField())
    counted = deals.filter(of_stages).order_by().values("stage_id", "currency")
    return counted.annotate(count=Count("*"), units=units).values_list(
        "stage_id", "currency", "count", "units"
    )


def fill_lanes(
    lanes: list[Lane],
    deals: QuerySet[Deal],
    stages: list[Stage],
    *,
    actor: Actor,
    as_of: datetime,
    order: Order = ORDERS[OWN],
    shown: Mapping[uuid.UUID, int] | None = None,
) -> None:
    """The first cards of each column, in two queries whatever the number of columns; `stages`: all of the pipeline's."""
    filled = [lane for lane in lanes if lane.count]
    if not filled:
        return
    pages = {lane.stage.pk: min(max((shown or {}).get(lane.stage.pk, 0), PAGE), MOST) for lane in filled}
    ids = _first_ids(deals, pages, order)
    found: dict[uuid.UUID, list[Deal]] = defaultdict(list)
    for deal in order.sorted(with_card_columns(visible_to(actor).filter(pk__in=ids))):
        found[deal.stage_id].append(deal)
    drawn = [deal for lane in filled for deal in found[lane.stage.pk][: pages[lane.stage.pk]]]
    cards = cards_for(drawn, stages, actor=actor, as_of=as_of, zone=current_workspace().zone)
    by_stage: dict[uuid.UUID, list[Card]] = defaultdict(list)
    for card in cards:
        by_stage[card.deal.stage_id].append(card)
    for lane in filled:
        lane.cards = by_stage[lane.stage.pk]
        page = pages[lane.stage.pk]
        if len(found[lane.stage.pk]) > page:
            lane.after = order.mark(found[lane.stage.pk][page - 1])


def _first_ids(deals: QuerySet[Deal], pages: Mapping[uuid.UUID, int], order: Order) -> QuerySet[Any]:
    """The first deals of each stage, and one more, as a subquery. Columns of one length are asked in one piece: a union
    with a piece for each column takes Django as long to write as the database to answer."""
    firsts = []
    for page in sorted(set(pages.values())):
        first = order.sorted(deals.filter(stage_id=OuterRef("pk"))).values("pk")[: page + 1]
        stages = Stage.objects.filter(pk__in=[stage for stage, long in pages.items() if long == page])
        firsts.append(stages.order_by().values_list(Func(ArraySubquery(first), function="unnest"), flat=True))
    return firsts[0].union(*firsts[1:], all=True) if len(firsts) > 1 else firsts[0]
