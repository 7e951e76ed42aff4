"""When a deal was expected to close: the first hope, and how often it was pushed back."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from deals.models import Outcome
from integrations.demo.calendar import working_day
from integrations.demo.happenings import Edited
from integrations.demo.lives.frame import Frame
from integrations.demo.plan import Mood

PUSHES = (45, 27, 15, 9, 4)  # weights of 0 to 4
DATED_LATER = 0.25  # have no date before a later stage
FARTHEST = 330  # days ahead
SPREAD = 0.45  # of the logarithm of the days ahead


class DateStory:
    """`first`: the date at the creation, None where there was none yet. Deals in the lead stage have none."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._changes: list[tuple[datetime, date]] = []
        self.first: date | None = None
        last = self._last()
        if last is not None:
            self._tell(last)

    def edits(self) -> Iterator[Edited]:
        for moment, day in self._changes:
            yield Edited(at=moment, by=self._frame.by, changes={"expected_close_date": day})

    def _last(self) -> date | None:
        """The date that the deal has now, or had at its end."""
        sketch, stay = self._frame.sketch, self._frame.stays[-1]
        calendar, random = self._frame.calendar, self._frame.random
        if stay.stage.is_lead:
            return None
        if sketch.outcome != Outcome.OPEN:
            return working_day(calendar.day(stay.end) + timedelta(days=random.randint(-4, 12)))
        if sketch.mood is Mood.NO_DATE:
            return None
        if sketch.mood is Mood.DATE_PASSED:
            return working_day(calendar.today - timedelta(days=random.randint(2, 24)))
        ahead = random.lognormvariate(math.log(sketch.funnel.ahead[stay.position]), SPREAD)
        return working_day(calendar.today + timedelta(days=min(max(1, round(ahead)), FARTHEST)), later=True)

    def _tell(self, last: date) -> None:
        """From the last date back: each push came about when the date before it was near."""
        frame = self._frame
        begins = self._first_moment()
        count = frame.random.choices(range(len(PUSHES)), PUSHES)[0]
        moments = frame.calendar.spread(begins, frame.stays[-1].end, count, frame.random)
        days = [last]
        for moment in reversed(moments):
            near = frame.calendar.day(moment) + timedelta(days=frame.random.randint(-3, 12))
            sooner = days[0] - timedelta(days=frame.random.randint(7, 30))
            days.insert(0, working_day(min(near, sooner)))
        if begins == frame.stays[0].entered:
            self.first = days[0]
        else:
            self._changes.append((begins, days[0]))
        self._changes += zip(moments, days[1:], strict=True)

    def _first_moment(self) -> datetime:
        """When the deal first got a date: at its creation, or once it lay in a later stage."""
        stays = self._frame.stays
        behind = [stay for stay in stays[1:] if not stay.stage.is_lead]
        if stays[0].stage.is_lead or (behind and self._frame.chance(DATED_LATER)):
            return behind[0].entered + (behind[0].end - behind[0].entered) / 10
        return stays[0].entered
