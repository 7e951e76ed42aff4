"""The placed people as points of the drawing, each with its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from strategy.drawing import Point, arranged
from strategy.selectors.stakeholders import Placed
from tenancy.models.members import short_name

# More does not fit beside the others; the table has it whole.
NAME, MORE = 16, 20


@dataclass(frozen=True, slots=True)
class MapPoint:
    placed: Placed
    point: Point
    name: str
    more: str
    silence: str

    @property
    def initials(self) -> str:
        return short_name(self.placed.contact.name)

    @property
    def label_y(self) -> int:
        """Pixels from the point's middle to the first line of its label."""
        if not self.point.above:
            return 30
        return -37 if self.silence else -22

    @property
    def label_x(self) -> int:
        return {"start": -15, "middle": 0, "end": 15}[self.point.anchor]


def points_of(people: Sequence[Placed]) -> list[MapPoint]:
    """Of those that are placed, from the highest rank down: the order in which the keyboard walks them."""
    placed = sorted(
        (each for each in people if each.is_placed),
        key=lambda each: (-(each.rank or 0), -(each.influence or 0)),
    )
    words = [(_clip(each.contact.name, NAME), _clip(_more(each), MORE), _silence(each)) for each in placed]
    places = [
        (each.rank or 0, each.influence or 0, f"{name} {more}", 2 if silence else 1)
        for each, (name, more, silence) in zip(placed, words, strict=True)
    ]
    return [
        MapPoint(each, point, *said)
        for each, point, said in zip(placed, arranged(places), words, strict=True)
    ]


def _more(placed: Placed) -> str:
    return " · ".join(filter(None, [placed.contact.title, ", ".join(placed.roles)]))


def _silence(placed: Placed) -> str:
    if not placed.is_silent:
        return ""
    return _("Silent for %(days)s days") % {"days": placed.person.silent_days}


def _clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
