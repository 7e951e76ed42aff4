"""How pages tell an open board what to fetch anew."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

from core.htmx import trigger


def lanes_changed(
    response: HttpResponse, stage_ids: Iterable[uuid.UUID], *, fresh: uuid.UUID | None = None
) -> HttpResponse:
    """Tell the board, where one is open, which columns to fetch anew; `fresh` lights one card."""
    detail: dict[str, Any] = {"stages": sorted(str(stage_id) for stage_id in stage_ids)}
    if fresh:
        detail["fresh"] = str(fresh)
    return trigger(response, **{"lanes-changed": detail})


def no_swap() -> HttpResponse:
    """200 and nothing to swap: a 4xx would be written to the browser's console."""
    response = HttpResponse()
    response.headers["HX-Reswap"] = "none"
    return response
