"""Timing, counting, and the table that every benchmark prints."""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

WARM_UP = 3
RUNS = 30
FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass(frozen=True, slots=True)
class Found:
    """Milliseconds; `cpu` is this process's own. `statements` without those that frame a transaction."""

    p50: float
    p95: float
    cpu: float
    statements: int
    size: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """`bare`: milliseconds of bare SQL in the same run. `target`: what the middle must not exceed, where there is one."""

    work: str
    deals: int
    found: Found
    bare: float | None = None
    target: float | None = None


def asked_for(
    description: str, *, what: str = "deals", default: tuple[int, ...] = (10_000, 100_000)
) -> list[int]:
    """The sizes on the command line: `--deals 10000 1000000`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(f"--{what}", nargs="+", type=int, default=list(default), metavar="N")
    return list(getattr(parser.parse_args(), what))


def expect(holds: bool, what: object) -> None:
    """End the benchmark where the work was not done: its time would mean nothing."""
    if not holds:
        raise SystemExit(f"the work failed: {what!r}")


def measured(work: Callable[[], Any], *, runs: int = RUNS, before: Callable[[], Any] | None = None) -> Found:
    """p50 and p95 after a few runs that do not count. `before`: what is done before each run, untimed."""
    for _ in range(WARM_UP):
        work()
    statements, size = _counted(work)
    gc.collect()
    walls, cpus = [], []
    for _ in range(runs):
        if before:
            before()
        cpu, started = time.process_time(), time.perf_counter()
        work()
        walls.append((time.perf_counter() - started) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    slowest = statistics.quantiles(walls, n=20)[-1]
    return Found(statistics.median(walls), slowest, statistics.median(cpus), statements, size)


def bare_time(work: Callable[[], Any], *, runs: int = RUNS) -> float:
    return measured(work, runs=runs).p50


def _counted(work: Callable[[], Any]) -> tuple[int, int | None]:
    with CaptureQueriesContext(connection) as captured:
        answer = work()
    statements = [query for query in captured.captured_queries if not query["sql"].startswith(FRAME)]
    return len(statements), len(answer.content) if hasattr(answer, "content") else None


def print_table(title: str, lines: list[Line]) -> None:
    print(f"\n{title} · {machine()}\n")
    print(
        f"{'work':<36}{'deals':>10}{'bare SQL':>10}{'p50 ms':>9}{'p95 ms':>9}{'cpu ms':>8}{'stmts':>7}{'kB':>7}{'target':>8}"
    )
    for line in lines:
        found, bare = line.found, "" if line.bare is None else f"{line.bare:.1f}"
        size = "" if found.size is None else f"{found.size / 1000:.0f}"
        target = "" if line.target is None else f"≤{line.target:g}"
        verdict = "" if line.target is None or found.p50 <= line.target else "  missed"
        print(
            f"{line.work:<36}{line.deals:>10,}{bare:>10}{found.p50:>9.1f}{found.p95:>9.1f}{found.cpu:>8.1f}"
            f"{found.statements:>7}{size:>7}{target:>8}{verdict}"
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
