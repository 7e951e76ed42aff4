"""The page of what one was told."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from automation.selectors.notices import notice_page, undelivered_mails, unread_notices
from automation.services.notices import mark_all_read, mark_notice_read
from core.ids import parse_uuid
from tenancy.http import WorkspaceRequest
from tenancy.pages import http_404, render_page


@require_GET
def notices_page(request: WorkspaceRequest) -> HttpResponse:
    """Newest first; `?before=` continues, for htmx as a fragment."""
    page = notice_page(request.actor, before=parse_uuid(request.GET.get("before", "")))
    if request.htmx and "before" in request.GET:
        return render(request, "automation/_notice_rows.html", {"page": page})
    context = {
        "page": page,
        "unread": unread_notices(request.actor),
        "undelivered": undelivered_mails(request.actor),
    }
    return render_page(request, "automation/notices.html", context, current="notifications")


@require_POST
def read_all(request: WorkspaceRequest) -> HttpResponse:
    """Mark everything as read."""
    mark_all_read(actor=request.actor)
    return redirect("automation:notifications", request.workspace.slug)


@require_POST
@http_404
def open_notice(request: WorkspaceRequest, notice_id: uuid.UUID) -> HttpResponse:
    """Mark the notice as read and go to its deal."""
    notice = mark_notice_read(notice_id=notice_id, actor=request.actor)
    return redirect("deals:deal", request.workspace.slug, notice.deal_id)
