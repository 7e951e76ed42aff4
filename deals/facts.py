"""Facts that exit criteria may ask for and that live upstairs: "close plan agreed", "person of influence named".

A fact registers under a name and answers for many deals at once, in a fixed number of queries.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.functional import Promise

type Answer = Callable[[Collection[uuid.UUID]], set[uuid.UUID]]


@dataclass(frozen=True, slots=True)
class Fact:
    """`answer(deal_ids)` returns the ids of those deals for which the fact holds."""

    name: str
    label: str | Promise
    answer: Answer


_facts: dict[str, Fact] = {}


def register(fact: Fact) -> None:
    if fact.name in _facts and _facts[fact.name] is not fact:
        raise RuntimeError(f"two facts are named {fact.name!r}")
    _facts[fact.name] = fact


def unregister(name: str) -> None:
    _facts.pop(name, None)


def known_facts() -> dict[str, Fact]:
    return dict(_facts)


def holding(name: str, deal_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """For which of the deals the fact holds. A fact that nobody registered holds for none."""
    fact = _facts.get(name)
    return fact.answer(deal_ids) if fact else set()
