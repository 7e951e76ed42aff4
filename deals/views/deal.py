"""The deal: a panel over the board, a page by its own URL; the same content."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core import clock
from deals import sections
from deals.forms import NoteForm, TaskForm
from deals.selectors.custom_values import fields_on
from deals.selectors.deal_detail import deal_detail
from tenancy.http import WorkspaceRequest
from tenancy.pages import http_404, render_page
from tenancy.permissions import Permission


@require_GET
@http_404
def deal_page(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Asked by htmx for the panel: the fragment. Otherwise the whole page."""
    if request.htmx and not request.htmx.history_restore_request:
        return deal_fragment(request, deal_id)
    context = deal_context(request, deal_id)
    return render_page(request, "deals/deal.html", context, current="board")


def deal_fragment(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """The deal's content alone: what every action on it answers with."""
    return render(request, "deals/_deal.html", deal_context(request, deal_id))


def deal_context(request: WorkspaceRequest, deal_id: uuid.UUID) -> dict[str, object]:
    detail = deal_detail(deal_id, actor=request.actor, as_of=clock.now(), zone=request.workspace.zone)
    return {
        "detail": detail,
        "deal": detail.deal,
        "custom_fields": fields_on(deal_id),
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
        "can_override": request.actor.can(Permission.OVERRIDE_GATE),
        "task_form": TaskForm(prefix="t"),
        "note_form": NoteForm(prefix="n"),
        "sections": sections.sections_for(detail.deal, request.actor),
        "max_file_mb": settings.MAX_FILE_MB,
    }
