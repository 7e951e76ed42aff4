"""The web process: uvicorn in front, Django behind it in a fixed pool of threads.

Django's own ASGI handler gives each request a new thread, so no database connection outlives a request, and
connecting costs several milliseconds. Through WSGI the pool's threads keep theirs (docs/decisions/0002). Streams of
changes do not go through Django at all (config/live.py): they would hold a thread each.
"""

from __future__ import annotations

import os
from typing import cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from a2wsgi import WSGIMiddleware
from a2wsgi.asgi_typing import Receive, Scope, Send
from a2wsgi.wsgi_typing import WSGIApp
from django.core.wsgi import get_wsgi_application

THREADS = 12

django_wsgi = get_wsgi_application()

from config.live import PATH, Live  # noqa: E402 - needs the apps

live = Live()
# Django's handler is a WSGI application in all but its annotations: it answers with an HttpResponse, which iterates.
_django = WSGIMiddleware(cast("WSGIApp", django_wsgi), workers=THREADS)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    if scope["path"] == PATH:
        await live(scope, receive, send)
        return
    await _django(scope, receive, send)
