"""The columns that a list of deals can have: how each reads, sorts and is exported.

A room above, or a field that a workspace adds for itself, brings another one with `register`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from api.pagination import Order
from core.money import round_to_currency
from deals.models import Deal, Outcome
from deals.selectors.cards import Card
from fields.models import CustomField
from fields.selectors.definitions import is_custom
from pipeline.models import Stage

type Exported = str | int | Decimal | date | None


@dataclass(slots=True)
class Row:
    """A deal as the list shows it. `tags` and `pipelines` are there where a column asked for them."""

    card: Card
    currency: str
    tags: list[str] = field(default_factory=list)
    pipelines: Mapping[uuid.UUID, str] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def deal(self) -> Deal:
        return self.card.deal

    @property
    def stage(self) -> Stage:
        return self.card.deal.stage

    @property
    def weighted(self) -> Decimal | None:
        """What the deal counts for: its share while open, all of it when won; leads and lost ones nothing."""
        deal = self.deal
        if deal.amount is None or deal.stage.is_lead or deal.outcome == Outcome.LOST:
            return None
        if deal.outcome == Outcome.WON:
            return deal.amount
        return round_to_currency(deal.amount * deal.stage.win_rate / 100, deal.currency)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says. `state`: late, due, faint, strong or person, none of which speaks without the text."""

    text: str = ""
    state: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """`order`: ascending, by a column of the deals with an index of its own, or by what they refer to; None: not sortable.

    `field`: the deal's field that is edited in place; `needs`: what the rows must be read with ("criteria", "tags",
    "pipelines"); `fetch` brings what else they need, once for all columns that have the same one. `width` is the export's, in characters.
    """

    name: str
    label: str | Promise
    cell: Callable[[Row], Cell]
    export: Callable[[Row], Exported]
    is_figure: bool = False
    order: Order | None = None
    field: str = ""
    needs: str = ""
    width: int = 14
    fetch: Callable[[list[Row], list[Column]], None] | None = None
    custom: CustomField | None = None


COLUMNS: dict[str, Column] = {}
_families: list[Callable[[], dict[str, Column]]] = []
FIRST = "name"  # always there, and always first: it names the row
USUAL = (
    FIRST,
    *("company", "stage", "amount", "weighted", "close", "days", "criteria", "next_task", "owner"),
)
DEFAULT_SORT = "-amount"


def register(*columns: Column) -> None:
    """Make columns known, in the order in which the dialog offers them."""
    for column in columns:
        COLUMNS[column.name] = column


def register_family(columns: Callable[[], dict[str, Column]]) -> None:
    """Columns that each workspace has of its own. They are read when a name is none of the others."""
    _families.append(columns)


def all_columns() -> dict[str, Column]:
    """Everybody's, and the workspace's own."""
    own = [columns() for columns in _families]
    return {**COLUMNS, **{name: column for columns in own for name, column in columns.items()}}


def _offered(names: Iterable[str]) -> dict[str, Column]:
    """As many columns as these names need to be looked up in: no query where they are everybody's."""
    return all_columns() if any(is_custom(name) for name in names) else COLUMNS


def known_names(names: Iterable[str]) -> list[str]:
    """Those that exist, each once, in order."""
    wanted = list(dict.fromkeys(names))
    offered = _offered(wanted)
    return [name for name in wanted if name in offered]


def columns_named(names: Iterable[str]) -> list[Column]:
    """The columns of these names, the deal's name first; the usual ones for none."""
    wanted = list(dict.fromkeys(names))
    offered = _offered(wanted)
    found = [name for name in wanted if name in offered] or list(USUAL)
    return [offered[name] for name in dict.fromkeys((FIRST, *found))]


@dataclass(frozen=True, slots=True)
class Sort:
    """`name` of a column, "-" in front for descending, and the order of the rows that it means."""

    name: str
    order: Order

    @classmethod
    def read(cls, text: str) -> Sort:
        """The default for what is no sortable column."""
        column = COLUMNS.get(text.removeprefix("-"))
        if column is None or column.order is None:
            text, column = DEFAULT_SORT, COLUMNS[DEFAULT_SORT.removeprefix("-")]
        order = column.order
        assert order is not None  # noqa: S101 - for the type checker
        descending = text.startswith("-")
        return cls(text, replace(order, descending=order.descending != descending))

    @property
    def column(self) -> str:
        return self.name.removeprefix("-")

    @property
    def is_default(self) -> bool:
        return self.name == DEFAULT_SORT
