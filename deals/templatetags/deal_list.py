"""`{% cells row columns as found %}`: what a row says in each of its columns."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

from deals.selectors.columns import Cell, Column, Row

register = template.Library()


@register.simple_tag
def cells(row: Row, columns: Sequence[Column]) -> list[tuple[Column, Cell]]:
    return [(column, column.cell(row)) for column in columns]
