"""Warnings on a deal's card that rooms upstairs give: "no business issue yet", "the close plan is late".

A mark registers under a name and answers for a whole board at once, in a fixed number of queries.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.functional import Promise

type Answer = Callable[[Collection[uuid.UUID]], set[uuid.UUID]]


@dataclass(frozen=True, slots=True)
class Mark:
    """`answer(deal_ids)` returns the ids of those deals that bear it. `icon`: of the sprite; `label`: the sentence."""

    name: str
    label: str | Promise
    icon: str
    answer: Answer


_marks: dict[str, Mark] = {}


def register(mark: Mark) -> None:
    _marks[mark.name] = mark


def unregister(name: str) -> None:
    _marks.pop(name, None)


def marks_on(deal_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[Mark, ...]]:
    """Deal → its marks; deals without one left out. A query for each mark that there is."""
    found: dict[uuid.UUID, list[Mark]] = defaultdict(list)
    if deal_ids:
        for mark in _marks.values():
            for deal_id in mark.answer(deal_ids):
                found[deal_id].append(mark)
    return {deal_id: tuple(marks) for deal_id, marks in found.items()}
