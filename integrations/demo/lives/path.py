"""Through which stages a deal went, and when it entered each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from deals.models import Outcome
from integrations.demo.calendar import Calendar
from integrations.demo.plan import Mood, Sketch
from pipeline.models import Stage

SPREAD = 0.55  # of the logarithm of the days in a stage
LONGEST = 70  # days in a stage
SLOWER = {Outcome.OPEN: 1.0, Outcome.WON: 0.9, Outcome.LOST: 1.35}
SKIPPED, TURNED_BACK, BEGAN_LATER = 0.07, 0.08, 0.08
NOT_A_LEAD = 0.4  # of the deals in a pipeline with a lead stage began behind it


@dataclass(frozen=True, slots=True)
class Stay:
    """`left` is None for the stay that goes on; `end` is then the last moment of which the demo tells."""

    stage: Stage
    entered: datetime
    left: datetime | None
    end: datetime

    @property
    def position(self) -> int:
        return self.stage.position


def stays_of(sketch: Sketch, stages: Sequence[Stage], *, calendar: Calendar, random: Random) -> list[Stay]:
    """The deal's stays in their order: each begins when the one before ends."""
    path = _path(sketch, stages, random)
    days = _days_in_last(sketch, stages[path[-1]], random) + sketch.ago
    end = calendar.at(sketch.ago, random) if sketch.outcome != Outcome.OPEN else calendar.horizon
    entries = [_before(calendar.at(days, random), end)]
    for position in reversed(path[:-1]):
        days += _drawn(sketch.funnel.pace[position] * SLOWER[Outcome(sketch.outcome)], SPREAD, random)
        entries.insert(0, _before(calendar.at(days, random), entries[0]))
    lefts: list[datetime | None] = [*entries[1:], end if sketch.outcome != Outcome.OPEN else None]
    return [
        Stay(stages[position], entered, left, left or end)
        for position, entered, left in zip(path, entries, lefts, strict=True)
    ]


def _path(sketch: Sketch, stages: Sequence[Stage], random: Random) -> list[int]:
    """Positions from the first stage to the one reached; now and then one is skipped, or a deal goes back."""
    late = NOT_A_LEAD if stages[0].is_lead else BEGAN_LATER
    first = 1 if sketch.stage > 0 and random.random() < late else 0
    path = list(range(first, sketch.stage + 1))
    turn = random.random()
    if turn < SKIPPED and len(path) > 2:
        path.pop(random.randrange(1, len(path) - 1))
    elif turn < SKIPPED + TURNED_BACK and len(path) > 2:
        at = random.randrange(1, len(path))
        path[at + 1 : at + 1] = [path[at - 1], path[at]]
    return path


def _days_in_last(sketch: Sketch, stage: Stage, random: Random) -> int:
    """How many days ago the deal entered the stage where it lies, or lay at its end before that."""
    pace = sketch.funnel.pace[stage.position]
    if sketch.outcome != Outcome.OPEN:
        return _drawn(pace * SLOWER[Outcome(sketch.outcome)], SPREAD, random)
    if sketch.mood in (Mood.STALLED, Mood.SNOOZED):
        return stage.stall_days + 1 + _drawn(stage.stall_days * 0.5, 0.7, random)
    # Three days short of stalling: a weekend may add two.
    return min(_drawn(pace * 0.6, SPREAD, random), stage.stall_days - 3)


def _drawn(median: float, spread: float, random: Random) -> int:
    """Log-normal, at least a day."""
    return max(1, min(LONGEST, round(random.lognormvariate(math.log(max(median, 1)), spread))))


def _before(moment: datetime, following: datetime) -> datetime:
    return moment if moment < following - timedelta(hours=1) else following - timedelta(hours=5)


PHASES = ("early", "early", "middle", "late", "late")


def phase_of(stay: Stay) -> str:
    """Which words suit the stage."""
    return "lead" if stay.stage.is_lead else PHASES[min(stay.position, len(PHASES) - 1)]
