"""What a reader asked to see of the deals: board, list, totals, export and saved views share it.

A filter is made of facets, each known by the name that it has in the URL. A room above, or a field that a workspace
adds for itself, brings another one with `register`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol
from urllib.parse import urlencode

from django.db.models import Q

from core import clock
from tenancy.models import Membership
from tenancy.scope import current_zone

TEXT = 100  # characters of a text that is looked for
MOST = 50  # choices of one facet


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom "me" and "my team" stand for: a shared view shows each reader their own."""

    member: uuid.UUID | None = None
    team: uuid.UUID | None = None

    @classmethod
    def of(cls, member: Membership | None) -> Reader:
        return cls() if member is None else cls(member.pk, member.team_id)


@dataclass(frozen=True, slots=True)
class Moment:
    """When, and by whom, a condition is asked: `today` is the workspace's local day."""

    as_of: datetime
    today: date
    reader: Reader

    @property
    def this_month(self) -> date:
        return clock.month_start(self.today)


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing that can be asked, by the name of its parameter.

    `read` makes a value of the texts in the URL, None where they say nothing readable; `write` makes the text again.
    `summable`: the condition is on columns that the running totals have as well.
    """

    name: str
    read: Callable[[Sequence[str]], Any]
    condition: Callable[[Any, Moment], Q]
    write: Callable[[Any], str] = str
    summable: bool = False


FACETS: dict[str, Facet] = {}


def register(*facets: Facet) -> None:
    """Make facets known; the order in which they come is that of the URL and of the chips."""
    for facet in facets:
        FACETS[facet.name] = facet


@dataclass(frozen=True, slots=True)
class Family:
    """Facets whose names begin alike and of which each workspace has its own. `read` takes all of a query's at once.

    A value carries what `condition` and `write` need: they ask nobody.
    """

    prefix: str
    read: Callable[[Mapping[str, Sequence[str]]], Mapping[str, Any]]
    condition: Callable[[Any, Moment], Q]
    write: Callable[[Any], str]

    def facet(self, name: str) -> Facet:
        return Facet(name, lambda _texts: None, self.condition, self.write)


FAMILIES: dict[str, Family] = {}


def register_family(family: Family) -> None:
    FAMILIES[family.prefix] = family


def facet_named(name: str) -> Facet:
    return FACETS[name] if name in FACETS else _family_of(name).facet(name)


def _family_of(name: str) -> Family:
    return next(family for prefix, family in FAMILIES.items() if name.startswith(prefix))


def _of_families(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name not in FACETS and name.startswith(tuple(FAMILIES)))


class Query(Protocol):
    """As much of a QueryDict as is read."""

    def __iter__(self) -> Iterator[str]: ...

    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class DealFilter:
    """What was asked: facet by facet, in the order of their registration. `of` and `read` make one."""

    asked: tuple[tuple[str, Any], ...] = ()
    reader: Reader = Reader()

    @classmethod
    def of(cls, reader: Reader | None = None, **values: Any) -> DealFilter:
        found = tuple(
            (name, values[name])
            for name in (*FACETS, *_of_families(values))
            if values.get(name) not in (None, "", False, ())
        )
        return cls(found, reader or Reader())

    @classmethod
    def read(cls, query: Query, *, reader: Reader) -> DealFilter:
        """From the URL. What cannot be read is left out rather than refused."""
        values = {
            name: facet.read([text.replace("\x00", "") for text in texts])
            for name, facet in FACETS.items()
            if (texts := query.getlist(name))
        }
        for family in FAMILIES.values():
            named = [name for name in _of_families(query) if name.startswith(family.prefix)]
            if named:
                texts_of = {
                    name: [text.replace("\x00", "") for text in query.getlist(name)] for name in named
                }
                values |= family.read(texts_of)
        return cls.of(reader, **values)

    @property
    def by_name(self) -> Mapping[str, Any]:
        return dict(self.asked)

    @property
    def is_active(self) -> bool:
        return bool(self.asked)

    @property
    def query(self) -> str:
        """The canonical query string, without "?"."""
        return urlencode(self.parameters)

    @property
    def parameters(self) -> dict[str, str]:
        """Facet → its text in the URL."""
        return {name: facet_named(name).write(value) for name, value in self.asked}

    def without(self, *names: str) -> DealFilter:
        return replace(self, asked=tuple(pair for pair in self.asked if pair[0] not in names))

    def plus(self, **values: Any) -> DealFilter:
        return DealFilter.of(self.reader, **{**self.by_name, **values})

    @property
    def is_summable(self) -> bool:
        """Whether the running totals can say its sums."""
        return all(facet_named(name).summable for name, _value in self.asked)

    def q(self, as_of: datetime) -> Q:
        """The condition on deals. One query for the stages' limits where stalled deals are asked for."""
        moment = Moment(as_of, clock.local_date(as_of, current_zone()), self.reader)
        condition = Q()
        for name, value in self.asked:
            condition &= facet_named(name).condition(value, moment)
        return condition

    @property
    def on_board(self) -> DealFilter:
        """What a board is asked: it shows the open deals of its own pipeline, whatever else the URL says."""
        return self.without("pipeline", "outcome")
