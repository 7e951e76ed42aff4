"""The list of deals: the board's filters over rows that are ordered, edited in place and exported."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from core.errors import InvalidInput, StaleVersion
from core.money import plain
from deals.forms import edit_form
from deals.models import Deal, ViewKind
from deals.selectors.columns import (
    COLUMNS,
    FIRST,
    USUAL,
    Column,
    Sort,
    all_columns,
    columns_named,
    known_names,
)
from deals.selectors.deal_rows import DealRows
from deals.selectors.saved_views import columns_of
from deals.selectors.visible import get_deal
from deals.services.edit_deal import edit_deal
from deals.services.saved_views import set_columns
from deals.views.edits import entered_value, initial_of
from deals.views.filters import chosen_filter, filter_context
from deals.views.saved_views import own_beginning
from deals.views.shared import lanes_changed
from fields.selectors.definitions import is_custom
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice, render_page
from tenancy.permissions import Permission

IN_PLACE = ("name", "amount", "expected_close_date", "owner", "source")


@require_GET
@http_404
def list_page(request: WorkspaceRequest) -> HttpResponse:
    """The page; ?after=… the rows behind that mark; asked by htmx, the list alone, after a choice of a filter."""
    if not request.GET and (begin := own_beginning(request, ViewKind.LIST)):
        return begin
    after = request.GET.get("after", "").replace("\x00", "")
    if after:
        return more_rows(request, after)
    if "totals" in request.GET:
        rows = list_rows(request, [FIRST])
        context = {"totals": rows.totals(chosen_filter(request)), "currency": request.workspace.currency}
        return render(request, "deals/_list_totals.html", context)
    context = list_context(request)
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "deals/_list.html", context)
    return render_page(request, "deals/list.html", context, current="board")


def list_context(request: WorkspaceRequest) -> dict[str, Any]:
    chosen = chosen_filter(request)
    found = filter_context(request, chosen, kind=ViewKind.LIST)
    names = shown_columns(request, found["views"].active)
    rows, sort = list_rows(request, names), Sort.read(request.GET.get("sort", ""))
    page = rows.page(chosen=chosen, sort=sort)
    return found | {
        **row_context(request, rows),
        "rows": page.rows,
        "next": page.next,
        "totals": rows.totals(chosen),
        "heads": heads(rows.columns, sort),
        "column_names": _names(rows.columns),
        "can_export": request.actor.can(Permission.EXPORT_DEALS),
        "query": request.GET.urlencode(),
    }


def shown_columns(request: WorkspaceRequest, view: Any = None) -> list[str]:
    """Those that the URL names, else the view's, else the member's own."""
    named = known_names(request.GET.get("columns", "").split(","))
    return named or (view.columns if view is not None else []) or columns_of(request.actor)


def list_rows(request: WorkspaceRequest, names: list[str]) -> DealRows:
    return DealRows(actor=request.actor, as_of=clock.now(), columns=columns_named(names))


def row_context(request: WorkspaceRequest, rows: DealRows) -> dict[str, Any]:
    """What every row is drawn with."""
    return {
        "columns": rows.columns,
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
        "currency": request.workspace.currency,
    }


def more_rows(request: WorkspaceRequest, after: str) -> HttpResponse:
    """The next rows, in the columns that the page says it has."""
    rows = list_rows(request, shown_columns(request))
    page = rows.page(chosen=chosen_filter(request), sort=Sort.read(request.GET.get("sort", "")), after=after)
    query = request.GET.copy()
    query.pop("after", None)
    query.pop("columns", None)
    context = {
        **row_context(request, rows),
        "rows": page.rows,
        "next": page.next,
        "query": query.urlencode(),
        "column_names": _names(rows.columns),
    }
    return render(request, "deals/_list_rows.html", context)


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head. `to`: the order that a press on it asks for, "" where it sorts nothing; `now`: aria-sort."""

    column: Column
    to: str = ""
    now: str = ""


def heads(columns: Sequence[Column], sort: Sort) -> list[Head]:
    """Figures begin with the largest, words with the first."""
    found = []
    for column in columns:
        if column.order is None:
            found.append(Head(column))
            continue
        first, other = (
            (f"-{column.name}", column.name) if column.is_figure else (column.name, f"-{column.name}")
        )
        now = ""
        if sort.column == column.name:
            now = "descending" if sort.name.startswith("-") else "ascending"
        found.append(Head(column, other if sort.name == first else first, now))
    return found


