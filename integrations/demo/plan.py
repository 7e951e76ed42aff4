"""Which deals the demo has: how each stands today, or ended. What led there is told in lives.py.

All figures of the demo's shape are here and in people.py. Stages are counted by position from 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from random import Random

from deals.models import Outcome
from integrations.demo.calendar import Calendar
from integrations.demo.people import PEOPLE, UNOWNED
from pipeline.templates import Bilingual
from tenancy.models.members import Role


class Mood(StrEnum):
    """What is the matter with an open deal."""

    PLAIN = "plain"
    STALLED = "stalled"
    SNOOZED = "snoozed"
    TASK_LATE = "task late"
    TASK_TODAY = "task today"
    NO_TASK = "no task"
    NO_DATE = "no date"
    DATE_PASSED = "date passed"


# Dealt to each person's deals in this order, so that every desk has something of everything.
MOODS = (
    *(Mood.STALLED, Mood.TASK_LATE, Mood.TASK_TODAY, Mood.NO_DATE, Mood.PLAIN, Mood.NO_TASK, Mood.PLAIN),
    *(Mood.DATE_PASSED, Mood.TASK_TODAY, Mood.PLAIN, Mood.STALLED, Mood.PLAIN, Mood.PLAIN, Mood.PLAIN),
    *(Mood.PLAIN, Mood.SNOOZED, Mood.TASK_LATE, Mood.PLAIN),
)


@dataclass(frozen=True, slots=True)
class Funnel:
    """A pipeline of the demo. Lists have an entry for each stage.

    `open`: deals that lie there. `pace`: median days in the stage. `ahead`: median days until the expected close.
    `lost`: share of the lost deals that were lost there. `names`: kind of words. `seats`, `price`: see `lives`.
    """

    key: str
    template: str
    name: Bilingual
    open: tuple[int, ...]
    pace: tuple[int, ...]
    ahead: tuple[int, ...]
    lost: tuple[int, ...]
    won_count: int
    lost_count: int
    names: str
    seats: tuple[int, ...]
    seatless: int  # median amount of a deal that is not counted in seats, in 10,000 KRW


FUNNELS = (
    Funnel(
        key="new",
        template="salesmap",
        name=Bilingual("신규 영업", "New business"),
        open=(98, 79, 38, 44, 11),
        pace=(7, 12, 13, 8, 3),
        ahead=(110, 85, 58, 34, 12),
        lost=(40, 30, 15, 11, 4),
        won_count=240,
        lost_count=410,
        names="deal_new",
        seats=(5, 8, 10, 12, 15, 20, 20, 25, 30, 30, 35, 40, 45, 50, 60, 60, 70, 80, 100, 120, 150, 200),
        seatless=1600,
    ),
    Funnel(
        key="big",
        template="the-model",
        name=Bilingual("엔터프라이즈", "Enterprise"),
        open=(41, 35, 26, 16, 8),
        pace=(20, 15, 18, 10, 8),
        ahead=(0, 190, 140, 80, 38),
        lost=(20, 34, 26, 14, 6),
        won_count=96,
        lost_count=140,
        names="deal_big",
        seats=(80, 100, 120, 120, 150, 180, 200, 250, 300, 400),
        seatless=6500,
    ),
)

MONTHS = 18  # of won and lost deals
HISTORY_DAYS = 547
SEASON = (0.8, 0.75, 1.1, 0.95, 0.95, 1.15, 0.9, 0.85, 1.1, 1.0, 1.1, 1.4)  # January to December
GROWTH = 0.35  # how much busier today is than the beginning was
MONTH_END = 24  # from this day of the month on signatures are twice as likely


@dataclass(frozen=True, slots=True)
class Sketch:
    """One deal. `owner`: a person's key, or None. `mood` for open deals; the others were closed `ago` days ago."""

    number: int
    funnel: Funnel
    owner: str | None
    stage: int
    outcome: str = Outcome.OPEN
    mood: Mood = Mood.PLAIN
    ago: int = 0


def sketches(*, random: Random, calendar: Calendar) -> list[Sketch]:
    """Closed deals first, then open ones."""
    found: list[Sketch] = []
    for funnel in FUNNELS:
        found += _closed(funnel, len(found), random=random, calendar=calendar)
    dealt: Counter[str | None] = Counter()
    for funnel in FUNNELS:
        found += _open(funnel, len(found), dealt, random=random)
    return found


def _open(funnel: Funnel, first: int, dealt: Counter[str | None], *, random: Random) -> Iterator[Sketch]:
    """`dealt` counts the moods that each desk has had."""
    stages = [position for position, count in enumerate(funnel.open) for _ in range(count)]
    random.shuffle(stages)
    desks: list[str | None] = [person.key for person in PEOPLE for _ in range(getattr(person, funnel.key))]
    desks += [None] * UNOWNED[funnel.key]
    for number, (owner, stage) in enumerate(zip(desks, stages, strict=True), first):
        yield Sketch(number, funnel, owner, stage, mood=MOODS[dealt[owner] % len(MOODS)])
        dealt[owner] += 1


def _closed(funnel: Funnel, first: int, *, random: Random, calendar: Calendar) -> Iterator[Sketch]:
    sellers = [person for person in PEOPLE if person.role in (Role.REP, Role.LEADER)]
    busy = [getattr(person, funnel.key) for person in sellers]
    last = len(funnel.open) - 1
    days = list(range(1, HISTORY_DAYS))
    for outcome, count in ((Outcome.WON, funnel.won_count), (Outcome.LOST, funnel.lost_count)):
        likely = [_likely(calendar, day, outcome) for day in days]
        for number, ago in enumerate(sorted(random.choices(days, likely, k=count), reverse=True), first):
            owner = random.choices(sellers, busy)[0].key
            stage = last - (random.random() < 0.15)
            if outcome == Outcome.LOST:
                stage = random.choices(range(last + 1), funnel.lost)[0]
            yield Sketch(number, funnel, owner, stage, outcome, ago=ago)
        first += count


def _likely(calendar: Calendar, ago: int, outcome: str) -> float:
    """How likely a deal closes that many days before today: growth, season, and the rush at a month's end."""
    day = calendar.today - timedelta(days=ago)
    likely = (1 - GROWTH * ago / HISTORY_DAYS) * SEASON[day.month - 1]
    return likely * 2 if outcome == Outcome.WON and day.day >= MONTH_END else likely
