"""From bytes to rows: encodings, delimiters, quotes; every complaint names the line of the file."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from core.errors import InvalidInput

MAX_CELL = 1_000_000
DELIMITERS = ",;\t|"
# The longer mark first: UTF-32's begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
EXCEL_HINT = re.compile(r"sep=(.)\Z")


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the line on which it begins, its cells, and why it cannot be used, if so."""

    line: int
    cells: list[str]
    problem: str = ""


@dataclass(slots=True)
class Table:
    """A file that was read. `encoding` and `delimiter` are those to write its rows back with."""

    headers: list[str]
    encoding: str
    delimiter: str
    records: list[Record] = field(default_factory=list)


def read_table(content: bytes, *, encoding: str = "") -> Table:
    """Every row of a CSV file. Raises InvalidInput where the file as a whole cannot be read."""
    text, found = decode(content, encoding)
    lines = _Lines(text)
    delimiter = _delimiter(lines)
    # A cell may be large; a quotation mark that is never closed is found at the end of the file.
    previous = csv.field_size_limit(max(len(text), MAX_CELL) + 1)
    try:
        records = _records(lines, delimiter)
        header = next(records, None)
        if header is None:
            raise InvalidInput.of("file", _("The file is empty."), "empty")
        if header.problem:
            raise InvalidInput.of("file", at_line(header.line, header.problem))
        table = Table([cell.strip() for cell in header.cells], found, delimiter)
        has_null = "\x00" in text
        for record in records:
            table.records.append(_checked(record, len(table.headers), has_null=has_null))
    finally:
        csv.field_size_limit(previous)
    return table


def at_line(line: int, reason: str) -> str:
    return _("Row %(row)s: %(reason)s") % {"row": line, "reason": reason}


def decode(content: bytes, encoding: str = "") -> tuple[str, str]:
    """The text and the encoding's name. Raises InvalidInput that names the first line that does not fit."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InvalidInput.of("file", _("This is a workbook, not a CSV file. Save it as CSV first."))
    marked = next((name for mark, name in MARKS if content.startswith(mark)), "")
    tried = [marked] if marked else [encoding] if encoding else ["utf-8", "cp949"]
    if not marked and not encoding and _looks_like_utf16(content):
        tried = ["utf-16-le"]
    problem: UnicodeDecodeError | None = None
    for name in tried:
        try:
            return content.decode(name), name
        except UnicodeDecodeError as error:
            problem = problem or error
        except LookupError as error:
            raise InvalidInput.of(
                "encoding", _("There is no encoding “%(name)s”.") % {"name": name}
            ) from error
    line = content.count(b"\n", 0, problem.start if problem else 0) + 1
    reason = _("The text is neither UTF-8 nor CP949. Save the file as UTF-8, or name its encoding.")
    raise InvalidInput.of("file", at_line(line, reason), "encoding")


def _looks_like_utf16(content: bytes) -> bool:
    """Without a mark: every other byte of Latin text is null."""
    start = content[:2000]
    return len(start) > 8 and start[1::2].count(0) > len(start) // 4 and not start[::2].count(0)


class _Lines:
    """The file's lines, with those of the current record at hand."""

    def __init__(self, text: str) -> None:
        # newline="": CR, LF and CRLF all end a line, and stay as they are inside quotes.
        self._lines = io.StringIO(text, newline="")
        self.taken: list[str] = []
        self.skipped = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.taken.append(line)
        return line

    def peek(self) -> str:
        """The first line with something on it; Excel's `sep=;` above the header is taken away."""
        position = self._lines.tell()
        line = self._lines.readline()
        if EXCEL_HINT.match(line.rstrip("\r\n")):
            self.skipped = 1
            return line
        while line and not line.strip():
            line = self._lines.readline()
        self._lines.seek(position)
        return line


def _delimiter(lines: _Lines) -> str:
    first = lines.peek()
    hint = EXCEL_HINT.match(first.rstrip("\r\n"))
    if hint:
        return hint.group(1)
    bare = re.sub(r'"[^"]*"', "", first)
    return max(DELIMITERS, key=bare.count)


def _records(lines: _Lines, delimiter: str) -> Iterator[Record]:
    # Strict, so that an unclosed quotation mark is an error and does not swallow rows in silence.
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1 + lines.skipped
        lines.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "end of data" in str(error):
                reason = _(
                    "A quotation mark opens here and is never closed; the rows after it cannot be read."
                )
                raise InvalidInput.of("file", at_line(line, reason), "quotes") from error
            reason = _("The quotation marks are wrong: after a closing one, the cell must end.")
            yield Record(line, ["".join(lines.taken).rstrip("\r\n")], reason)
            continue
        if any(cells):
            yield Record(line, cells)


def _checked(record: Record, width: int, *, has_null: bool) -> Record:
    cells = record.cells
    if record.problem:
        return record
    if len(cells) > width and not any(cells[width:]):
        del cells[width:]
    if len(cells) != width:
        reason = _("Cells in this row: %(cells)s; columns in the header: %(headers)s.") % {
            "cells": len(cells),
            "headers": width,
        }
        return Record(record.line, cells, reason)
    if has_null and any("\x00" in cell for cell in cells):
        return Record(record.line, cells, _("A cell contains a null character."))
    if max(map(len, cells)) > MAX_CELL:
        return Record(record.line, cells, _("A cell has over %(max)s characters.") % {"max": f"{MAX_CELL:,}"})
    return record
