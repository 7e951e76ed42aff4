"""Moments for the demo's past: in office hours, never in the future, the same for the same seed and day."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core import clock

SEED = 20231101
OPENS, CLOSES = 9 * 60, 18 * 60  # minutes of the day


class Calendar:
    """Counts days back from `now` in `zone`."""

    def __init__(self, *, now: datetime, zone: ZoneInfo) -> None:
        self.now = now
        self.today = clock.local_date(now, zone)
        self.random = random.Random(SEED)  # noqa: S311 - decoration, the same each time
        self._zone = zone

    def ago(self, days: int) -> datetime:
        """In office hours that many days ago; for today, the latest a few minutes ago."""
        start = clock.start_of_day(self.today - timedelta(days=days), self._zone)
        moment = start + timedelta(minutes=self.random.randrange(OPENS, CLOSES))
        latest = self.now - timedelta(minutes=self.random.randrange(1, 40))
        return max(min(moment, latest), start) if days == 0 else moment

    def between(self, first: datetime, last: datetime) -> datetime:
        """Some moment in office hours of a day between the two, never outside them."""
        day = clock.local_date(first, self._zone) + timedelta(
            days=self.random.randint(0, max((last - first).days, 0))
        )
        moment = clock.start_of_day(day, self._zone) + timedelta(minutes=self.random.randrange(OPENS, CLOSES))
        return min(max(moment, first + (last - first) / 7), last)

    def spread(self, first: datetime, last: datetime, count: int) -> list[datetime]:
        """`count` such moments in order."""
        return sorted(self.between(first, last) for _ in range(count))
