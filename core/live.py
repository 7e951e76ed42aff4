"""Tell the web processes that a workspace has changed, so that they look and tell its open pages (config/live_hub.py).

Only "look" goes over the wire. What changed is in the database, so a word that is lost costs seconds, never a change.
"""

from __future__ import annotations

import os
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Lock

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

CHANNEL = "stagecraft:changed"
TIMEOUT_SECONDS = 0.2
BREAKER_SECONDS = 5.0
ORIGIN = re.compile(r"[0-9A-Za-z-]{8,40}")

logger = structlog.get_logger(__name__)
_origin: ContextVar[str] = ContextVar("stagecraft_origin", default="")


def current_origin() -> str:
    """The browser tab for which this request is answered, or "": its own changes are no news to it."""
    return _origin.get()


@contextmanager
def acting_for(tab: str) -> Iterator[None]:
    """What is changed inside was asked for by this tab. A name that no page of ours gives counts as none."""
    token = _origin.set(tab if ORIGIN.fullmatch(tab) else "")
    try:
        yield
    finally:
        _origin.reset(token)


def poke(workspace_id: uuid.UUID) -> bool:
    """Say it once; tell whether it went out. Never raises, and waits for a fifth of a second at most.

    For BREAKER_SECONDS after a failure every call returns False at once.
    """
    return _line.say(workspace_id.hex)


class _Line:
    """This process's connections for publishing; one pool for its threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._client: redis.Redis | None = None
        self._owner = 0
        self._closed_until = 0.0

    def say(self, message: str) -> bool:
        if time.monotonic() < self._closed_until:
            return False
        try:
            self._connected().publish(CHANNEL, message)
        except (redis.RedisError, OSError) as error:
            self._closed_until = time.monotonic() + BREAKER_SECONDS
            logger.warning("live_word_lost", error=f"{type(error).__name__}: {error}"[:200])
            return False
        return True

    def reset(self) -> None:
        """Begin anew: after the address of Redis has changed."""
        with self._lock:
            client, self._client = self._client, None
            self._closed_until = 0.0
        if client is not None:
            with suppress(Exception):
                client.close()

    def _connected(self) -> redis.Redis:
        with self._lock:
            # A pool inherited over a fork is the parent's.
            if self._client is None or self._owner != os.getpid():
                self._client = redis.Redis.from_url(
                    settings.REDIS_URL,
                    socket_connect_timeout=TIMEOUT_SECONDS,
                    socket_timeout=TIMEOUT_SECONDS,
                    # A connection that Redis closed meanwhile is opened again once, at once.
                    retry=Retry(NoBackoff(), 1),
                )
                self._owner = os.getpid()
            return self._client


_line = _Line()
