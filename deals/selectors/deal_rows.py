"""The list of deals: a page of rows in any of its orders, totals over everything that matches, batches for a file."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Count, DecimalField, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce

from api.pagination import Cursor, decode, read_page
from core import clock
from core.errors import InvalidInput
from core.money import from_units, round_to_currency
from deals.models import Deal, DealTag, Outcome
from deals.selectors.cards import CARD_COLUMNS, cards_for, with_card_columns
from deals.selectors.columns import Column, Row, Sort
from deals.selectors.filters import DealFilter
from deals.selectors.totals import totals_by
from deals.selectors.visible import visible_to
from pipeline.models import ExitCriterion, Pipeline, Stage
from tenancy.permissions import Actor
from tenancy.scope import current_workspace
from tenancy.selectors.rates import Exchange, Rate

PAGE = 50
BATCH = 500  # rows of a file at a time
LIST_COLUMNS = (*CARD_COLUMNS, "created_at", "loss_reason__name")


def matching_deals(*, actor: Actor, chosen: DealFilter, as_of: datetime) -> QuerySet[Deal]:
    """The visible deals that the filter asks for: open ones, unless it says otherwise. One query more for `stalled`."""
    deals = visible_to(actor).filter(chosen.q(as_of))
    return deals if "outcome" in chosen.by_name else deals.filter(outcome=Outcome.OPEN)


@dataclass(frozen=True, slots=True)
class RowPage:
    rows: list[Row]
    next: str  # where the next page begins; "" at the end


@dataclass(frozen=True, slots=True)
class ListTotals:
    """Over everything that matches. Amounts in the workspace's currency, others converted at `rates`; `other_currency`:
    deals for whose currency there is none. Leads count as deals and have no amount here."""

    count: int = 0
    amount: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    leads: int = 0
    other_currency: int = 0
    rates: Sequence[Rate] = ()


class DealRows:
    """What the rows of one list have in common: its stages are read once. Two queries, when first needed."""

    def __init__(self, *, actor: Actor, as_of: datetime, columns: Sequence[Column]) -> None:
        self.actor = actor
        self.as_of = as_of
        self.columns = columns
        self.needs = {column.needs for column in columns if column.needs}
        self._stages: list[Stage] | None = None

    @property
    def stages(self) -> list[Stage]:
        """All of them: closed deals lie in retired ones too."""
        if self._stages is None:
            criteria = ExitCriterion.objects.filter(archived_at=None).order_by("position", "id")
            wanted = criteria if "criteria" in self.needs else criteria.none()
            self._stages = list(
                Stage.objects.order_by("pipeline_id", "position").prefetch_related(
                    Prefetch("exit_criteria", wanted)
                )
            )
        return self._stages

    def page(self, *, chosen: DealFilter, sort: Sort, after: str = "", limit: int = PAGE) -> RowPage:
        """The rows behind the mark `after`. One query, two where rows without a key are reached, and what columns need."""
        deals = matching_deals(actor=self.actor, chosen=chosen, as_of=self.as_of)
        cursor = _cursor(after, sort)
        page = read_page(
            self._readable(deals), ordering=sort.name, order=sort.order, limit=limit, cursor=cursor
        )
        return RowPage(self._rows(page.rows), page.next.encode() if page.next else "")

    def of(self, deal_ids: Iterable[uuid.UUID]) -> list[Row]:
        """The rows of these deals, in no order."""
        return self._rows(list(self._readable(visible_to(self.actor).filter(pk__in=list(deal_ids)))))

    def _readable(self, deals: QuerySet[Deal]) -> QuerySet[Deal]:
        return with_card_columns(deals).select_related("loss_reason").only(*LIST_COLUMNS)

    def _rows(self, deals: Sequence[Deal]) -> list[Row]:
        workspace = current_workspace()
        cards = cards_for(deals, self.stages, actor=self.actor, as_of=self.as_of, zone=workspace.zone)
        rows = [Row(card, workspace.currency) for card in cards]
        if "tags" in self.needs and rows:
            _add_tags(rows)
        if "pipelines" in self.needs and rows:
            names = dict(Pipeline.objects.values_list("pk", "name"))
            for row in rows:
                row.pipelines = names
        for fetch in dict.fromkeys(column.fetch for column in self.columns if column.fetch) if rows else ():
            fetch(rows, [column for column in self.columns if column.fetch is fetch])
        return rows

    def totals(self, chosen: DealFilter) -> ListTotals:
        """One query, from the running totals where they can say it; one more for the rates of other currencies."""
        stages = {stage.pk: stage for stage in self.stages}
        workspace = current_workspace()
        exchange = Exchange(clock.local_date(self.as_of, workspace.zone))
        count = leads = other = 0
        amount = weighted = Decimal(0)
        for (stage_id, currency, outcome), (found, units) in self._added(chosen).items():
            count += found
            if stages[stage_id].is_lead:
                leads += found
            elif not found:
                continue
            elif (converted := exchange.units(currency, units)) is None:
                other += found
            else:
                value = from_units(converted)
                amount += value
                share = {Outcome.WON: Decimal(100), Outcome.LOST: Decimal(0)}
                weighted += value * share.get(Outcome(outcome), stages[stage_id].win_rate) / 100
        weighted = round_to_currency(weighted, workspace.currency)
        return ListTotals(count, amount, weighted, leads, other, exchange.used)

    def _added(self, chosen: DealFilter) -> dict[tuple[uuid.UUID, str, str], list[int]]:
        """(stage, currency, outcome) → deals, ten-thousandths: added up before anything is converted and rounded."""
        sums: dict[tuple[uuid.UUID, str, str], list[int]] = defaultdict(lambda: [0, 0])
        for stage_id, currency, outcome, found, units in self._sums(chosen):
            sums[stage_id, currency, outcome][0] += found
            sums[stage_id, currency, outcome][1] += int(units or 0)
        return sums

    def _sums(self, chosen: DealFilter) -> Iterable[tuple[uuid.UUID, str, str, int, Any]]:
        """(stage, currency, outcome, deals, ten-thousandths), to be added up."""
        outcome = chosen.by_name.get("outcome", Outcome.OPEN.value)
        rest = chosen.without("outcome")
        if rest.is_summable and outcome in (Outcome.OPEN, Outcome.WON):
            asked = rest.q(self.as_of) & Q(outcome=outcome)
            totals, changes = totals_by("stage_id", "currency", "outcome", actor=self.actor, asked=asked)
            return totals.union(changes, all=True)
        deals = matching_deals(actor=self.actor, chosen=chosen, as_of=self.as_of)
        units = Coalesce(Sum(Cast("amount", BigIntegerField())), 0, output_field=DecimalField())
        grouped = deals.order_by().values("stage_id", "currency", "outcome")
        return grouped.annotate(count=Count("pk"), units=units).values_list(
            "stage_id", "currency", "outcome", "count", "units"
        )


def _cursor(text: str, sort: Sort) -> Cursor | None:
    """None, which is the beginning, for a mark of another order or one that we did not write."""
    if not text:
        return None
    try:
        return decode(text, sort.name, sort.order, Deal)
    except InvalidInput:
        return None


def _add_tags(rows: Sequence[Row]) -> None:
    names: dict[uuid.UUID, list[str]] = defaultdict(list)
    found = DealTag.objects.filter(deal_id__in=[row.deal.pk for row in rows]).order_by("tag__name")
    for deal_id, name in found.values_list("deal_id", "tag__name"):
        names[deal_id].append(name)
    for row in rows:
        row.tags = names[row.deal.pk]
