"""The rail's counts: fetched by the rail itself, so that no page pays for them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from automation.selectors.notices import unread_notices
from deals.selectors.nav import nav_counts
from tenancy.http import WorkspaceRequest


@require_GET
def nav(request: WorkspaceRequest) -> HttpResponse:
    """Tasks due, stalled deals, unread notices. Three queries."""
    unread = unread_notices(request.actor)
    return render(request, "_nav_counts.html", {"counts": {**nav_counts(request.actor), "unread": unread}})
