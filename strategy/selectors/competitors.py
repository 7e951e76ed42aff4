"""Against whom we win, and by what: all deals with a competitor, added up by the database.

Amounts follow the forecast's rules: deals in lead stages do not count, what is closed is converted at the rate of its
month, what is open at today's, and what has no rate is counted apart.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, F, Min, Q, Sum, Window
from django.db.models.functions import RowNumber, TruncMonth

from core import clock
from core.money import SCALE, round_to_currency
from deals.models.deal import Outcome
from deals.selectors.visible import visible_to
from pipeline.models.stage import StageKind
from strategy.models import Competitor, CriterionRating, Rival
from strategy.models.comparison import RIGHT, UPPER
from tenancy.permissions import Actor
from tenancy.scope import current_workspace, current_zone
from tenancy.selectors.rates import RatesByMonth, rates_by_month

MOST = 100  # competitors on the page, those of the most deals
TOP = 4  # criteria named for won and for lost deals


@dataclass(slots=True)
class Tally:
    deals: int = 0
    units: int = 0
    without_rate: int = 0
    criteria: list[tuple[str, int]] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        whole, rest = divmod(self.units, SCALE)
        return Decimal(whole) + round_to_currency(Decimal(rest) / SCALE, current_workspace().currency)


@dataclass(slots=True)
class Against:
    """One competitor. `won` etc.: deals, amounts, and by which criteria of the upper right."""

    id: uuid.UUID
    name: str
    won: Tally = field(default_factory=Tally)
    lost: Tally = field(default_factory=Tally)
    open: Tally = field(default_factory=Tally)

    @property
    def deals(self) -> int:
        return self.won.deals + self.lost.deals + self.open.deals

    @property
    def win_percent(self) -> int | None:
        """Of the closed ones."""
        closed = self.won.deals + self.lost.deals
        return round(100 * self.won.deals / closed) if closed else None

    @property
    def without_rate(self) -> int:
        return self.won.without_rate + self.lost.without_rate + self.open.without_rate


def competitors_met(actor: Actor) -> list[Against]:
    """Those met on visible deals, the most often met first. Three queries, a fourth for rates."""
    rows = list(
        Rival.objects.filter(removed_at=None, deal__in=_counted(actor))
        .order_by()
        .annotate(month=TruncMonth("deal__closed_on"))
        .values("competitor_id", "deal__outcome", "deal__currency", "month")
        .annotate(count=Count("pk"), units=Sum("deal__amount"))
        .values_list("competitor_id", "deal__outcome", "deal__currency", "month", "count", "units")
    )
    met: dict[uuid.UUID, int] = defaultdict(int)
    for row in rows:
        met[row[0]] += row[4]
    first = sorted(met, key=lambda ident: (-met[ident], str(ident)))[:MOST]
    names = dict(Competitor.objects.filter(pk__in=first).values_list("pk", "name"))
    found = {ident: Against(ident, names[ident]) for ident in first}
    _add(found, rows)
    for competitor, outcome, text, count in _criteria(actor, first):
        _tally(found[competitor], outcome).criteria.append((text, count))
    return sorted(found.values(), key=lambda each: (-each.deals, each.name))


def _counted(actor: Actor):  # type: ignore[no-untyped-def] # a query set of ids
    return visible_to(actor).exclude(stage__kind=StageKind.LEAD).values("pk")


def _tally(against: Against, outcome: str) -> Tally:
    return {Outcome.WON: against.won, Outcome.LOST: against.lost}.get(Outcome(outcome), against.open)


def _add(found: dict[uuid.UUID, Against], rows: list[tuple]) -> None:
    currency = current_workspace().currency
    today = clock.local_date(clock.now(), current_zone())
    rates = rates_by_month(today) if any(row[2] != currency for row in rows) else RatesByMonth({}, {})
    for competitor, outcome, code, month, count, units in rows:
        if competitor not in found:
            continue
        tally = _tally(found[competitor], outcome)
        tally.deals += count
        # The sum comes as amounts; the arithmetic is in whole ten-thousandths, like the forecast's.
        whole = int((units or Decimal(0)) * SCALE)
        if code == currency:
            tally.units += whole
            continue
        rate = rates.at(code, _rate_day(month, today))
        if rate is None:
            tally.without_rate += count
        else:
            tally.units += rate.converted(whole)


def _rate_day(month: date | None, today: date) -> date:
    return today if month is None else min(clock.add_months(month, 1) - timedelta(days=1), today)


def _criteria(actor: Actor, competitors: list[uuid.UUID]) -> list[tuple[uuid.UUID, str, str, int]]:
    """The criteria of the upper right on won and on lost deals, the most frequent of each. One query."""
    counted = (
        CriterionRating.objects.filter(
            standing__gte=RIGHT,
            criterion__matters__gte=UPPER,
            criterion__removed_at=None,
            rival__removed_at=None,
            rival__competitor__in=competitors,
            deal__in=_counted(actor),
            deal__outcome__in=[Outcome.WON, Outcome.LOST],
        )
        .order_by()
        .values("rival__competitor_id", "deal__outcome", "criterion__text_key")
        .annotate(text=Min("criterion__text"), count=Count("deal_id", distinct=True))
        .annotate(
            place=Window(
                RowNumber(),
                partition_by=[F("rival__competitor_id"), F("deal__outcome")],
                order_by=[F("count").desc(), F("text").asc()],
            )
        )
        .filter(Q(place__lte=TOP))
        .order_by("place")
    )
    return list(counted.values_list("rival__competitor_id", "deal__outcome", "text", "count"))
