"""What a deal is worth: an amount as a rep writes it, and how it changed while the buyer made up their mind."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

from integrations.demo.happenings import Edited
from integrations.demo.lives.frame import Frame

PRICES = (24, 30, 36, 36, 42)  # of a seat for a year, in 10,000 KRW
DOLLARS = 8  # for 10,000 KRW
SPREAD = 0.55  # of the logarithm of the amounts that do not come from seats
UNKNOWN_AT_FIRST, CHANGED, LEAD_UNKNOWN = 0.15, 0.4, 0.6
FACTORS = (0.6, 0.7, 0.8, 0.8, 1.1, 1.2, 1.25, 1.4)


class Worth:
    """The deal's name, because some names say how many seats; the amount at its creation (None: not known) and now."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        is_lead = frame.stays[-1].stage.is_lead
        pattern = frame.word("lead" if is_lead else frame.sketch.funnel.names)
        seats = frame.random.choice(frame.sketch.funnel.seats)
        tens: float = seats * frame.random.choice(PRICES)
        if "{seats}" not in pattern:
            tens = frame.random.lognormvariate(math.log(frame.sketch.funnel.seatless), SPREAD)
        self.name = pattern.format(seats=seats, part=frame.word("part"))
        self.last = None if is_lead and frame.chance(LEAD_UNKNOWN) else self._money(tens)
        self.first = self._first(tens)

    def edits(self) -> Iterator[Edited]:
        """At most one, in a stay behind the first."""
        frame = self._frame
        if self.first != self.last:
            stay = frame.random.choice(frame.stays[1:])
            moment = stay.entered + (stay.end - stay.entered) * frame.random.uniform(0.05, 0.6)
            yield Edited(at=moment, by=frame.by, changes={"amount": self.last})

    def _first(self, tens: float) -> Decimal | None:
        if len(self._frame.stays) == 1 or self.last is None:
            return self.last
        draw = self._frame.random.random()
        if draw < UNKNOWN_AT_FIRST:
            return None
        if draw < UNKNOWN_AT_FIRST + CHANGED:
            return self._money(tens * self._frame.random.choice(FACTORS))
        return self.last

    def _money(self, tens: float) -> Decimal:
        """From units of 10,000 KRW: rounded as people do, in the workspace's currency."""
        if self._frame.world.language == "ko":
            step = 500 if tens >= 10_000 else 100 if tens >= 3_000 else 10
            return Decimal(max(round(tens / step), 1) * step * 10_000)
        step = 1_000 if tens * DOLLARS >= 20_000 else 100
        return Decimal(max(round(tens * DOLLARS / step), 1) * step)
