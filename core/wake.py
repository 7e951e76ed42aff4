"""Wake the worker after a commit, without ever failing or delaying the request that committed.

Celery's own `delay_on_commit` raises after the commit when Redis is down and hangs for half a minute when Redis
does not answer. Here: one short try, a circuit breaker, and silence. Beat finds what a lost wake-up left.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Any

import structlog
from django.db import transaction
from kombu import Connection

# For each step that waits for Redis; there are one or two of them before the breaker opens.
TIMEOUT_SECONDS = 0.2
BREAKER_SECONDS = 5.0
OPTIONS = {
    "socket_connect_timeout": TIMEOUT_SECONDS,
    "socket_timeout": TIMEOUT_SECONDS,
    "retry_on_timeout": False,
    "max_retries": 0,
}

logger = structlog.get_logger(__name__)


def wake_after_commit(task: Any, *args: Any) -> None:
    """Send `task` to the worker once the outermost transaction has committed."""
    transaction.on_commit(partial(wake, task, *args), robust=True)


def wake(task: Any, *args: Any) -> bool:
    """Try once to send `task`; tell whether it went out. Never raises, never waits longer than half a second.

    For BREAKER_SECONDS after a failure every call returns False at once.
    """
    return _line.send(task, args)


class _Line:
    """This process's one connection to Redis for wake-ups, shared by its threads."""

    def __init__(self) -> None:
        # One sender at a time: a broken connection is then found by one thread, not by each of them in turn.
        self._lock = Lock()
        self._connection: Connection | None = None
        self._owner = 0
        self._is_broken = False
        self._closed_until = 0.0

    def send(self, task: Any, args: tuple[Any, ...]) -> bool:
        if self._is_closed() or not self._lock.acquire(timeout=TIMEOUT_SECONDS):
            return False
        try:
            # Again: whoever held the lock may have found Redis away.
            if self._is_closed():
                return False
            if self._is_broken:
                # Others must not queue behind the one that tries whether Redis is back.
                self._close_for(BREAKER_SECONDS)
            self._try(task, args)
            self._is_broken = False
            self._closed_until = 0.0
        except Exception as error:
            self._is_broken = True
            self._close_for(BREAKER_SECONDS)
            logger.warning("wake_up_lost", task=task.name, error=f"{type(error).__name__}: {error}"[:200])
            return False
        finally:
            self._lock.release()
        return True

    def reset(self) -> None:
        """Begin anew: after the broker's address has changed."""
        with self._lock:
            self._drop()
            self._is_broken = False
            self._closed_until = 0.0

    def _is_closed(self) -> bool:
        return time.monotonic() < self._closed_until

    def _close_for(self, seconds: float) -> None:
        self._closed_until = time.monotonic() + seconds

    def _try(self, task: Any, args: tuple[Any, ...]) -> None:
        was_open = self._connection is not None and self._owner == os.getpid()
        began = time.monotonic()
        try:
            self._send(task, args)
        except Exception:
            self._drop()
            # A connection that Redis closed since the last wake-up fails at once and says nothing about Redis itself.
            if not was_open or time.monotonic() - began > TIMEOUT_SECONDS / 2:
                raise
            try:
                self._send(task, args)
            except Exception:
                self._drop()
                raise

    def _send(self, task: Any, args: tuple[Any, ...]) -> None:
        if self._connection is None or self._owner != os.getpid():
            self._connection = task.app.connection_for_write(transport_options=OPTIONS)
            self._owner = os.getpid()
        task.apply_async(args=args, connection=self._connection, retry=False, ignore_result=True)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        # A connection inherited over a fork is the parent's: closing it here would cut it there.
        if connection is not None and self._owner == os.getpid():
            with suppress(Exception):
                connection.release()


_line = _Line()
