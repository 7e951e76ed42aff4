"""Every open stream of this process, by workspace; one subscription to Redis for all of them.

A word from Redis (core/live.py) only says that a workspace has changed. Then the database is asked once for the whole
room, and what is new goes to each of its streams. Without Redis the rooms look by themselves, every few seconds.
"""

from __future__ import annotations

import asyncio
import json
import signal
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import redis.asyncio
import structlog
from django.conf import settings
from redis.exceptions import RedisError

from config.live_reading import Reader, look
from core.ids import parse_uuid
from core.live import CHANNEL
from tenancy.live_tickets import Ticket
from tenancy.selectors.changes import Changes
from tenancy.selectors.live_members import is_session_of, people_of, running_sessions

TICK = 1.0
BEAT_SECONDS = 15.0
CHECK_SECONDS = 10.0  # how long somebody who was removed may go on listening
LOOK_SECONDS = 30.0  # should a word have been lost
LOOK_WITHOUT_REDIS_SECONDS = 2.0
PAUSE = 0.05  # between two looks at one room: a burst of changes is told together
MOST_WAITING = 64  # messages that a stream has not taken: then it is ended, and catches up when it is back
MOST_OF_A_SESSION = 24
# Readers of one board fetch what changed over this long, so that a hundred do not ask at once.
SPREAD_FROM, SPREAD_EACH_MS, SPREAD_MOST_MS = 8, 15, 4000
HEARTBEAT = b": \n\n"

logger = structlog.get_logger(__name__)


@dataclass(eq=False, slots=True)
class Stream:
    """One browser's open connection, to one or more workspaces."""

    tickets: tuple[Ticket, ...]
    session_key: str
    waiting: deque[bytes] = field(default_factory=deque)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False

    def tell(self, message: bytes) -> None:
        if self.is_over:
            return
        if len(self.waiting) >= MOST_WAITING:
            self.end()
        else:
            self.waiting.append(message)
            self.ready.set()

    def end(self) -> None:
        self.is_over = True
        self.waiting.clear()  # whoever does not read may stay connected for long
        self.ready.set()


@dataclass(eq=False, slots=True)
class Room:
    """A workspace's streams. `cursor`: up to where they have been told; None until the first one has caught up."""

    workspace_id: uuid.UUID
    streams: set[Stream] = field(default_factory=set)
    cursor: str | None = None
    is_stale: bool = False
    looking: asyncio.Task[None] | None = None


