"""The monthly forecast (docs: the deals' weighted amounts in the month of their expected close date).

Won deals count at their full amount in the local month they were won, lost ones and those in lead stages never. An
open deal whose date has passed or is missing is in no month: it needs a date.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from core import clock
from core.errors import InvalidInput
from core.money import SCALE, round_to_currency
from forecasting.selectors.counting import NEEDS_DATE, Row, counted_rows, running_rows
from forecasting.selectors.history import deals_as_of, stages_as_of
from forecasting.selectors.terms import StageTerms, stage_terms
from pipeline.models import Category
from tenancy.permissions import Actor
from tenancy.scope import current_workspace, current_zone
from tenancy.selectors.rates import Rate, RatesByMonth, rates_by_month

BASIS = 10_000  # a win rate in hundredths of a percent is a share of this


@dataclass(frozen=True, slots=True)
class ForecastMonth:
    """`month` is its first day. Amounts are rounded to the currency's unit; `deals` counts the open ones.

    `total` is won + weighted. `by_category` has the weighted amount of each stage category.
    """

    month: date
    won: Decimal
    weighted: Decimal
    open_amount: Decimal
    deals: int
    by_category: Mapping[str, Decimal]

    @property
    def total(self) -> Decimal:
        return self.won + self.weighted


@dataclass(frozen=True, slots=True)
class Forecast:
    """Every month from first to last. Other currencies are converted at `rates`; deals in one without a rate are counted
    apart and not added up. A won deal's month is converted at its own last rate."""

    currency: str
    months: list[ForecastMonth]
    needs_date_deals: int
    needs_date_amount: Decimal
    other_currency_deals: int = 0
    rates: list[Rate] = field(default_factory=list)


@dataclass(slots=True)
class _Sums:
    """Whole numbers until the end: won and open in ten-thousandths, weighted in ten-thousandths × basis."""

    won: int = 0
    open: int = 0
    deals: int = 0
    weighted: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def monthly_forecast(
    *,
    actor: Actor,
    first: date,
    last: date,
    pipeline_id: uuid.UUID | None = None,
    owner_id: uuid.UUID | None = None,
    unowned: bool = False,
    as_of: datetime | None = None,
) -> Forecast:
    """The forecast of the months of `first` to `last`, for one pipeline or all, one owner or all (or nobody's deals).

    `as_of`: as it stood just before that instant, from history; None: now. Two queries, all sums in
    the database; a third for the rates where there are other currencies. Raises InvalidInput when the last month lies before the first.
    """
    now = clock.now()
    past = as_of is not None and as_of <= now
    # The instant itself belongs to the next day: the end of a day is the day after's beginning.
    moment = as_of - timedelta(microseconds=1) if as_of is not None and past else now
    today = clock.local_date(moment, current_zone())
    months = months_between(first, last)
    if not months:
        raise InvalidInput.of("to", _("The last month lies before the first one."))
    asked = _asked(pipeline_id, owner_id, unowned=unowned)
    terms = stages_as_of(moment) if past else stage_terms()
    rows: Iterable[Row]
    if past:
        rows = counted_rows(deals_as_of(moment, actor=actor).filter(asked), months=months, today=today)
    else:
        rows = running_rows(actor=actor, asked=asked, months=months, today=today)
    currency = current_workspace().currency
    sums: list[_Sums] = [_Sums() for _ in range(len(months) + 1)]
    native, others = _apart(rows, currency)
    _add(sums, native, terms, counts_all=True)
    rates = rates_by_month(today) if others else RatesByMonth({}, {})
    converted, foreign = _converted(others, rates, months, today)
    _add(sums, converted, terms, counts_all=True)
    _add(sums, foreign, terms, counts_all=False)
    return Forecast(
        currency=currency,
        months=[_month(month, found, currency) for month, found in zip(months, sums[1:], strict=True)],
        needs_date_deals=sums[NEEDS_DATE].deals,
        needs_date_amount=_money(sums[NEEDS_DATE].open, 1, currency),
        other_currency_deals=sum(row[4] for row in foreign if _counts(row, terms)),
        rates=[rate for code in sorted({row[3] for row in others}) if (rate := rates.at(code, today))],
    )


def months_between(first: date, last: date) -> list[date]:
    """The first days of the months from that of `first` to that of `last`."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [clock.add_months(first, index) for index in range(max(count, 0))]


def undated_q(today: date) -> Q:
    """An open deal's date that puts it in no month: none, or one that has passed."""
    return Q(expected_close_date=None) | Q(expected_close_date__lt=today)


def _asked(pipeline_id: uuid.UUID | None, owner_id: uuid.UUID | None, *, unowned: bool) -> Q:
    asked = Q()
    if pipeline_id is not None:
        asked &= Q(pipeline_id=pipeline_id)
    if unowned:
        asked &= Q(owner=None)
    elif owner_id is not None:
        asked &= Q(owner_id=owner_id)
    return asked


def _apart(rows: Iterable[Row], currency: str) -> tuple[list[Row], list[Row]]:
    """Those in the workspace's currency, and the others."""
    native: list[Row] = []
    others: list[Row] = []
    for row in rows:
        (native if row[3] == currency else others).append(row)
    return native, others


def _converted(
    rows: Sequence[Row], rates: RatesByMonth, months: Sequence[date], today: date
) -> tuple[list[Row], list[Row]]:
    """The rows with their amounts in the workspace's currency, and those for whose currency there is no rate."""
    done: list[Row] = []
    left: list[Row] = []
    for won, bucket, stage_id, code, count, units in rows:
        # What was won is settled at its month's rate; what is open is worth what it is worth today.
        day = min(clock.add_months(months[bucket - 1], 1) - timedelta(days=1), today) if won else today
        rate = rates.at(code, day)
        if rate is None:
            left.append((won, bucket, stage_id, code, count, units))
        else:
            done.append((won, bucket, stage_id, code, count, rate.converted(int(units or 0))))
    return done, left


def _counts(row: Row, terms: Mapping[uuid.UUID, StageTerms]) -> bool:
    stage = terms.get(row[2])
    return stage is not None and not stage.is_lead


def _add(
    sums: Sequence[_Sums],
    rows: Iterable[Row],
    terms: Mapping[uuid.UUID, StageTerms],
    *,
    counts_all: bool,
) -> None:
    """Add the rows to the buckets. `counts_all` False: their currency has no rate, so they are counted only where no
    amount is spoken of: among the deals that need a date."""
    for row in rows:
        won, bucket, stage_id, _code, count, units = row
        if not _counts(row, terms):
            continue
        stage, found = terms[stage_id], sums[bucket]
        if not won and (counts_all or bucket == NEEDS_DATE):
            found.deals += count
        if counts_all and won:
            found.won += int(units or 0)
        elif counts_all:
            found.open += int(units or 0)
            found.weighted[stage.category] += int(units or 0) * stage.basis


def _month(month: date, sums: _Sums, currency: str) -> ForecastMonth:
    return ForecastMonth(
        month=month,
        won=_money(sums.won, 1, currency),
        weighted=_money(sum(sums.weighted.values()), BASIS, currency),
        open_amount=_money(sums.open, 1, currency),
        deals=sums.deals,
        by_category={
            category: _money(sums.weighted.get(category, 0), BASIS, currency) for category in Category.values
        },
    )


def _money(units: int, basis: int, currency: str) -> Decimal:
    """From whole numbers to the currency's unit: rounded here, once, half up."""
    whole, rest = divmod(units, SCALE * basis)
    return Decimal(whole) + round_to_currency(Decimal(rest) / (SCALE * basis), currency)
