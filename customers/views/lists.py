"""The lists of companies and of people."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from contacts.selectors.people import cleaned
from core.errors import NotFound
from customers.kinds import COMPANY, PERSON, Kind
from customers.selectors.lists import PEOPLES_ORDERS, Mark, Order, company_page
from customers.selectors.lists import people_page as read_people
from customers.views.shared import TABS
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


def _answer(request: WorkspaceRequest, kind: Kind, read: Any, offered: tuple[Order, ...]) -> HttpResponse:
    """The page; asked by htmx, the list for what is typed, or with ?after the rows that come next."""
    wanted, mark = request.GET.get("sort", ""), request.GET.get("after", "")[:600]
    order = next((each for each in offered if each == wanted), offered[0])
    after = Mark.parse(mark) if mark else None
    if mark and after is None:
        raise NotFound
    search = cleaned(request.GET.get("q", ""))[:MAX_SEARCH]
    page = read(actor=request.actor, search=search, order=order, after=after)
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
    }
    if request.htmx and not request.htmx.history_restore_request:
        template = "customers/_rows.html" if after is not None else "customers/_list.html"
        return render(request, template, context)
    return render_page(request, "customers/list.html", context, current=TABS)
