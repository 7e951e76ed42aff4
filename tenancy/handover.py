"""What a member holds that somebody must take over when they leave: open deals, open tasks.

The rooms upstairs register each kind in their AppConfig.ready(); tenancy does not know them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.utils.functional import Promise

from tenancy.models import Membership
from tenancy.permissions import Actor

type Count = Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, int]]


class HandOver(Protocol):
    """Give everything of the kind that `holder` holds to `heir` (None: to nobody), and say how much it was.

    In the caller's transaction. Raises NotAllowed, InvalidInput.
    """

    def __call__(self, *, holder: Membership, heir: Membership | None, actor: Actor) -> int: ...


@dataclass(frozen=True, slots=True)
class Holding:
    """`count(member ids)` answers for many members in one query; who holds nothing may be missing in its answer."""

    name: str
    label: str | Promise
    count: Count
    hand_over: HandOver


_holdings: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    """In the order in which they are shown, and handed over."""
    if _holdings.get(holding.name, holding) != holding:
        raise RuntimeError(f"two holdings are named {holding.name!r}")
    _holdings[holding.name] = holding


def holdings() -> tuple[Holding, ...]:
    return tuple(_holdings.values())


def held_by(name: str, member_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """How much of that kind each of the members holds; nothing where the kind is not known."""
    holding = _holdings.get(name)
    return holding.count(member_ids) if holding and member_ids else {}
