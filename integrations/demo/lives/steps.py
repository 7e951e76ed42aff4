"""How a deal went from stage to stage: criteria ticked, moves forward and back, overrides, and the end."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from itertools import pairwise

from deals.models import Outcome
from integrations.demo.happenings import Closed, Happening, Moved, Ticked
from integrations.demo.lives.frame import Frame
from integrations.demo.lives.path import Stay
from integrations.demo.plan import Mood
from pipeline.models import ExitCriterion

OVERRIDDEN, SKIPS_OVERRIDDEN = 0.05, 0.5  # of the moves forward
EXPLAINED = 0.6  # of the lost deals
# Weights of the ready loss reasons, in the first two stages and behind them.
LOST_EARLY = (8, 10, 16, 24, 8, 14, 18, 2)
LOST_LATE = (26, 28, 10, 4, 10, 14, 3, 5)


def steps_of(frame: Frame) -> Iterator[Happening]:
    return _Steps(frame).told()


class _Steps:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._ticked: set[uuid.UUID] = set()

    def told(self) -> Iterator[Happening]:
        for stay, following in pairwise(self._frame.stays):
            override = ""
            if following.position > stay.position:
                skips = following.position > stay.position + 1
                override = self._override(SKIPS_OVERRIDDEN if skips else OVERRIDDEN)
                yield from self._pass(stay, following.position, override)
            by = self._frame.leader if override else self._frame.by
            yield Moved(at=following.entered, by=by, to=following.stage, override=override)
        yield from self._end(self._frame.stays[-1])

    def _override(self, probability: float) -> str:
        return self._frame.word("override") if self._frame.chance(probability) else ""

    def _pass(self, stay: Stay, until: int, override: str) -> Iterator[Ticked]:
        """Tick what the gate asks for before the stage at `until`; with an override all but one."""
        asked = [
            criterion
            for stage in self._frame.stages[stay.position : until]
            for criterion in stage.exit_criteria.all()
            if criterion.pk not in self._ticked
        ]
        return self._tick(stay, asked[:-1] if override else asked)

    def _tick(self, stay: Stay, criteria: Sequence[ExitCriterion]) -> Iterator[Ticked]:
        frame = self._frame
        moments = frame.calendar.spread(stay.entered, stay.end, len(criteria), frame.random)
        for moment, criterion in zip(moments, criteria, strict=True):
            self._ticked.add(criterion.pk)
            yield Ticked(at=moment, by=frame.by, criterion=criterion)

    # The end --------------------------------------------------------------------------------------------------------

    def _end(self, stay: Stay) -> Iterator[Happening]:
        outcome = self._frame.sketch.outcome
        if outcome == Outcome.WON:
            yield from self._win(stay)
            return
        yield from self._tick_some(stay)
        if outcome == Outcome.LOST:
            yield self._lose(stay)

    def _win(self, stay: Stay) -> Iterator[Happening]:
        frame = self._frame
        override = self._override(OVERRIDDEN)
        yield from self._pass(stay, len(frame.stages), override)
        by = frame.leader if override else frame.by
        yield Closed(at=stay.end, by=by, outcome=Outcome.WON, override=override)

    def _tick_some(self, stay: Stay) -> Iterator[Ticked]:
        """Not all where something is the matter with the deal: it would have gone on."""
        open_ones = [one for one in stay.stage.exit_criteria.all() if one.pk not in self._ticked]
        is_well = self._frame.sketch.mood is Mood.PLAIN
        most = len(open_ones) if is_well else max(len(open_ones) - 1, 0)
        return self._tick(stay, open_ones[: self._frame.random.randint(0, most)])

    def _lose(self, stay: Stay) -> Closed:
        frame = self._frame
        weights = LOST_EARLY if stay.position < 2 else LOST_LATE
        index = frame.random.choices(range(len(weights)), weights)[0]
        return Closed(
            at=stay.end,
            by=frame.by,
            outcome=Outcome.LOST,
            reason=frame.world.reasons[index],
            note=frame.word(f"lost_{index}") if frame.chance(EXPLAINED) else "",
        )
