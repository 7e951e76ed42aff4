"""What a site closed for maintenance answers (core/maintenance.py has the switch)."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.error_pages import error_page
from core import clock
from core.maintenance import Maintenance, current_maintenance

STILL_ANSWERED = {"/healthz", "/readyz"}
USUAL_WAIT = timedelta(minutes=5)
IN_MINUTES = 90  # longer than this is told in hours


class MaintenanceMiddleware:
    """Answers 503 to everything but health checks; static files are served before it is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        maintenance = None if request.path_info in STILL_ANSWERED else current_maintenance()
        return self.get_response(request) if maintenance is None else closed(request, maintenance)


def closed(request: HttpRequest, maintenance: Maintenance) -> HttpResponseBase:
    """The page, or for callers of the API a problem; both say by Retry-After when to come back."""
    remaining = maintenance.remaining(now=clock.now())
    minutes = math.ceil(remaining / timedelta(minutes=1)) if remaining else 0
    return error_page(
        request,
        "maintenance",
        503,
        detail=maintenance.message,
        headers={
            "Retry-After": str(math.ceil((remaining or USUAL_WAIT).total_seconds())),
            "Cache-Control": "no-store",
            "X-Refusal": "maintenance",  # for a page's script (docs/frontend.md)
        },
        message=maintenance.message,
        minutes=minutes if minutes < IN_MINUTES else 0,
        hours=round(minutes / 60),
        again=request.get_full_path() if request.method == "GET" else "/",
    )
