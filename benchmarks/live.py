"""Idle boards on one web process: memory of each, and how soon all of them hear of a move. `./run bench live --boards 1000`"""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import time
from urllib.parse import urlencode

from _setup import scratch_database  # isort: skip - Django is set up by it
from _data import Filled, filled_workspace
from _measure import asked_for, expect, machine
from _pages import page_client
from django.db import connection
from load import memory, web_process

from deals.models import Deal
from deals.services.move_deal import move_deal
from deals.services.placing import Edge
from tenancy.live_tickets import issue_ticket
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope

DEALS = 1_000
MOVES = 40
EACH_SESSION = 20  # below the limit of one session
TARGET = 1000  # ms within which everybody has heard


class Board:
    """One open board's stream; notes when it last heard of changes."""

    def __init__(self) -> None:
        self.heard = asyncio.Queue[float]()

    async def open(self, port: int, ticket: str, session: str) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port, limit=65_536)
        path = f"/events?{urlencode({'ticket': ticket, 'since': ''})}"
        self.writer.write(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: session={session}\r\n\r\n".encode()
        )
        status = await self.reader.readline()
        expect(b" 200 " in status, status)
        while b"data: " not in await self.reader.readline():
            pass
        self.task = asyncio.create_task(self.listen())

    async def listen(self) -> None:
        while line := await self.reader.readline():
            if line.startswith(b"event: changes"):
                self.heard.put_nowait(time.perf_counter())


async def measure(filled: Filled, count: int, sessions: list[str], port: int, process: int) -> None:
    boards = [Board()]
    await open_boards(boards, filled, sessions, port)
    one = memory(process)
    others = [Board() for _ in range(count - 1)]
    began = time.perf_counter()
    await open_boards(others, filled, sessions, port)
    joined = time.perf_counter() - began
    boards += others
    each = (memory(process) - one) * 1000 / len(others)
    threads = len(os.listdir(f"/proc/{process}/task"))  # noqa: PTH208 - of another process
    times, lasts = [], []
    for number in range(MOVES + 3):
        done = await asyncio.to_thread(move, filled, number)
        taken = [(await asyncio.wait_for(board.heard.get(), 30) - done) * 1000 for board in boards]
        if number >= 3:
            times += taken
            lasts.append(max(taken))
    held = await asyncio.to_thread(connections_of, process)
    for board in boards:
        board.writer.close()
    tell(count, each, joined, threads, held, times, lasts)


async def open_boards(boards: list[Board], filled: Filled, sessions: list[str], port: int) -> None:
    for at, board in enumerate(boards):
        session = sessions[at // EACH_SESSION]
        ticket = issue_ticket(
            workspace_id=filled.workspace_id, member_id=filled.owner.pk, session_key=session
        )
        await board.open(port, ticket, session)


def move(filled: Filled, number: int) -> float:
    """One move by the service; returns when it was committed."""
    with workspace_scope(filled.workspace_id):
        stage = filled.stages[number % 2]
        deal = Deal.objects.filter(outcome="open").exclude(stage=stage)[number : number + 1].get()
        actor = Actor.of(filled.owner)
        move_deal(
            deal_id=deal.pk,
            to_stage=stage.pk,
            actor=actor,
            expected_version=None,
            place=Edge.TOP,
            override_reason="bench",
        )
    connection.close()
    return time.perf_counter()


def connections_of(process: int) -> int:
    """Of everybody but us, to the scratch database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        found = int(cursor.fetchone()[0])
    connection.close()
    return found


def tell(
    count: int, each: float, joined: float, threads: int, held: int, times: list[float], lasts: list[float]
) -> None:
    slow, last = statistics.quantiles(times, n=20)[-1], statistics.quantiles(lasts, n=20)[-1]
    print(
        f"{count:>8,}{each:>12.1f}{count / joined:>10.0f}{threads:>9}{held:>13}{statistics.median(times):>9.1f}{slow:>9.1f}"
        f"{last:>14.1f}{f'≤{TARGET}':>8}{'' if last <= TARGET else '  missed'}"
    )


if __name__ == "__main__":
    sizes = asked_for(__doc__, what="boards", default=(100, 1_000))
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with scratch_database():
        workspace = filled_workspace(DEALS)
        print(f"\nIdle boards on one web process, {MOVES} moves · {machine()}\n")
        print(
            f"{'boards':>8}{'kB of each':>12}{'joins/s':>10}{'threads':>9}{'connections':>13}{'p50 ms':>9}{'p95 ms':>9}{'all, p95 ms':>14}{'target':>8}"
        )
        for size in sizes:
            keys = [page_client(workspace).cookies["session"].value for _ in range(-(-size // EACH_SESSION))]
            connection.close()
            with web_process() as (port, process):
                asyncio.run(measure(workspace, size, keys, port, process))
