"""Timing and the table that every benchmark prints."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Line:
    """Milliseconds. `target`: what the middle must not exceed; None where there is none."""

    work: str
    deals: int
    p50: float
    p95: float
    bare: float | None = None
    target: float | None = None


def expect(holds: bool, what: object) -> None:
    """End the benchmark where the work was not done: its time would mean nothing."""
    if not holds:
        raise SystemExit(f"the work failed: {what!r}")


def times(work: Callable[[], object], *, runs: int) -> tuple[float, float]:
    """p50 and p95 in milliseconds, after a few runs that do not count."""
    for _ in range(WARM_UP):
        work()
    gc.collect()
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        found.append((time.perf_counter() - started) * 1000)
    return statistics.median(found), statistics.quantiles(found, n=20)[-1]


def print_table(title: str, lines: list[Line]) -> None:
    print(f"\n{title} · {machine()}\n")
    print(f"{'work':<34}{'deals':>9}{'bare SQL':>10}{'p50 ms':>9}{'p95 ms':>9}{'target':>8}")
    for line in lines:
        bare = "" if line.bare is None else f"{line.bare:.1f}"
        target = "" if line.target is None else f"≤{line.target:g}"
        verdict = "" if line.target is None or line.p50 <= line.target else "  missed"
        print(
            f"{line.work:<34}{line.deals:>9,}{bare:>10}{line.p50:>9.1f}{line.p95:>9.1f}{target:>8}{verdict}"
        )


def machine() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0].split()[0]
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d} · {os.cpu_count()} cores, load {load:.1f} · Python {platform.python_version()}"
        f" · PostgreSQL {server}"
    )
