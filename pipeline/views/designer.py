"""The pipelines of the workspace."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from pipeline.selectors.stages import pipelines
from tenancy.http import WorkspaceRequest
from tenancy.pages import render_settings


@require_GET
def pipelines_page(request: WorkspaceRequest) -> HttpResponse:
    """Every pipeline in use."""
    context = {"pipelines": pipelines()}
    return render_settings(request, "pipeline/pipelines.html", context, section="pipelines")
