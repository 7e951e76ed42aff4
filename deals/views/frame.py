"""What every workspace page is rendered with."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from tenancy.http import WorkspaceRequest


def render_page(
    request: WorkspaceRequest, template: str, context: dict[str, Any], *, current: str = "", status: int = 200
) -> HttpResponse:
    """A whole page; `current` is the rail's entry. The rail fetches its counts by itself (`automation:nav`)."""
    return render(request, template, {"nav": {"current": current}, **context}, status=status)
