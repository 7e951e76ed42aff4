"""The lists of companies and of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from contacts.selectors.people import cleaned
from core.errors import NotFound
from customers.forms import FilterForm
from customers.kinds import COMPANY, PERSON, Kind
from customers.selectors.custom_filters import Chosen, chosen_of
from customers.selectors.lists import PEOPLES_ORDERS, Mark, Order, company_page
from customers.selectors.lists import people_page as read_people
from customers.views.shared import TABS
from fields.selectors.definitions import is_custom
from tenancy.http import WorkspaceRequest
from tenancy.pages import http_404, render_page
from tenancy.permissions import Permission

LABELS: dict[Order, str | Promise] = {
    Order.NAME: _("By name"),
    Order.NEWEST: _("Newest first"),
    Order.AMOUNT: _("By open amount"),
    Order.HEARD: _("By last contact"),
}
MAX_SEARCH = 100


@require_GET
@http_404
def companies_page(request: WorkspaceRequest) -> HttpResponse:
    return _answer(request, COMPANY, company_page, tuple(Order))


@require_GET
@http_404
def people_page(request: WorkspaceRequest) -> HttpResponse:
    return _answer(request, PERSON, read_people, PEOPLES_ORDERS)


@require_GET
@http_404
def filter_sheet(request: WorkspaceRequest, kind: Kind) -> HttpResponse:
    """The dialog with every added field. Sent back (?apply), the list of what it says, or what cannot be read."""
    chosen = _chosen(request, kind)
    list_url = kind.list_url(request.workspace.slug)
    if not chosen.fields:
        return redirect(list_url)
    applies = "apply" in request.GET
    form = FilterForm(request.GET if applies else None, chosen=chosen)
    keep = _kept(request)
    if applies and form.is_valid():
        said = {name: text for name, text in form.custom_parameters.items() if text}
        url = _with(list_url, keep | said)
        return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)
    context = {
        "kind": kind.key,
        "form": form,
        "keep": keep | {"apply": "1"},
        "action": kind.url("filter", request.workspace.slug),
        "clear_url": _with(list_url, keep),
    }
    if request.htmx:
        return render(request, "customers/_filter.html", context)
    return render_page(request, "customers/filter.html", context, current=TABS)


def _chosen(request: WorkspaceRequest, kind: Kind) -> Chosen:
    texts = {name: request.GET.getlist(name) for name in request.GET if is_custom(name)}
    member = request.actor.member
    return chosen_of(kind.model, texts, me=member.pk if member else None)


def _kept(request: WorkspaceRequest) -> dict[str, str]:
    """What stays in the address whatever is filtered: the search, and the order."""
    found = {"q": cleaned(request.GET.get("q", ""))[:MAX_SEARCH], "sort": request.GET.get("sort", "")[:20]}
    return {name: text.replace("\x00", "") for name, text in found.items() if text}


def _with(url: str, parameters: Mapping[str, str]) -> str:
    return f"{url}?{urlencode(parameters)}" if parameters else url


def _answer(request: WorkspaceRequest, kind: Kind, read: Any, offered: tuple[Order, ...]) -> HttpResponse:
    """The page; asked by htmx, the list for what is typed, or with ?after the rows that come next."""
    wanted, mark = request.GET.get("sort", ""), request.GET.get("after", "")[:600]
    order = next((each for each in offered if each == wanted), offered[0])
    after = Mark.parse(mark) if mark else None
    if mark and after is None:
        raise NotFound
    search = cleaned(request.GET.get("q", ""))[:MAX_SEARCH]
    chosen = _chosen(request, kind)
    page = read(actor=request.actor, search=search, order=order, chosen=chosen, after=after)
    context = {
        "kind": kind.key,
        "page": page,
        "search": search,
        "order": order,
        "orders": [(each, LABELS[each]) for each in offered],
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
        "list_url": kind.list_url(request.workspace.slug),
        "new_url": kind.url("new", request.workspace.slug),
        "is_more": after is not None,
        **_filter_context(request, kind, chosen),
    }
    if request.htmx and not request.htmx.history_restore_request:
        template = "customers/_rows.html" if after is not None else "customers/_list.html"
        return render(request, template, context)
    return render_page(request, "customers/list.html", context, current=TABS)


def _filter_context(request: WorkspaceRequest, kind: Kind, chosen: Chosen) -> dict[str, Any]:
    """What is asked of added fields, in words, each with the way to the list without it."""
    slug = request.workspace.slug
    list_url, keep, asked = kind.list_url(slug), _kept(request), chosen.parameters
    chips = [
        (name, words, _with(list_url, keep | {each: asked[each] for each in asked if each != name}))
        for name, words in chosen.said
    ]
    return {
        "chips": chips,
        "asked": asked,
        "clear_url": _with(list_url, keep),
        "filter_url": _with(kind.url("filter", slug), keep | asked) if chosen.fields else "",
    }
