"""`GET /events?ticket=…&since=…`: the stream of changes, server-sent events.

A raw ASGI handler beside Django: a stream is two coroutines and holds neither a thread nor a database connection.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs

import structlog
from a2wsgi.asgi_typing import Receive, Scope, Send
from django.conf import settings
from django.db import DatabaseError
from django.http import parse_cookie

from config.live_hub import Hub, Stream
from tenancy.live_tickets import read_ticket

PATH = "/events"
MOST_TICKETS = 8
RETRY = b"retry: 2000\n\n"
HEADERS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-accel-buffering", b"no"),  # nginx would keep the events back
]

logger = structlog.get_logger(__name__)


class Live:
    """The handler and its hub; one for each event loop."""

    def __init__(self) -> None:
        self.hub: Hub | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request: Any = scope
        if request["method"] != "GET":
            return await refuse(send, 405)
        if not settings.LIVE_UPDATES:
            return await refuse(send, 404)
        self.hub = self.hub or Hub()
        stream, cursors = admitted(request)
        if stream is None:
            return await refuse(send, 401)
        try:
            if not await self.hub.join(stream, cursors):
                return await refuse(send, 404)
        except DatabaseError:
            logger.exception("live_join_failed")
            return await refuse(send, 503)
        try:
            await flow(stream, receive, send)
        finally:
            self.hub.leave(stream)


def admitted(request: Any) -> tuple[Stream | None, dict[Any, str]]:
    """The stream that the tickets open, and from where each workspace goes on; None unless all are good."""
    try:
        query = parse_qs(request["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=64)
    except ValueError:
        return None, {}
    texts, since = query.get("ticket", []), query.get("since", [])
    session_key = session_cookie(request)
    tickets = [read_ticket(text, session_key=session_key) for text in texts[:MOST_TICKETS]]
    known = [ticket for ticket in tickets if ticket is not None]
    if not known or len(known) < len(texts):
        return None, {}
    cursors = {t.workspace_id: cursor for t, cursor in zip(known, since, strict=False) if cursor}
    return Stream(tuple(known), session_key), cursors


def session_cookie(request: Any) -> str:
    """Read as Django reads it, beside whatever else lies in the browser for this host."""
    headers = [value.decode("latin-1") for name, value in request["headers"] if name == b"cookie"]
    return parse_cookie("; ".join(headers)).get(settings.SESSION_COOKIE_NAME, "")


async def refuse(send: Send, status: int) -> None:
    await _start(send, status, b"text/plain")
    await send({"type": "http.response.body", "body": b""})


async def flow(stream: Stream, receive: Receive, send: Send) -> None:
    """Until the browser goes, or the stream is ended."""
    await _start(send, 200, b"text/event-stream")
    await send({"type": "http.response.body", "body": RETRY, "more_body": True})
    gone = asyncio.create_task(_wait_for_end(stream, receive))
    try:
        while not stream.is_over:
            await stream.ready.wait()
            stream.ready.clear()
            while stream.waiting and not stream.is_over:
                await send(
                    {"type": "http.response.body", "body": stream.waiting.popleft(), "more_body": True}
                )
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


async def _wait_for_end(stream: Stream, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


async def _start(send: Send, status: int, kind: bytes) -> None:
    headers: Any = [(b"content-type", kind), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
