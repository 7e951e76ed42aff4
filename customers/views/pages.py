"""A company, and a person: facts, deals, history."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from contacts.selectors.custom_values import fields_on
from core.errors import NotFound
from customers.kinds import COMPANY, PERSON, Kind
from customers.selectors.detail import company_detail, person_detail, survivor_id
from customers.selectors.history import Before, company_history, person_history
from customers.selectors.merge import consent_words
from customers.views.shared import TABS
from tenancy.http import WorkspaceRequest
from tenancy.pages import http_404, render_page
from tenancy.permissions import Permission


@require_GET
@http_404
def company(request: WorkspaceRequest, company_id: uuid.UUID) -> HttpResponse:
    return _page(request, COMPANY, company_id)


@require_GET
@http_404
def person(request: WorkspaceRequest, contact_id: uuid.UUID) -> HttpResponse:
    return _page(request, PERSON, contact_id)


def _page(request: WorkspaceRequest, kind: Kind, record_id: uuid.UUID) -> HttpResponse:
    """Asked by htmx: the content alone. What was merged leads to what it became."""
    try:
        context = record_context(request, kind, record_id)
    except NotFound:
        became = survivor_id(record_id, model=kind.model)
        if became is None:
            raise
        return redirect(kind.url("", request.workspace.slug, became))
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, f"customers/_{kind.key}.html", context)
    return render_page(request, f"customers/{kind.key}.html", context, current=TABS)


def record_context(request: WorkspaceRequest, kind: Kind, record_id: uuid.UUID) -> dict[str, Any]:
    read: Any = company_detail if kind.is_company else person_detail
    detail = read(record_id, actor=request.actor)
    record = detail.company if kind.is_company else detail.contact
    return {
        "kind": kind.key,
        "detail": detail,
        "record": record,
        "consent": "" if kind.is_company else consent_words(record),
        "custom_fields": fields_on(record),
        "history": detail.history,
        "history_url": kind.url("history", request.workspace.slug, record.pk),
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
    }


@require_GET
@http_404
def company_events(request: WorkspaceRequest, company_id: uuid.UUID) -> HttpResponse:
    return _older(request, COMPANY, company_id, company_history)


@require_GET
@http_404
def person_events(request: WorkspaceRequest, contact_id: uuid.UUID) -> HttpResponse:
    return _older(request, PERSON, contact_id, person_history)


def _older(request: WorkspaceRequest, kind: Kind, record_id: uuid.UUID, read: Any) -> HttpResponse:
    """The history before ?before."""
    record = kind.get(record_id, actor=request.actor)
    mark = request.GET.get("before", "")[:100]
    before = Before.parse(mark) if mark else None
    if mark and before is None:
        raise NotFound
    context = {
        "history": read(record, actor=request.actor, before=before),
        "history_url": kind.url("history", request.workspace.slug, record.pk),
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
    }
    if request.htmx:
        return render(request, "customers/_history_lines.html", context)
    return render_page(request, "customers/history.html", context | {"record": record}, current=TABS)
