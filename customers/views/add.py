"""Add a company or a person; who is here already is said while one types."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contacts.models import Company
from contacts.selectors.people import cleaned, get_company
from contacts.selectors.similar import similar_companies, similar_contacts
from contacts.services.companies import create_company
from contacts.services.contacts import create_contact
from contacts.services.find_company import get_or_create_company
from core.errors import InvalidInput, NotFound
from core.ids import parse_uuid
from customers.forms import new_form
from customers.kinds import Kind
from customers.views.shared import TABS, go_to
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, posted, render_page
from tenancy.permissions import Permission

LONGEST = 300


@require_http_methods(["GET", "POST"])
@http_404
def new(request: WorkspaceRequest, kind: Kind) -> HttpResponse:
    """The dialog; without a script, a page."""
    request.actor.require(Permission.EDIT_DEALS)
    form = new_form(kind.key)(posted(request), initial=_initial(request, kind), prefix="new")
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                record = _create(request, kind, dict(form.cleaned_data))
        except InvalidInput as problem:
            add_errors(form, problem)
        else:
            url = kind.url("", request.workspace.slug, record.pk)
            return go_to(request, url, _("“%(name)s” was added.") % {"name": record.name})
    slug = request.workspace.slug
    context = {
        "kind": kind.key,
        "form": form,
        "action": request.get_full_path(),
        "list_url": kind.list_url(slug),
        "similar_url": kind.url("similar", slug),
    }
    if request.htmx:
        return render(request, "customers/_new.html", context)
    return render_page(request, "customers/new.html", context, current=TABS)


def _initial(request: WorkspaceRequest, kind: Kind) -> dict[str, Any]:
    """From a company's page a person of that company; from a search what was searched for; mine, unless I say otherwise."""
    given: dict[str, Any] = {"owner": request.actor.member, "name": cleaned(request.GET.get("q", ""))[:200]}
    found = parse_uuid(request.GET.get("company", ""))
    if found and not kind.is_company:
        given["company"] = get_company(found, actor=request.actor).name
    return given


def _create(request: WorkspaceRequest, kind: Kind, given: dict[str, Any]) -> Any:
    if kind.is_company:
        return create_company(actor=request.actor, **given)
    company: Company | None = None
    if name := given.pop("company"):
        wanted = parse_uuid(request.GET.get("company", ""))
        company = _same(request, wanted, name) or get_or_create_company(name=name)
    return create_contact(actor=request.actor, company=company, **given)


def _same(request: WorkspaceRequest, company_id: uuid.UUID | None, name: str) -> Company | None:
    """The very company that the dialog was opened from, unless another name was typed: it may have namesakes."""
    try:
        found = get_company(company_id, actor=request.actor) if company_id else None
    except NotFound:
        return None
    return found if found is not None and found.name == name else None


@require_GET
@http_404
def similar_to_company(request: WorkspaceRequest) -> HttpResponse:
    """Below a name that is being typed: in "Add company", and wherever a deal or a person gets a company (?use)."""
    request.actor.require(Permission.VIEW)
    name = _typed(request, "name", "company")
    found = similar_companies(
        actor=request.actor,
        name=name,
        domain=_typed(request, "domain"),
        leave_out=parse_uuid(request.GET.get("not", "")),
    )
    return _similar(request, found, kind="company", name=name.strip(), use="use" in request.GET)


@require_GET
@http_404
def similar_to_person(request: WorkspaceRequest) -> HttpResponse:
    request.actor.require(Permission.VIEW)
    found = similar_contacts(
        actor=request.actor,
        name=_typed(request, "name"),
        email=_typed(request, "email"),
        phone=_typed(request, "phone"),
        leave_out=parse_uuid(request.GET.get("not", "")),
    )
    return _similar(request, found, kind="person")


def _similar(request: WorkspaceRequest, found: list[Any], **context: Any) -> HttpResponse:
    context |= {"found": found, "sure": any(each.is_sure for each in found)}
    return render(request, "customers/_similar.html", context)


def _typed(request: WorkspaceRequest, *names: str) -> str:
    """The field of that name, whatever prefix its form has."""
    for key, value in request.GET.items():
        if key.rpartition("-")[2] in names:
            return str(value).replace("\x00", "")[:LONGEST]
    return ""
