"""The rail's counts: fetched by the rail itself, so that no page pays for them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from automation.models import Notification
from deals.selectors.nav import nav_counts
from tenancy.http import WorkspaceRequest


@require_GET
def nav(request: WorkspaceRequest) -> HttpResponse:
    """Tasks due, stalled deals, unread notices. Three queries."""
    unread = Notification.objects.filter(member_id=request.actor.member_id, read_at=None).count()
    return render(request, "_nav_counts.html", {"counts": {**nav_counts(request.actor), "unread": unread}})
