"""What an import did, and the file of what it could not do."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from integrations.importing.reading import Record, Table

ADDED = ("row", "column", "reason")
REASONS, LINES = 10, 3  # on the screen; the file has all failures


@dataclass(frozen=True, slots=True)
class Failure:
    """`column` as the file calls it; empty where the row as a whole is wrong."""

    record: Record
    column: str
    reason: str

    @property
    def line(self) -> int:
        return self.record.line


@dataclass(slots=True)
class ImportReport:
    """Counts of rows. `skipped`: nothing to change, or deleted here. `written`: it was committed.

    `made`: what was made on the way, by kind. `unused`: columns that mean nothing here. `has_key`: a second import of the
    file finds the deals of the first.
    """

    table: Table
    created: int = 0
    updated: int = 0
    skipped: int = 0
    failures: list[Failure] = field(default_factory=list)
    made: Mapping[str, int] = field(default_factory=dict)
    unused: Sequence[str] = ()
    has_key: bool = True
    written: bool = False

    @property
    def nothing_came_in(self) -> bool:
        """Rows failed, and no other row says anything new or known."""
        return bool(self.failures) and not (self.created or self.updated or self.skipped)


def write_failures(report: ImportReport, path: Path) -> None:
    """The failed rows as they stood in the file, each with its line, column and reason; ready to be mended and imported."""
    table = report.table
    beside = path.with_name(f".{path.name}.part")
    # Other encodings may lack a sign of the reasons; with the mark, spreadsheets read UTF-8.
    encoding = "utf-8" if table.encoding == "utf-8" else "utf-8-sig"
    with beside.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=table.delimiter, lineterminator="\n")
        writer.writerow([*_kept(table.headers, table), *ADDED])
        for failure in report.failures:
            cells = _aligned(failure.record.cells, table)
            writer.writerow([*_kept(cells, table), failure.line, failure.column, failure.reason])
    beside.replace(path)


def _aligned(cells: Sequence[str], table: Table) -> list[str]:
    """As many cells as there are headers: what is too much stays together in the last one."""
    width = len(table.headers)
    if len(cells) > width:
        return [*cells[: width - 1], table.delimiter.join(cells[width - 1 :])]
    return [*cells, *[""] * (width - len(cells))]


def _kept(cells: Sequence[str], table: Table) -> Sequence[str]:
    """Without what an earlier run added, when its failed rows were mended and are imported again."""
    return cells[: -len(ADDED)] if tuple(table.headers[-len(ADDED) :]) == ADDED else cells


def summary(report: ImportReport) -> Iterator[str]:
    """The report's lines, in English: for commands."""
    for name in ("created", "updated", "skipped"):
        yield f"{name:<9}{getattr(report, name)}"
    yield f"{'failed':<9}{len(report.failures)}"
    made = ", ".join(f"{kind} {count}" for kind, count in report.made.items() if count)
    if made:
        yield f"made     {made}"
    if report.unused:
        yield f"unused columns: {', '.join(report.unused)}"
    if not report.has_key:
        yield "There is no external_id: importing this file again makes its deals again."


def failure_lines(report: ImportReport, where: str) -> Iterator[str]:
    """The failures by reason, the most frequent first, in English around the reasons. `where`: " in failed.csv", or empty."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for failure in report.failures:
        groups[failure.column, failure.reason].append(failure.line)
    found = sorted(groups.items(), key=lambda group: -len(group[1]))
    for (column, reason), lines in found[:REASONS]:
        yield f"  {_count(lines)}{f', {column}' if column else ''}: {reason}{_first(lines, where)}"
    rest = [len(lines) for _reason, lines in found[REASONS:]]
    if rest:
        yield f"  … and {sum(rest)} more, for other reasons,{where}".rstrip(",")


def _count(lines: Sequence[int]) -> str:
    return f"row {lines[0]}" if len(lines) == 1 else f"{len(lines)} rows"


def _first(lines: Sequence[int], where: str) -> str:
    if len(lines) == 1:
        return ""
    first = ", ".join(map(str, lines[:LINES]))
    rest = len(lines) - LINES
    return f" (rows {first}{f' … and {rest} more{where}' if rest > 0 else ''})"
