"""What the benefits of a value case add up to, against what the deal costs the buyer."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from deals.models import Deal
from deals.models.deal import RevenueType
from strategy.models import Period, ValueEntry
from strategy.selectors.value_case import ValueCase

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Return:
    """In the deal's currency. `in_words`: benefits that have no amount, with what they are measured by.

    `price` is the deal's amount: once, or (`is_yearly`) for each year.
    """

    yearly: Decimal
    once: Decimal
    price: Decimal | None
    is_yearly: bool
    currency: str
    in_words: list[ValueEntry]
    counted: int

    @property
    def payback_months(self) -> int | None:
        """Months until what was paid has come back; None where it does not, or where that is no question."""
        if not self.price or self.is_yearly:
            return None
        left = self.price - self.once
        if left <= 0:
            return 0
        if not self.yearly:
            return None
        return int((left * 12 / self.yearly).to_integral_value(ROUND_CEILING))

    @property
    def times(self) -> Decimal | None:
        """Of a price for each year: how many times it comes back each year."""
        if not self.price or not self.is_yearly:
            return None
        return (self.yearly / self.price).quantize(Decimal("0.1"))

    @property
    def first_year(self) -> Decimal:
        return self.yearly + self.once

    @property
    def bars(self) -> tuple[int, int] | None:
        """Percent of the longer one: the price, and what the first year brings."""
        longest = max(self.price or NONE, self.first_year)
        if not self.price or not longest:
            return None
        return round(self.price * 100 / longest), round(self.first_year * 100 / longest)


def return_of(deal: Deal, case: ValueCase) -> Return:
    benefits = [line.entry for line in case.boxes[-1].lines]
    money = [entry for entry in benefits if entry.amount is not None]
    return Return(
        yearly=sum((entry.amount or NONE for entry in money if entry.period == Period.PER_YEAR), NONE),
        once=sum((entry.amount or NONE for entry in money if entry.period == Period.ONCE), NONE),
        price=deal.amount,
        is_yearly=deal.revenue_type == RevenueType.PER_YEAR,
        currency=deal.currency,
        in_words=[entry for entry in benefits if entry.amount is None],
        counted=len(money),
    )


@dataclass(frozen=True, slots=True)
class PrintRow:
    """A chain on paper: a problem with what it hangs on and what follows from it; or loose ends of one box."""

    cells: tuple[list[ValueEntry], list[ValueEntry], list[ValueEntry], list[ValueEntry]]


def rows_on_paper(case: ValueCase) -> list[PrintRow]:
    """A row for each problem, then what hangs on no problem."""
    by_id = {line.entry.pk: line for line in case.lines}
    rows, shown = [], set()
    for line in case.boxes[1].lines:
        benefits = _unique([entry for solution in line.on for entry in by_id[solution.pk].on])
        row = PrintRow((line.back, [line.entry], line.on, benefits))
        shown |= {entry.pk for cell in row.cells for entry in cell}
        rows.append(row)
    left = [[line.entry for line in box.lines if line.entry.pk not in shown] for box in case.boxes]
    if any(left):
        rows.append(PrintRow((left[0], left[1], left[2], left[3])))
    return rows


def _unique(entries: list[ValueEntry]) -> list[ValueEntry]:
    return list({entry.pk: entry for entry in entries}.values())
