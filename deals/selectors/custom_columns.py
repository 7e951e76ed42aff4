"""The added fields as columns of the list and of files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from core.formats import money_table
from deals.selectors.columns import Cell, Column, Exported, Row
from deals.selectors.custom_values import deal_values
from fields.models import CustomField, FieldKind, Subject
from fields.selectors.definitions import fields_of
from fields.selectors.values import words

CELL = 80  # characters of a text; the whole one is its title


def custom_columns() -> dict[str, Column]:
    """Two queries."""
    return {field.column: column_of(field) for field in fields_of(Subject.DEAL)}


def column_of(field: CustomField) -> Column:
    label = f"{field.name} ({field.currency})" if field.kind == FieldKind.MONEY else field.name
    return Column(
        field.column,
        label,
        _cell(field),
        _export(field),
        is_figure=field.is_figure,
        needs=field.column,
        width=16 if field.is_figure else 22,
        fetch=fetch_values,
        field=field.column,
        custom=field,
    )


def fetch_values(rows: list[Row], columns: list[Column]) -> None:
    """The values of a page of rows in all its added columns. One query."""
    fields = [column.custom for column in columns if column.custom is not None]
    found = deal_values([row.deal.pk for row in rows], fields)
    for row in rows:
        had = found[row.deal.pk]
        row.extra |= {field.column: had.get(field.pk) for field in fields}


def _cell(field: CustomField) -> Callable[[Row], Cell]:
    def cell(row: Row) -> Cell:
        value: Any = row.extra.get(field.column)
        text = words(field, value)
        if not text:
            return Cell("–", "faint")
        if field.kind == FieldKind.MONEY and field.currency == row.currency:
            return Cell(money_table(value, field.currency), title=text)
        return Cell(text if len(text) <= CELL else f"{text[:CELL]}…", title=text if len(text) > CELL else "")

    return cell


def _export(field: CustomField) -> Callable[[Row], Exported]:
    def export(row: Row) -> Exported:
        value: Any = row.extra.get(field.column)
        is_plain = isinstance(value, Decimal | date) and not isinstance(value, bool)
        return value if is_plain else words(field, value) or None

    return export
