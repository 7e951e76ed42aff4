"""Moments for the demo's past: in office hours of working days, all before today.

Nothing happens today, so that two demos made on one day tell the same, whatever the hour.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from core import clock

OPENS, CLOSES = 9 * 60, 17 * 60  # minutes of the day
BEGAN = 1100  # days before today: before the first of the demo's deals
SATURDAY = 5
TRIES = 12


class Calendar:
    """Counts days back from the local day of `now` in `zone`."""

    def __init__(self, *, now: datetime, zone: ZoneInfo) -> None:
        self.zone = zone
        self.today = clock.local_date(now, zone)
        self.beginning = clock.start_of_day(self.today - timedelta(days=BEGAN), zone)
        self.horizon = clock.start_of_day(self.today, zone) - timedelta(hours=6)

    def at(self, days_ago: int, random: Random) -> datetime:
        """In office hours that many days ago (at least one), or on the working day before."""
        return self._on(self.today - timedelta(days=max(days_ago, 1)), random)

    def within(self, first: datetime, last: datetime, random: Random) -> datetime:
        """A moment after `first` and before `last`; in office hours, unless the two leave no room for that."""
        for _attempt in range(TRIES):
            moment = self._on(self.day(first + (last - first) * random.random()), random)
            if first < moment < last:
                return moment
        return first + (last - first) * random.uniform(0.1, 0.9)

    def spread(self, first: datetime, last: datetime, count: int, random: Random) -> list[datetime]:
        """`count` such moments in order."""
        return sorted(self.within(first, last, random) for _ in range(count))

    def day(self, moment: datetime) -> date:
        return clock.local_date(moment, self.zone)

    def _on(self, day: date, random: Random) -> datetime:
        start = clock.start_of_day(working_day(day), self.zone)
        return start + timedelta(minutes=random.randrange(OPENS, CLOSES))


def working_day(day: date, *, later: bool = False) -> date:
    """`day`, or the Friday before (`later`: the Monday after) where it falls on a weekend."""
    over = day.weekday() - SATURDAY + 1
    if over <= 0:
        return day
    return day + timedelta(days=3 - over) if later else day - timedelta(days=over)
