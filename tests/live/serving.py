"""The site as uvicorn serves it, in a thread of the test's process; and a reader of its stream."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from django.conf import settings
from django.test import Client

from config.live_hub import Hub
from tenancy.models import Membership


class Site:
    """`http://localhost:<port>`, with a hub of its own."""

    def __init__(self) -> None:
        # Not before the tests' settings hold: making the application reads them.
        from config import asgi
        from config.live import Live

        self.live = asgi.live = Live()
        config = uvicorn.Config(
            asgi.application,
            lifespan="off",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=2,
        )
        self.server = uvicorn.Server(config)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        asyncio.run(self.server.serve(sockets=[self.socket]))

    @property
    def hub(self) -> Hub:
        assert self.live.hub is not None
        return self.live.hub

    def start(self) -> None:
        self.thread.start()
        until(lambda: self.server.started)

    def stop(self) -> None:
        self.server.should_exit = True
        if self.live.hub is not None:
            loops = {task.get_loop() for task in self.hub._tasks}
            for loop in loops:
                loop.call_soon_threadsafe(self.hub.close)
        self.thread.join(10)
        assert not self.thread.is_alive()


def until(holds: Callable[[], Any], *, seconds: float = 10) -> Any:
    """Wait until `holds` is true, and return what it says."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = holds()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("it did not come to be")


@dataclass
class Listener:
    """One browser's stream."""

    status: int
    response: http.client.HTTPResponse
    connection: http.client.HTTPConnection
    heard: list[dict[str, Any]] = field(default_factory=list)

    def next(self) -> dict[str, Any]:
        """The next event's data: raises TimeoutError when none comes, EOFError when the stream has ended."""
        while line := self.response.readline():
            if line.startswith(b"data: "):
                found: dict[str, Any] = json.loads(line[6:])
                self.heard.append(found)
                return found
        raise EOFError

    def deals(self) -> set[str]:
        """Of the next changes."""
        return set(self.next()["deals"])

    def close(self) -> None:
        if self.response.fp is not None and self.connection.sock is not None:
            self.connection.sock.shutdown(socket.SHUT_RDWR)
        self.response.close()
        self.connection.close()


@dataclass
class Browser:
    """Somebody's session."""

    site: Site
    client: Client

    @classmethod
    def of(cls, site: Site, member: Membership) -> Browser:
        client = Client()
        assert member.user is not None
        client.force_login(member.user)
        return cls(site, client)

    @property
    def session_key(self) -> str:
        return str(self.client.cookies[settings.SESSION_COOKIE_NAME].value)

    def ticket(self, slug: str = "acme") -> str:
        return str(self.client.get(f"/w/{slug}/live/").json()["ticket"])

    def ask(
        self,
        query: list[tuple[str, str]],
        *,
        session: str | None = None,
        timeout: float = 10,
        cookie: str = "",
        raw: str = "",
    ) -> Listener:
        """`cookie`, `raw`: the header and the query as they are, instead."""
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=timeout)
        session = self.session_key if session is None else session
        cookie = cookie or f"{settings.SESSION_COOKIE_NAME}={session}"
        connection.request("GET", f"/events?{raw or urlencode(query)}", headers={"Cookie": cookie})
        response = connection.getresponse()
        return Listener(response.status, response, connection)

    @contextmanager
    def listening(self, since: str = "", slug: str = "acme") -> Iterator[Listener]:
        """Joined: the first event has been heard."""
        listener = self.ask([("ticket", self.ticket(slug)), ("since", since)])
        assert listener.status == 200
        listener.next()
        try:
            yield listener
        finally:
            listener.close()
