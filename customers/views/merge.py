"""Two that are one: which stays, fact by fact, and what changes hands, before anything does."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contacts.selectors.people import cleaned, companies, contacts
from contacts.selectors.similar import similar_companies, similar_contacts
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import parse_uuid
from customers.kinds import COMPANY, PERSON, Kind
from customers.selectors.merge import merge_preview
from customers.services.merge import UNDO_DAYS
from customers.views.shared import TABS, go_to, refused, undo_url
from tenancy.http import WorkspaceRequest
from tenancy.pages import http_404, render_page
from tenancy.permissions import Permission

FOUND = 10
THEIRS = "theirs"


@require_http_methods(["GET", "POST"])
@http_404
def company(request: WorkspaceRequest, company_id: uuid.UUID) -> HttpResponse:
    return _merge(request, COMPANY, company_id)


@require_http_methods(["GET", "POST"])
@http_404
def person(request: WorkspaceRequest, contact_id: uuid.UUID) -> HttpResponse:
    return _merge(request, PERSON, contact_id)


def _merge(request: WorkspaceRequest, kind: Kind, record_id: uuid.UUID) -> HttpResponse:
    """Without ?other: which one. With it: the two side by side. Sent: one of them."""
    record = kind.get(record_id, actor=request.actor)
    request.actor.require(Permission.EDIT_DEALS)
    given = request.POST if request.method == "POST" else request.GET
    other = parse_uuid(given.get("other", ""))
    if request.method == "POST":
        if other is None:
            raise NotFound
        return _do(request, kind, record_id, other)
    if other is None:
        return _which(request, kind, record)
    preview = merge_preview(model=kind.model, kept_id=record_id, gone_id=other, actor=request.actor)
    slug = request.workspace.slug
    context = {
        "kind": kind.key,
        "preview": preview,
        "days": UNDO_DAYS,
        "action": kind.url("merge", slug, record_id),
        "swapped": f"{kind.url('merge', slug, other)}?other={record_id}",
        "back": kind.url("", slug, record_id),
    }
    return render_page(request, "customers/merge.html", context, current=TABS)


def _do(request: WorkspaceRequest, kind: Kind, kept_id: uuid.UUID, gone_id: uuid.UUID) -> HttpResponse:
    take = [
        name.removeprefix("fact-")
        for name, value in request.POST.items()
        if name.startswith("fact-") and value == THEIRS
    ]
    gone = kind.get(gone_id, actor=request.actor)
    url = kind.url("", request.workspace.slug, kept_id)
    try:
        with transaction.atomic():
            kept = kind.merge(kept_id=kept_id, gone_id=gone_id, take=take, actor=request.actor)
    except (Conflict, InvalidInput) as problem:
        return refused(request, problem, back=url)
    said = _("“%(gone)s” was merged into “%(kept)s”.") % {"gone": gone.name, "kept": kept.name}
    return go_to(request, url, said, undo_url=undo_url(request, kept.last_change))


def _which(request: WorkspaceRequest, kind: Kind, record: Any) -> HttpResponse:
    """Those that look alike, and a search for any other."""
    search = cleaned(request.GET.get("q", ""))[:100]
    if search:
        rows = (companies if kind.is_company else contacts)(actor=request.actor, search=search)
        found = list(rows.exclude(pk=record.pk).order_by("name_key", "id")[:FOUND])
    elif kind.is_company:
        alike = similar_companies(
            actor=request.actor, name=record.name, domain=record.domain, leave_out=record.pk
        )
        found = [each.record for each in alike]
    else:
        similar = similar_contacts(
            actor=request.actor,
            name=record.name,
            email=record.email,
            phone=record.phone,
            company_id=record.company_id,
            leave_out=record.pk,
        )
        found = [each.record for each in similar]
    url = kind.url("merge", request.workspace.slug, record.pk)
    context = {"kind": kind.key, "record": record, "found": found, "search": search, "url": url}
    part = "customers/_merge_found.html" if "q" in request.GET else "customers/_merge_which.html"
    if request.htmx:
        return render(request, part, context)
    return render_page(request, "customers/merge_which.html", context, current=TABS)
