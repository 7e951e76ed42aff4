"""Parts of the deal page that belong to rooms upstairs: they register here what they show beside a deal.

A part says which template draws it and what that template sees. It is asked once for a deal's page, in a fixed number
of queries; None leaves it out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deals.models import Deal
    from tenancy.permissions import Actor


@dataclass(frozen=True, slots=True)
class Section:
    """`shown` is what `template` sees as `section.shown`."""

    template: str
    shown: Any


type Maker = Callable[[Deal, Actor], Section | None]

_makers: dict[str, Maker] = {}


def register(name: str, maker: Maker) -> None:
    _makers[name] = maker


def sections_for(deal: Deal, actor: Actor) -> list[Section]:
    return [section for maker in _makers.values() if (section := maker(deal, actor))]
