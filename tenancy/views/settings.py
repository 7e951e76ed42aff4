"""The door to the settings."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from tenancy.http import WorkspaceRequest


@require_GET
def home(request: WorkspaceRequest) -> HttpResponse:
    """To their first page."""
    return redirect("pipeline:pipelines", request.workspace.slug)
