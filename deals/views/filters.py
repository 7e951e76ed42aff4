"""What board and list share of finding: the bar of filters, the sheet with all of them, the counts beside the quick ones."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core import clock
from core.htmx import trigger
from core.ids import parse_uuid
from deals.forms import FilterForm
from deals.models import ViewKind
from deals.selectors.board import board_totals
from deals.selectors.board_order import ORDERS, order_named
from deals.selectors.facets import PASSED
from deals.selectors.filter_counts import quick_counts
from deals.selectors.filter_words import Choices, chips
from deals.selectors.filters import DealFilter, Reader
from deals.selectors.saved_views import view_menu
from pipeline.selectors.stages import pipeline_for_board
from tenancy.http import WorkspaceRequest
from tenancy.pages import http_404
from tenancy.permissions import Permission

SHOWN_BY_A_BUTTON = ("owner", "team", "stalled", "no_task")  # the bar says these itself


def chosen_filter(request: WorkspaceRequest) -> DealFilter:
    """What the URL asks for."""
    return DealFilter.read(request.GET, reader=Reader.of(request.actor.member))


def kept(request: WorkspaceRequest) -> dict[str, str]:
    """What the URL holds besides the filter, and every link keeps: the order, and the view that one began with."""
    return {
        name: value for name in ("sort", "view") if (value := request.GET.get(name, "").replace("\x00", ""))
    }


def filter_context(
    request: WorkspaceRequest, chosen: DealFilter, *, kind: str, pipeline_id: uuid.UUID | None = None
) -> dict[str, Any]:
    """For the bar: what is chosen, in words and as links without it. Three queries, one more for each name asked."""
    choices = Choices()
    keep = kept(request)
    views = view_menu(actor=request.actor, kind=kind, active=parse_uuid(keep.get("view", "")))
    shown = chosen.on_board if kind == ViewKind.BOARD else chosen
    said = chips(shown, choices)
    query = view_query(request, chosen, kind=kind, pipeline_id=pipeline_id)
    return {
        "chosen": shown,
        "asked": shown.by_name,
        "choices": choices,
        "owner_text": next((chip.text for chip in said if chip.name in ("owner", "team")), ""),
        "team_size": choices.size(request.actor.member.team_id) if request.actor.member else 0,
        "chips": [chip for chip in said if not has_button(chip.name, shown)],
        "said": [chip.text for chip in said],
        "keep": urlencode(keep),
        "other_parameters": {**shown.without("q").parameters, **keep},
        "views": views,
        "view_kind": kind,
        "view_query": query,
        "is_changed": views.active is not None and views.active.query != query,
        "page_query": request.GET.urlencode(),
        "can_share": request.actor.can(Permission.SHARE_VIEWS),
    }


def has_button(name: str, chosen: DealFilter) -> bool:
    """Whether the bar itself shows that it is chosen."""
    return name in SHOWN_BY_A_BUTTON or (name == "close" and chosen.by_name["close"] == PASSED)


def view_query(
    request: WorkspaceRequest, chosen: DealFilter, *, kind: str, pipeline_id: uuid.UUID | None = None
) -> str:
    """The canonical query string that a saved view keeps: the filter, a board's pipeline, the order."""
    if pipeline_id is not None:
        chosen = chosen.on_board.plus(pipeline=pipeline_id)
    sort = request.GET.get("sort", "").replace("\x00", "")
    order = urlencode({"sort": sort}) if sort else ""
    return "&".join(part for part in (chosen.query, order) if part)


@require_GET
@http_404
def sheet(request: WorkspaceRequest) -> HttpResponse:
    """The dialog with every filter. Sent back (?apply), it answers with the new query, or with what cannot be read."""
    on_board = request.GET.get("for") != ViewKind.LIST
    chosen = chosen_filter(request)
    applies = "apply" in request.GET
    form = FilterForm(request.GET if applies else None, chosen=chosen, choices=Choices(), on_board=on_board)
    if applies and form.is_valid():
        found = urlencode({**form.filter.parameters, **kept(request)})
        response = HttpResponse(headers={"HX-Reswap": "none"})
        return trigger(response, **{"filters-chosen": {"query": found}, "dialog-done": {}})
    context = {"form": form, "on_board": on_board, "chosen": chosen, "keep": kept(request)}
    return render(request, "deals/_filter_sheet.html", context)


@require_GET
@http_404
def counts(request: WorkspaceRequest, pipeline_id: uuid.UUID | None = None) -> HttpResponse:
    """The numbers on the quick filters: asked for by the page once it stands."""
    if pipeline_id is not None:
        pipeline_for_board(pipeline_id)
    found = quick_counts(
        actor=request.actor, chosen=chosen_filter(request), as_of=clock.now(), pipeline_id=pipeline_id
    )
    return render(request, "deals/_filter_counts.html", {"counts": found})


@require_GET
@http_404
def bar(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    """The board's filters and totals anew, after a choice that did not load the page."""
    pipeline = pipeline_for_board(pipeline_id)
    chosen = chosen_filter(request)
    board = board_totals(pipeline=pipeline, actor=request.actor, chosen=chosen, as_of=clock.now())
    board.order = order_named(request.GET.get("sort", ""))
    context = {
        "board": board,
        "orders": list(ORDERS.values()),
        "currency": board.currency,
        **filter_context(request, chosen, kind=ViewKind.BOARD, pipeline_id=pipeline.pk),
    }
    return render(request, "deals/_board_filters.html", context)
