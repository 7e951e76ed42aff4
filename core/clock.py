"""The only place that asks what time it is. Everything else takes the time as an argument."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("stagecraft_clock", default=None)


def now() -> datetime:
    """The current time, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def frozen_moment() -> datetime | None:
    """Where the clock is held, or None while it runs."""
    return _frozen.get()


@contextmanager
def frozen_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware): for tests, demo data and the writing of history."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day of `moment` in the workspace's time zone."""
    return moment.astimezone(zone).date()


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which `day` begins in `zone`."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant after `day` in `zone`; "as of D" means before it."""
    return start_of_day(day + timedelta(days=1), zone)


def entered_before(days: int, today: date, zone: ZoneInfo) -> datetime:
    """The instant before which something must have begun to have lasted `days` local days today."""
    return start_of_day(today - timedelta(days=days - 1), zone)


def month_start(day: date) -> date:
    return day.replace(day=1)


def add_months(day: date, count: int) -> date:
    """The first day of the month `count` months from that of `day`."""
    index = day.year * 12 + day.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)