# Columns ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@http_404
def columns(request: WorkspaceRequest) -> HttpResponse:
    """The dialog that chooses and orders the columns; posted, the page anew with them."""
    error = ""
    if request.method == "POST":
        usual = "usual" in request.POST
        wanted = list(USUAL) if usual else request.POST.getlist("column")
        try:
            set_columns(actor=request.actor, columns=wanted)
        except InvalidInput as problem:
            error = str(problem.detail)
        else:
            # A view may have columns of its own; what one has just chosen goes before them.
            query = request.GET.copy()
            query.pop("columns", None)
            if request.GET.get("view"):
                query["columns"] = ",".join(known_names(wanted))
            url = reverse("deals:list", args=[request.workspace.slug])
            return HttpResponse(headers={"HX-Redirect": f"{url}?{query.urlencode() or 'view=none'}"})
    shown = [column.name for column in columns_named(shown_columns(request))]
    known = all_columns()
    offered = [known[name] for name in (*shown, *(name for name in known if name not in shown))]
    context = {
        "offered": [(column, column.name in shown) for column in offered if column.name != FIRST],
        "first": COLUMNS[FIRST],
        "error": error,
        "query": request.GET.urlencode(),
    }
    return render(request, "deals/_columns.html", context)


# A cell -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@http_404
def cell(request: WorkspaceRequest, deal_id: uuid.UUID, field: str) -> HttpResponse:
    """One field, edited where it stands; ?plain draws the row as it is; ?to=… sets a value back (undo)."""
    deal = get_deal(deal_id, actor=request.actor)
    form_class = edit_form(field, deal_id) if field in IN_PLACE or is_custom(field) else None
    if form_class is None:
        raise Http404
    if request.method == "GET" and "plain" in request.GET:
        return row_fragment(request, deal_id)
    request.actor.require(Permission.EDIT_DEALS)
    auto_id = f"cell_{deal_id.hex}_%s"
    if request.method == "GET":
        return cell_form(
            request, deal, field, form_class(initial={field: field_text(deal, field)}, auto_id=auto_id)
        )
    undoes = "to" in request.GET
    values: QueryDict = request.POST
    if undoes:
        values = request.GET.copy()
        values.setlist(field, [text for text in request.GET.getlist("to") if text])
    return change_cell(request, deal, field, form_class(values, auto_id=auto_id), undoes=undoes)


def change_cell(
    request: WorkspaceRequest, deal: Deal, field: str, form: forms.Form, *, undoes: bool
) -> HttpResponse:
    """Save what the form says, or say why not: with the field, with the row as somebody else left it."""
    version = str(form.data.get("version", ""))
    before = field_text(deal, field)
    if form.is_valid():
        try:
            with transaction.atomic():
                changed = edit_deal(
                    deal_id=deal.pk,
                    changes={field: entered_value(field, form.cleaned_data[field])},
                    actor=request.actor,
                    expected_version=int(version) if version.isdigit() else None,
                )
        except StaleVersion:
            text = _("Somebody changed this deal in the meantime. Look at it as it now is, then try again.")
            return notice(row_fragment(request, deal.pk), text, kind="error")
        except InvalidInput as problem:
            add_errors(form, problem)
        else:
            return cell_saved(request, deal, changed, field, before, undoes=undoes)
    if undoes:
        text = _("This can no longer be taken back.")
        return notice(row_fragment(request, deal.pk), text, kind="error")
    return cell_form(request, deal, field, form)


def cell_saved(
    request: WorkspaceRequest, deal: Deal, changed: Deal, field: str, before: Any, *, undoes: bool
) -> HttpResponse:
    """The row as it now is, word to the totals, and the way back."""
    response = row_fragment(request, changed.pk)
    if changed.version == deal.version:
        return response
    lanes_changed(response, {changed.stage_id})
    if undoes:
        return notice(response, _("Undone."))
    url = reverse("deals:cell", args=[request.workspace.slug, changed.pk, field])
    query = request.GET.copy()
    # Of several choices, none: the name alone says that something is undone.
    query.setlist("to", (before if isinstance(before, list) else [str(before or "")]) or [""])
    query["version"] = str(changed.version)
    text = _("“%(deal)s” was changed.") % {"deal": changed.name}
    return notice(response, text, strong=changed.name, undo_url=f"{url}?{query.urlencode()}")


def cell_form(request: WorkspaceRequest, deal: Deal, field: str, form: Any) -> HttpResponse:
    context = {
        "deal": deal,
        "field": field,
        "form": form,
        "bound": form[field],
        "query": request.GET.urlencode(),
    }
    response = render(request, "deals/_cell_form.html", context)
    response.headers["HX-Retarget"] = f"#cell-{deal.pk}-{field}"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def row_fragment(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """One row anew, in the columns that the page says it has."""
    rows = list_rows(request, shown_columns(request))
    context = row_context(request, rows) | {"rows": rows.of([deal_id])}
    response = render(request, "deals/_list_rows.html", context)
    response.headers["HX-Retarget"] = f"#row-{deal_id}"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def _names(columns: Sequence[Column]) -> str:
    return ",".join(column.name for column in columns)


def field_text(deal: Deal, field: str) -> Any:
    """The field as its form shows it, and as undo sets it back: a text, or a list of several choices."""
    if is_custom(field):
        return initial_of(deal, field)
    value = getattr(deal, field)
    if field == "owner":
        return str(deal.owner_id or "")
    if field == "amount":
        return plain(value) or ""
    return value.isoformat() if field == "expected_close_date" and value else str(value or "")
