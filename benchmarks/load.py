"""Boards a second with 8 readers of the product's own web process, its memory, the page's weight. `./run bench load --deals 100000`"""

from __future__ import annotations

import gzip
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from _setup import scratch_database  # isort: skip - Django is set up by it
from _data import Filled, filled_workspace
from _measure import asked_for, expect, machine
from _pages import page_client
from django.db import connections

from runner.environment import read
from runner.ports import free_port
from runner.services import commands

READERS = 8
SECONDS = 15.0
TARGET = 60


@contextmanager
def web_process() -> Iterator[tuple[int, int]]:
    """(port, process) of a web process as `./run demo` starts it, on the scratch database."""
    port = free_port()
    given = {name: url for name, url in os.environ.items() if not name.endswith("_URL")}
    environment = read({**given, "PORT": str(port)})
    urls = {
        name: urlsplit(os.environ[name])
        ._replace(path=f"/{connections[alias].settings_dict['NAME']}")
        .geturl()
        for name, alias in (("DATABASE_URL", "default"), ("DATABASE_OWNER_URL", "owner"))
    }
    env = {**os.environ, **urls, "PORT": str(port), "BASE_URL": f"http://localhost:{port}"}
    process = subprocess.Popen(commands(environment)["web"], env=env, cwd=Path(__file__).parents[1])
    try:
        wait_for(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if get(http.client.HTTPConnection("localhost", port), "/healthz", {})[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("the web process does not answer")


def get(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def measure(filled: Filled) -> None:
    cookie = page_client(filled).cookies["session"].value
    path, headers = f"/w/{filled.slug}/board/", {"Cookie": f"session={cookie}"}
    with web_process() as (port, process):
        before = memory(process)
        status, content = get(http.client.HTTPConnection("localhost", port), path, headers)
        expect(status == 200, content)
        with ThreadPoolExecutor(READERS) as pool:
            asked = [pool.submit(read_boards, port, path, headers) for _ in range(READERS)]
            times = sorted(taken for reader in asked for taken in reader.result())
        after = memory(process)
    rate, middle, slow = len(times) / SECONDS, times[len(times) // 2], times[int(len(times) * 0.95)]
    print(
        f"{filled.deals:>10,}{rate:>10.1f}{middle * 1000:>9.0f}{slow * 1000:>9.0f}{before:>12.0f}{after:>9.0f}"
        f"{len(content) / 1000:>9.0f}{len(gzip.compress(content, 6)) / 1000:>9.0f}{f'≥{TARGET}':>8}"
        f"{'' if rate >= TARGET else '  missed'}"
    )


def read_boards(port: int, path: str, headers: dict[str, str]) -> list[float]:
    """Seconds of each board that one reader got, one after the other."""
    connection, times = http.client.HTTPConnection("localhost", port), []
    deadline = time.monotonic() + SECONDS
    while (started := time.monotonic()) < deadline:
        status, content = get(connection, path, headers)
        expect(status == 200, content)
        times.append(time.monotonic() - started)
    return times


def memory(process: int) -> float:
    """MB resident."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


if __name__ == "__main__":
    sizes = asked_for(__doc__)
    with scratch_database():
        workspaces = [filled_workspace(size) for size in sizes]
        print(f"\n{READERS} readers of one web process · {machine()}\n")
        print(
            f"{'deals':>10}{'boards/s':>10}{'p50 ms':>9}{'p95 ms':>9}{'MB at start':>12}{'MB now':>9}{'page kB':>9}{'gzip kB':>9}{'target':>8}"
        )
        for workspace in workspaces:
            measure(workspace)
