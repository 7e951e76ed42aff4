"""Thousands of rows into a temporary table by COPY, the quickest way that PostgreSQL offers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import batched
from typing import Any

from django.db.backends.utils import CursorWrapper

BATCH = 10_000


def copy_to_temporary(
    cursor: CursorWrapper,
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[Any]],
    *,
    on_batch: Callable[[int], None] = lambda _done: None,
) -> None:
    """Make the temporary table `table` (gone at the end of the transaction) and fill it.

    `columns`: name → SQL type. Row-level security does not reach temporary tables; what is inserted from them it checks.
    """
    definition = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    # Of an earlier import in the same transaction.
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({definition}) ON COMMIT DROP")
    done = 0
    for batch in batched(rows, BATCH):
        cursor.cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)", _csv(batch))
        done += len(batch)
        on_batch(done)


def _csv(rows: Iterable[Sequence[Any]]) -> io.StringIO:
    """None unquoted and every other value quoted: COPY then tells null from the empty text."""
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_NOTNULL, lineterminator="\n").writerows(rows)
    buffer.seek(0)
    return buffer
