"""Exchange rates: what another currency's amounts count for. Without a rate they count for nothing, and are told apart."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from django.db.models import QuerySet
from django.db.models.functions import TruncMonth

from tenancy.models import ExchangeRate
from tenancy.scope import current_workspace


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `currency` is `rate` units of the workspace's currency, since `valid_on`."""

    currency: str
    rate: Decimal
    valid_on: date

    def converted(self, units: int) -> int:
        """Ten-thousandths of the workspace's currency for ten-thousandths of this one: rounded half up, once."""
        with localcontext() as context:
            context.prec = 60
            return int((Decimal(units) * self.rate).to_integral_value(ROUND_HALF_UP))


def rates_on(day: date) -> dict[str, Rate]:
    """Currency → the latest rate of that day or before. One query."""
    rows = _known(day).order_by("currency", "-valid_on").distinct("currency")
    return {row.currency: Rate(row.currency, row.rate, row.valid_on) for row in rows}


class Exchange:
    """What amounts count for in the workspace's currency on a day. The rates are read when the first other currency is
    met: one query at most. `used`: those at which something was converted."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.currency = current_workspace().currency
        self._rates: Mapping[str, Rate] | None = None
        self._used: dict[str, Rate] = {}

    @property
    def rates(self) -> Mapping[str, Rate]:
        if self._rates is None:
            self._rates = rates_on(self.day)
        return self._rates

    @property
    def used(self) -> list[Rate]:
        return list(self._used.values())

    def units(self, currency: str, units: int) -> int | None:
        """Ten-thousandths of the workspace's currency for those of `currency`; None where there is no rate."""
        if currency == self.currency:
            return units
        rate = self.rates.get(currency)
        if rate is None:
            return None
        self._used[currency] = rate
        return rate.converted(units)


@dataclass(frozen=True, slots=True)
class RatesByMonth:
    """The last rate of each month, for what is counted by months."""

    days: Mapping[str, list[date]]
    rates: Mapping[str, list[Rate]]

    @classmethod
    def of(cls, rates: Iterable[Rate]) -> RatesByMonth:
        days, found = defaultdict(list), defaultdict(list)
        for rate in sorted(rates, key=lambda each: each.valid_on):
            days[rate.currency].append(rate.valid_on)
            found[rate.currency].append(rate)
        return cls(dict(days), dict(found))

    def at(self, currency: str, day: date) -> Rate | None:
        """The latest known rate of that day or before; before the first one given, that one. None: there is none."""
        found = self.rates.get(currency)
        if not found:
            return None
        return found[max(bisect_right(self.days[currency], day) - 1, 0)]


def rates_by_month(until: date) -> RatesByMonth:
    """As known on the day `until`. One query."""
    rows = (
        _known(until)
        .annotate(month=TruncMonth("valid_on"))
        .order_by("currency", "month", "-valid_on")
        .distinct("currency", "month")
    )
    return RatesByMonth.of(Rate(row.currency, row.rate, row.valid_on) for row in rows)


def _known(until: date) -> QuerySet[ExchangeRate]:
    return ExchangeRate.objects.filter(base=current_workspace().currency, valid_on__lte=until)


def rates_given() -> QuerySet[ExchangeRate]:
    """Every rate in the workspace's currency, in no order."""
    return ExchangeRate.objects.filter(base=current_workspace().currency)


def rate_history() -> list[ExchangeRate]:
    """Every rate in the workspace's currency, the latest first. One query."""
    return list(rates_given().select_related("entered_by").order_by("currency", "-valid_on"))
