"""The web process: uvicorn in front, Django behind it in a fixed pool of threads.

Django's own ASGI handler gives each request a new thread, so no database connection outlives a request, and
connecting costs several milliseconds. Through WSGI the pool's threads keep theirs (docs/decisions/0002).
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

THREADS = 12

django_wsgi = get_wsgi_application()
_django = WSGIMiddleware(django_wsgi, workers=THREADS)


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[Any]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    if scope["type"] != "http":
        return
    await _django(scope, receive, send)
