"""The hub by itself, where the order in which things happen must be exact."""

from __future__ import annotations

import asyncio
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from config import live_hub
from config.live_hub import Hub, Room, Stream
from tenancy.live_tickets import Ticket
from tenancy.selectors.changes import Changes


def test_a_room_that_everybody_left_during_a_look_is_looked_at_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_hub, "PAUSE", 0)

    async def scene() -> tuple[int, Room]:
        hub = Hub()
        workspace_id = uuid.uuid4()
        stream = Stream((Ticket(workspace_id, uuid.uuid4()),), "session")
        room = hub._enter(workspace_id, stream)
        room.cursor = "1.1:1:"
        tasks = 0

        async def answer(*_question: Any) -> Changes:
            # Another change is told while the first is looked at, and the last reader goes.
            hub.changed(workspace_id)
            hub.leave(stream)
            return Changes("2.2:2:")

        monkeypatch.setattr(hub.reader, "ask", answer)
        begun = asyncio.create_task

        def counted(*args: Any, **kwargs: Any) -> Any:
            nonlocal tasks
            tasks += 1
            return begun(*args, **kwargs)

        monkeypatch.setattr(live_hub.asyncio, "create_task", counted)
        hub.changed(workspace_id)
        for _turn in range(50):
            await asyncio.sleep(0)
        hub.reader.end()
        return tasks, room

    # In a thread of its own: a browser's tests leave a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        tasks, room = pool.submit(lambda: asyncio.run(scene())).result()
    assert tasks == 1
    assert room.looking is None


def test_who_does_not_take_what_is_told_is_ended_and_holds_nothing() -> None:
    stream = Stream((), "session")
    over = []
    for _message in range(live_hub.MOST_WAITING + 2):
        stream.tell(b"told")
        over.append(stream.is_over)
    assert over == [False] * live_hub.MOST_WAITING + [True, True]
    assert not stream.waiting
