"""`{% deal_row row %}`: a row's HTML, drawn once for what it says.

As with the board's cards (deal_cards.py): the template sees nothing but the face, and the face is the key.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from deals.selectors.columns import Cell, Row

KEPT = 4096  # faces of about 3 kB

register = template.Library()


@dataclass(frozen=True, slots=True)
class Head:
    """What a row must know of a column: an added one has its label from the workspace."""

    name: str
    label: str
    field: str
    is_figure: bool


@dataclass(frozen=True, slots=True)
class RowFace:
    """All that the template sees. `cells` in the order of `columns`."""

    slug: str
    id: uuid.UUID
    version: int
    columns: tuple[Head, ...]
    cells: tuple[Cell, ...]
    can_edit: bool

    @property
    def name(self) -> str:
        return self.cells[0].text

    @property
    def names(self) -> str:
        return ",".join(column.name for column in self.columns)

    @property
    def others(self) -> list[tuple[Any, Cell]]:
        """The columns behind the name, with what they say."""
        return list(zip(self.columns[1:], self.cells[1:], strict=True))


@register.simple_tag(takes_context=True)
def deal_row(context: template.Context, row: Row) -> SafeString:
    """The row as the page's reader sees it. Of the context: workspace, can_edit, columns."""
    columns = context["columns"]
    face = RowFace(
        slug=context["workspace"].slug,
        id=row.deal.pk,
        version=row.deal.version,
        columns=tuple(
            Head(column.name, str(column.label), column.field, column.is_figure) for column in columns
        ),
        cells=tuple(column.cell(row) for column in columns),
        can_edit=bool(context.get("can_edit")),
    )
    return drawn(face, get_language())


@lru_cache(maxsize=KEPT)
def drawn(face: RowFace, language: str | None) -> SafeString:
    """The HTML of a face. The language, which is active, belongs to the key."""
    found: Any = get_template("deals/_list_row.html").render({"row": face})
    return mark_safe(found)  # noqa: S308 - a template's own output
