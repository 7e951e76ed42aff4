"""What deals say of companies: how many, how much, when last heard from. Amounts in the workspace's currency."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import BigIntegerField, Count, DecimalField, Max, Q, QuerySet, Sum
from django.db.models.functions import Cast

from core import clock
from core.money import from_units, round_to_currency
from deals.models import Activity, ActivityParticipant, Outcome
from deals.models.activity import Direction
from deals.selectors.visible import visible_to
from pipeline.models import Stage, StageKind
from tenancy.permissions import Actor
from tenancy.scope import current_workspace, current_zone
from tenancy.selectors.rates import Exchange, Rate

OPEN = Q(outcome=Outcome.OPEN)


@dataclass(frozen=True, slots=True)
class Figures:
    """Amounts converted at `rates`. `other_currency`: open deals without a rate, counted and not added up."""

    open_deals: int = 0
    open_amount: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    won_deals: int = 0
    won_amount: Decimal = Decimal(0)
    lost_deals: int = 0
    other_currency: int = 0
    last_heard: datetime | None = None
    rates: tuple[Rate, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.open_deals or self.won_deals or self.lost_deals)


def figures_by_company(company_ids: Collection[uuid.UUID], *, actor: Actor) -> dict[uuid.UUID, Figures]:
    """Two queries, one more for the rates of other currencies; none for none. A company without deals is not among them.

    Summed by company, stage and currency, and the stages read apart: joined, their few rows lead the plan, and each of them reads
    the companies' deals again.
    """
    if not company_ids:
        return {}
    currency = current_workspace().currency
    stages = {pk: (kind, rate) for pk, kind, rate in Stage.objects.values_list("pk", "kind", "win_rate")}
    today = clock.local_date(clock.now(), current_zone())
    found: dict[uuid.UUID, Figures] = {}
    exchange = Exchange(today)
    for company_id, rows in groupby(_sums(company_ids, actor), key=itemgetter("company_id")):
        figures = Figures()
        for row in rows:
            kind, rate = stages[row["stage_id"]]
            # A lead is no deal yet: it is in no number.
            figures = _with(figures, row, exchange, is_lead=kind == StageKind.LEAD, rate=rate)
        found[company_id] = replace(figures, weighted=round_to_currency(figures.weighted, currency))
    return found


def _sums(company_ids: Collection[uuid.UUID], actor: Actor) -> QuerySet[Any]:
    units = Cast("amount", BigIntegerField())
    whole = DecimalField(max_digits=40, decimal_places=0)
    return (
        visible_to(actor)
        .filter(company_id__in=company_ids)
        .order_by("company_id")
        .values("company_id", "stage_id", "currency")
        .annotate(
            open_deals=Count("pk", filter=OPEN),
            open_units=Sum(units, filter=OPEN, output_field=whole),
            won_deals=Count("pk", filter=Q(outcome=Outcome.WON)),
            won_units=Sum(units, filter=Q(outcome=Outcome.WON), output_field=whole),
            lost_deals=Count("pk", filter=Q(outcome=Outcome.LOST)),
            heard=Max("last_heard_at"),
        )
    )


def _with(
    figures: Figures, row: dict[str, Any], exchange: Exchange, *, is_lead: bool, rate: Decimal
) -> Figures:
    """`figures` with the deals of one stage and currency."""
    heard = [moment for moment in (figures.last_heard, row["heard"]) if moment is not None]
    counted = 0 if is_lead else row["open_deals"]
    running = exchange.units(row["currency"], int(row["open_units"] or 0)) if counted else 0
    won = exchange.units(row["currency"], int(row["won_units"] or 0)) if row["won_deals"] else 0
    uses_rate = row["currency"] != exchange.currency and bool(running or won)
    rates = {known.currency: known for known in figures.rates}
    if uses_rate:
        rates[row["currency"]] = exchange.rates[row["currency"]]
    return Figures(
        open_deals=figures.open_deals + counted,
        open_amount=figures.open_amount + from_units(running or 0),
        weighted=figures.weighted + from_units(running or 0) * rate / 100,
        won_deals=figures.won_deals + row["won_deals"],
        won_amount=figures.won_amount + from_units(won or 0),
        lost_deals=figures.lost_deals + row["lost_deals"],
        other_currency=figures.other_currency + (counted if running is None else 0),
        last_heard=max(heard, default=None),
        rates=tuple(rates.values()),
    )


def heard_from(contact_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When each of the people was last heard from. One query."""
    if not contact_ids:
        return {}
    rows = (
        ActivityParticipant.objects.filter(
            contact_id__in=contact_ids,
            activity__in=Activity.objects.filter(
                deleted_at=None, direction__in=(Direction.FROM_BUYER, Direction.BOTH)
            ),
        )
        .order_by()
        .values_list("contact_id")
        .annotate(at=Max("activity__occurred_at"))
    )
    return dict(rows)
