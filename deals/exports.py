"""Rows of deals as a file: CSV that spreadsheets open right, and XLSX with real numbers and dates.

Both are made batch by batch; neither keeps more than one batch in memory.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter

from core.money import plain
from deals.selectors.columns import Column, Exported, Row

# The wide ones too: a spreadsheet in an East Asian locale reads them as the narrow ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CHUNK = 64 * 1024
BOM = "\ufeff"  # without it Excel reads Korean in the machine's own code page
XLSX_ROWS = 1_048_575  # a sheet's, less its header


def heading(column: Column, currency: str) -> str:
    """The column's name, and the currency that its numbers are in."""
    return f"{column.label} ({currency})" if column.name in ("amount", "weighted") else str(column.label)


def safe_text(text: str) -> str:
    """What a spreadsheet would take for a formula is marked as text."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_value(value: Exported) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value) or ""
    return value.isoformat() if isinstance(value, date) else safe_text(str(value))


def csv_lines(columns: Sequence[Column], batches: Iterable[list[Row]], *, currency: str) -> Iterator[str]:
    """The file, in pieces: a header, then one piece for each batch."""
    yield BOM + _csv([[safe_text(heading(column, currency)) for column in columns]])
    for rows in batches:
        yield _csv([[csv_value(column.export(row)) for column in columns] for row in rows])


def _csv(lines: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue()


def xlsx_pieces(
    columns: Sequence[Column], batches: Iterable[list[Row]], *, currency: str, sheet: str
) -> Iterator[bytes]:
    """The file, in pieces. It is written to a temporary file first, because a workbook ends with its beginning."""
    with tempfile.TemporaryFile() as file:
        write_xlsx(file, columns, batches, currency=currency, sheet=sheet)
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece


def write_xlsx(
    file: Any, columns: Sequence[Column], batches: Iterable[list[Row]], *, currency: str, sheet: str
) -> None:
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        page = book.add_worksheet(sheet[:31])
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "money": book.add_format({"num_format": "#,##0.####" if currency != "KRW" else "#,##0"}),
        }
        page.freeze_panes(1, 1)
        for at, column in enumerate(columns):
            page.set_column(at, at, column.width)
            page.write_string(0, at, heading(column, currency), formats["head"])
        line = 0
        for rows in batches:
            for row in rows:
                line += 1
                for at, column in enumerate(columns):
                    _write(page, line, at, column.export(row), formats)
        page.autofilter(0, 0, max(line, 1), len(columns) - 1)


def _write(page: Any, line: int, at: int, value: Exported, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Decimal):
        page.write_number(line, at, value, formats["money"])
    elif isinstance(value, int):
        page.write_number(line, at, value)
    elif isinstance(value, date):
        page.write_datetime(line, at, value, formats["day"])
    else:
        # As a string, whatever it begins with: it is never taken for a formula.
        page.write_string(line, at, value)
