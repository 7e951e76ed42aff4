"""What a forecast is added up from: (won, bucket, stage, currency, deals, ten-thousandths) in one statement.

For today it comes from the running totals, which know months; for a past day it is counted from that day's versions.
The buckets are 0 for deals that need a date, then the months in order.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Count,
    DateField,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from core import clock
from deals.models import Outcome
from deals.models.deal import ON_BOARD
from deals.selectors.totals import totals_by
from deals.selectors.visible import visible_to
from tenancy.permissions import Actor

NEEDS_DATE = 0  # the bucket before the first month
PASSED = -1  # deals of this month whose day has passed: counted in their month's total, but in need of a date

type Row = tuple[bool, int, uuid.UUID, str, int, Any]


def running_rows(*, actor: Actor, asked: Q, months: Sequence[date], today: date) -> Iterator[Row]:
    """As it stands today. Takes no longer for more deals, but for those due on the days of this month gone by."""
    this_month = clock.month_start(today)
    shown = months.index(this_month) + 1 if this_month in months else None
    for won, bucket, stage_id, currency, count, units in _running(actor, asked, months, today):
        if bucket != PASSED:
            yield won, bucket, stage_id, currency, count, units
            continue
        yield won, NEEDS_DATE, stage_id, currency, count, units
        if shown:
            yield won, shown, stage_id, currency, -count, -(units or 0)


def _running(actor: Actor, asked: Q, months: Sequence[date], today: date) -> QuerySet[Any]:
    """Six arms: open and won in the totals and in the changes beside them, and what a month cannot tell of its days."""
    end, this_month = clock.add_months(months[-1], 1), clock.month_start(today)
    # A month that has begun takes what is due in it; all that lies before falls into bucket 0.
    edges = [max(month, this_month) for month in months]
    dated = Q(month__lt=this_month) | Q(month__gte=months[0])
    due = Q(month=None) | dated & Q(month__lt=max(this_month, end))
    names = ("won", "bucket", "stage_id", "currency")
    open_totals = totals_by(
        *names,
        actor=actor,
        asked=asked & Q(outcome=Outcome.OPEN) & due,
        won=_flag(won=False),
        bucket=Coalesce(_bucket("month", edges), NEEDS_DATE),
    )
    won_totals = totals_by(
        *names,
        actor=actor,
        asked=asked & Q(outcome=Outcome.WON, month__gte=months[0], month__lt=end),
        won=_flag(won=True),
        bucket=_bucket("month", months),
    )
    deals = visible_to(actor).filter(asked)
    passed = deals.filter(ON_BOARD, expected_close_date__gte=this_month, expected_close_date__lt=today)
    arms = [
        *open_totals,
        *won_totals,
        _summed(passed, Value(PASSED), won=False),
        _summed(_won(deals, months, closed_on__gt=today), _bucket("closed_on", months), won=True, sign=-1),
    ]
    return arms[0].union(*arms[1:], all=True)


def counted_rows(deals: QuerySet[Any], *, months: Sequence[date], today: date) -> QuerySet[Any]:
    """The same counted from deals, or from their versions of a past day.

    Three arms, because each is then a range of its own covering index; one condition with OR is read from the table.
    """
    end = clock.add_months(months[-1], 1)
    board = deals.filter(ON_BOARD)
    dated = board.filter(
        Q(expected_close_date__lt=today) | Q(expected_close_date__gte=months[0]),
        expected_close_date__lt=max(today, end),
    )
    # None that closes after the day asked about: history moved in carries its end from the start.
    won = _won(deals, months, closed_on__lte=today)
    # A month begins today for the deals that can still close in it: what lies before falls into bucket 0.
    arms = [
        _summed(dated, _bucket("expected_close_date", [max(month, today) for month in months]), won=False),
        _summed(board.filter(expected_close_date=None), Value(NEEDS_DATE), won=False),
        _summed(won, _bucket("closed_on", months), won=True),
    ]
    return arms[0].union(*arms[1:], all=True)


def _won(deals: QuerySet[Any], months: Sequence[date], **closed: date) -> QuerySet[Any]:
    end = clock.add_months(months[-1], 1)
    return deals.filter(
        outcome=Outcome.WON, deleted_at=None, closed_on__gte=months[0], closed_on__lt=end, **closed
    )


def _bucket(day: str, edges: Sequence[date]) -> Func:
    """How many edges lie at or before the day."""
    return Func(
        F(day),
        Value(list(edges), output_field=ArrayField(DateField())),
        function="width_bucket",
        output_field=IntegerField(),
    )


def _flag(*, won: bool) -> Value:
    return Value(won, output_field=BooleanField())


def _summed(deals: QuerySet[Any], bucket: Func | Value, *, won: bool, sign: int = 1) -> QuerySet[Any]:
    # A sum of whole ten-thousandths is NUMERIC in PostgreSQL: it cannot overflow.
    units = Sum(Cast("amount", BigIntegerField()))
    return (
        deals.order_by()
        .annotate(won=_flag(won=won), bucket=bucket)
        .values("won", "bucket", "stage_id", "currency")
        .annotate(count=sign * Count("*"), units=sign * units)
        .values_list("won", "bucket", "stage_id", "currency", "count", "units")
    )
