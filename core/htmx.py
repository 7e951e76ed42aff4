"""Small answers that htmx understands."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse


def trigger(response: HttpResponse, **events: Any) -> HttpResponse:
    """Add client events to a response (HX-Trigger); later ones join those already there."""
    current = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps(current | events)
    return response
