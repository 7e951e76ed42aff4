"""How rooms upstairs tell of their own acts in a deal's story: they write events of EventKind.STRATEGY and register here
what says in words what such an event was.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deals.models import DealEvent


@dataclass(frozen=True, slots=True)
class Told:
    """`what`: a clause after the name of who did it. `who`: that name, where it was none of our members."""

    what: str
    text: str = ""
    icon: str = "edit"
    who: str = ""


# Answers for the events of one page of the story at once, in a fixed number of queries.
type Teller = Callable[[Sequence[DealEvent]], Mapping[uuid.UUID, Told]]

_tellers: dict[str, Teller] = {}


def register(kind: str, teller: Teller) -> None:
    _tellers[kind] = teller


def told_of(events: Sequence[DealEvent]) -> dict[uuid.UUID, Told]:
    told: dict[uuid.UUID, Told] = {}
    for kind, teller in _tellers.items():
        if of_kind := [event for event in events if event.kind == kind]:
            told |= teller(of_kind)
    return told
