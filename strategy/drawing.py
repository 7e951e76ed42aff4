"""Where the map is drawn: points and their labels in percent of the plot, so that it scales without a style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

# Influence 0 … 100 lies LEFT … LEFT + WIDTH percent from the left; rank 100 … 0 lies TOP … TOP + HEIGHT from the top. Below
# the lowest there is room for a label.
LEFT, WIDTH = 7.0, 86.0
TOP, HEIGHT = 8.0, 74.0
# The plot's size on a desk, in pixels, and what a point and a line of text take of it.
PLOT = (620, 400)
RADIUS = 15
LINE = 15
NEAR_EDGE = 17.0

type Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Point:
    """`x`, `y`: percent of the plot. `anchor`: start, middle or end; `above`: the label stands over the point."""

    x: float
    y: float
    anchor: str = "middle"
    above: bool = False


def at(rank: int, influence: int) -> tuple[float, float]:
    return LEFT + WIDTH * influence / 100, TOP + HEIGHT * (100 - rank) / 100


def arranged(places: Sequence[tuple[int, int, str, int]]) -> list[Point]:
    """A point for each (rank, influence, label, lines of the label): none lies on another, and labels keep clear of
    points and of each other where there is room."""
    points: list[Point] = []
    taken: list[Box] = []
    for rank, influence, *_words in places:
        x, y = _free(*at(rank, influence), points)
        points.append(Point(x, y))
        taken.append(_circle(x, y))
    for index, (_rank, _influence, label, lines) in enumerate(places):
        x, y = points[index].x, points[index].y
        anchors = (
            ("start", "middle")
            if x < NEAR_EDGE
            else ("end", "middle")
            if x > 100 - NEAR_EDGE
            else ("middle",)
        )
        tries = [Point(x, y, anchor, above) for above, anchor in product((False, True), anchors)]
        others = [box for at_, box in enumerate(taken) if at_ != index]
        best = min(tries, key=lambda point: _clashes(_label(point, label, lines), others))
        points[index] = best
        taken.append(_label(best, label, lines))
    return points


def _free(x: float, y: float, points: Sequence[Point]) -> tuple[float, float]:
    """That place, or the next one beside it where nobody stands; in the next row where this one is full."""
    for down, across in product(range(8), range(20)):
        there = (LEFT + (x - LEFT + across * 4.5) % (WIDTH + 4.5), TOP + (y - TOP + down * 7) % (HEIGHT + 7))
        if not any(abs(there[0] - point.x) < 4 and abs(there[1] - point.y) < 6 for point in points):
            return there
    return x, y


def _circle(x: float, y: float) -> Box:
    across, down = x / 100 * PLOT[0], y / 100 * PLOT[1]
    return across - RADIUS, down - RADIUS, across + RADIUS, down + RADIUS


def _label(point: Point, label: str, lines: int) -> Box:
    across, down = point.x / 100 * PLOT[0], point.y / 100 * PLOT[1]
    width = sum(12 if ord(letter) > 0x1100 else 7 for letter in label)
    left = {"start": across - RADIUS, "middle": across - width / 2, "end": across + RADIUS - width}[
        point.anchor
    ]
    high = lines * LINE
    top = down - RADIUS - 2 - high if point.above else down + RADIUS + 2
    return left, top, left + width, top + high


def _clashes(box: Box, others: Sequence[Box]) -> int:
    outside = box[1] < 0 or box[3] > PLOT[1]
    return outside * 10 + sum(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in others
    )
