"""Wake the worker after a commit, without ever failing or delaying the request that committed.

Celery's own `delay_on_commit` raises after the commit when Redis is down and hangs for half a minute when Redis
does not answer. Here: one short try, a circuit breaker, and silence. Beat finds what a lost wake-up left.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from kombu import Connection

TIMEOUT_SECONDS = 0.2
BREAKER_SECONDS = 5.0

logger = structlog.get_logger(__name__)
_lock = Lock()
_closed_until = 0.0


def wake_after_commit(task: Any, *args: Any) -> None:
    """Send `task` to the worker once the outermost transaction has committed."""
    transaction.on_commit(lambda: wake(task, *args), robust=True)


def wake(task: Any, *args: Any) -> bool:
    """Try once to send `task`; tell whether it went out."""
    global _closed_until
    if time.monotonic() < _closed_until:
        return False
    try:
        # One sender at a time: a broken socket is then seen once, not by every thread.
        with _lock:
            _send(task, args)
    except Exception as error:
        _closed_until = time.monotonic() + BREAKER_SECONDS
        logger.warning("wake_up_lost", task=task.name, error=str(error))
        return False
    return True


def _send(task: Any, args: tuple[Any, ...]) -> None:
    options = {
        "socket_connect_timeout": TIMEOUT_SECONDS,
        "socket_timeout": TIMEOUT_SECONDS,
        "retry_on_timeout": False,
        "max_retries": 0,
    }
    connection = _connection(options)
    task.apply_async(args=args, connection=connection, retry=False, ignore_result=True)


_shared: Connection | None = None


def _connection(options: dict[str, Any]) -> Connection:
    global _shared
    if _shared is None:
        _shared = Connection(settings.CELERY_BROKER_URL, transport_options=options)
    return _shared