class Hub:
    def __init__(self) -> None:
        self.rooms: dict[uuid.UUID, Room] = {}
        self.streams: set[Stream] = set()
        self.reader = Reader()
        self.hears_redis = False
        self._tasks: list[asyncio.Task[None]] = []
        self._tasks_begun = False
        self._questions_seen = 0

    # Coming and going ------------------------------------------------------------------------------------------
    async def join(self, stream: Stream, cursors: Mapping[uuid.UUID, str]) -> bool:
        """Tell what was missed since `cursors`, then everything. False for who may not (any more)."""
        self._begin()
        if sum(other.session_key == stream.session_key for other in self.streams) >= MOST_OF_A_SESSION:
            return False
        # Counted before anybody is asked: those who come at the same moment count too.
        self.streams.add(stream)
        try:
            if await self.reader.ask(not_allowed, [stream]):
                self.leave(stream)
                return False
            # First into the room, then the look back: between the two nothing can be lost, only told twice.
            rooms = [self._enter(ticket.workspace_id, stream) for ticket in stream.tickets]
            for room in rooms:
                changes = await self.reader.ask(look, room.workspace_id, cursors.get(room.workspace_id))
                stream.tell(message_of(room, changes, always=True))
                if room.cursor is None:
                    room.cursor = changes.cursor
                    self._look_soon(room)
        except BaseException:
            self.leave(stream)
            raise
        return True

    def _enter(self, workspace_id: uuid.UUID, stream: Stream) -> Room:
        room = self.rooms.setdefault(workspace_id, Room(workspace_id))
        room.streams.add(stream)
        return room

    def leave(self, stream: Stream) -> None:
        self.streams.discard(stream)
        for ticket in stream.tickets:
            room = self.rooms.get(ticket.workspace_id)
            if room is None:
                continue
            room.streams.discard(stream)
            if not room.streams:
                del self.rooms[ticket.workspace_id]

    def close(self) -> None:
        """For good: from within the loop."""
        self.end_all()
        for task in self._tasks:
            task.cancel()
        self.reader.end()

    def end_all(self) -> None:
        for stream in list(self.streams):
            stream.end()

    # Looking ---------------------------------------------------------------------------------------------------
    def changed(self, workspace_id: uuid.UUID) -> None:
        room = self.rooms.get(workspace_id)
        if room is not None:
            room.is_stale = True
            self._look_soon(room)

    def _look_soon(self, room: Room) -> None:
        # Without streams it was left meanwhile and is in nobody's hands: it would look for ever.
        if room.streams and room.is_stale and room.cursor is not None and room.looking is None:
            room.looking = asyncio.create_task(self._look(room))

    async def _look(self, room: Room) -> None:
        try:
            while room.is_stale and room.streams:
                room.is_stale = False
                changes = await self.reader.ask(look, room.workspace_id, room.cursor)
                room.cursor = changes.cursor
                if changes:
                    message = message_of(room, changes)
                    for stream in list(room.streams):
                        stream.tell(message)
                await asyncio.sleep(PAUSE)
        except Exception:
            # The database is away: the cursor stays where it was, and the next look goes on from there.
            logger.exception("live_look_failed", workspace=str(room.workspace_id))
            await asyncio.sleep(LOOK_WITHOUT_REDIS_SECONDS)
            room.is_stale = True
        finally:
            room.looking = None
            self._look_soon(room)

    # What goes on beside the streams -----------------------------------------------------------------------------
    def _begin(self) -> None:
        self._tasks = [task for task in self._tasks if not task.done()]
        if not self._tasks:
            if not self._tasks_begun:
                end_with_the_process(self.end_all)
            self._tasks_begun = True
            self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._tend())]

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (TimeoutError, RedisError, OSError) as error:
                logger.warning("live_redis_lost", error=f"{type(error).__name__}: {error}"[:200])
            self.hears_redis = False
            await asyncio.sleep(1)

    async def _hear(self) -> None:
        client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2)
        async with client, client.pubsub() as words:
            await words.subscribe(CHANNEL)
            self.hears_redis = True
            for workspace_id in list(self.rooms):
                self.changed(workspace_id)  # what was said while nobody listened
            heard_at = time.monotonic()
            while time.monotonic() - heard_at < 3 * CHECK_SECONDS:
                word = await words.get_message(timeout=CHECK_SECONDS)
                if word is None:
                    await words.ping()
                    continue
                heard_at = time.monotonic()
                found = parse_uuid(word["data"].decode()) if word["type"] == "message" else None
                if found is not None:
                    self.changed(found)
            raise TimeoutError("no answer")

    async def _tend(self) -> None:
        beat = check = looked = time.monotonic()
        while True:
            await asyncio.sleep(TICK)
            now = time.monotonic()
            if now - beat >= BEAT_SECONDS:
                beat = now
                for stream in self.streams:
                    stream.tell(HEARTBEAT)
            if now - looked >= (LOOK_SECONDS if self.hears_redis else LOOK_WITHOUT_REDIS_SECONDS):
                looked = now
                for workspace_id in list(self.rooms):
                    self.changed(workspace_id)
            if now - check >= CHECK_SECONDS:
                check = now
                await self._check()

    async def _check(self) -> None:
        """End the streams of those who were removed or logged out; give the connection back when nothing else is asked."""
        is_quiet = self.reader.questions == self._questions_seen
        streams = list(self.streams)
        if streams:
            try:
                for stream in await self.reader.ask(not_allowed, streams):
                    stream.end()
            except Exception:
                logger.exception("live_check_failed")
                return
        if is_quiet:
            await self.reader.rest()
        self._questions_seen = self.reader.questions


def not_allowed(streams: Collection[Stream]) -> list[Stream]:
    """Those whose session has ended, or is not of somebody who belongs to all of its workspaces. Two queries."""
    sessions = running_sessions({stream.session_key for stream in streams})
    people = people_of({ticket.member_id for stream in streams for ticket in stream.tickets})
    return [
        stream
        for stream in streams
        if not all(
            is_session_of(sessions.get(stream.session_key), people.get(ticket.member_id))
            for ticket in stream.tickets
        )
    ]


def message_of(room: Room, changes: Changes, *, always: bool = False) -> bytes:
    """A server-sent event. `always`: even with nothing to tell, for the cursor."""
    spread = max(0, len(room.streams) - SPREAD_FROM) * SPREAD_EACH_MS
    body: dict[str, Any] = {"workspace": str(room.workspace_id), "cursor": changes.cursor}
    if changes:
        body |= {
            "spread": min(spread, SPREAD_MOST_MS),
            "missed": changes.missed,
            "names": changes.names,
            "designs": sorted(map(str, changes.designs)),
            "stages": sorted(map(str, changes.stages)),
            "deals": {
                str(deal_id): {
                    "stages": sorted(map(str, change.stages)),
                    "kinds": sorted(change.kinds),
                    "origins": sorted(change.origins),
                    "actor": str(change.actor) if change.actor else None,
                }
                for deal_id, change in changes.deals.items()
            },
        }
    name = "changes" if changes else "here"
    return f"event: {name}\ndata: {json.dumps(body, separators=(',', ':'))}\n\n".encode()


def end_with_the_process(end: Callable[[], None]) -> None:
    """Streams never end by themselves, and uvicorn would wait for them: its signal ends them first."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def handle(got: int, frame: Any, before: Any = before) -> None:
            loop.call_soon_threadsafe(end)
            if callable(before):
                before(got, frame)

        signal.signal(number, handle)
