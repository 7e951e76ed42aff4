"""The board and its columns."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contacts.services.find_company import get_or_create_company
from core import clock
from core.errors import InvalidInput, NotAllowed, NotFound, StagecraftError
from core.htmx import trigger
from core.ids import parse_uuid
from deals.forms import NewDealForm
from deals.models import Deal, ViewKind
from deals.selectors.board import Board, board_for, board_totals, card_for, lanes_for, next_cards
from deals.selectors.board_order import ORDERS, Order, order_named
from deals.selectors.visible import get_deal
from deals.services.create_deal import create_deal
from deals.templatetags.deal_cards import card_html
from deals.views.filters import chosen_filter, filter_context
from deals.views.saved_views import own_beginning
from deals.views.shared import lanes_changed
from pipeline.models import Pipeline, Stage
from pipeline.selectors.stages import pipeline_for_board, pipelines
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice, render_page
from tenancy.permissions import Permission

FOLDED = "folded"  # the cookie's name
POLLS = 8  # tries, a moment apart (board.js), to show a stage's tasks once the worker has made them


@require_GET
@http_404
def board_page(request: WorkspaceRequest, pipeline_id: uuid.UUID | None = None) -> HttpResponse:
    """The whole board; the filters are in the URL. Opened without any, it begins with the member's own view."""
    if pipeline_id is None and not request.GET and (begin := own_beginning(request, ViewKind.BOARD)):
        return begin
    chosen = chosen_filter(request)
    found = list(pipelines())
    if pipeline_id is None and found:
        # A saved view, and the list, name it in the query; one that is gone leaves the default.
        wanted = chosen.by_name.get("pipeline")
        pipeline_id = wanted if any(each.pk == wanted for each in found) else None
    pipeline = _chosen_pipeline(found, pipeline_id)
    if pipeline is None:
        context = {"can_design": request.actor.can(Permission.DESIGN_PIPELINES)}
        return render_page(request, "deals/board_without_pipeline.html", context, current="board")
    board = board_for(
        pipeline=pipeline,
        actor=request.actor,
        chosen=chosen,
        as_of=clock.now(),
        order=chosen_order(request),
    )
    context = board_context(request, board) | {"pipelines": found}
    context |= filter_context(request, chosen, kind=ViewKind.BOARD, pipeline_id=pipeline.pk)
    return render_page(request, "deals/board.html", context, current="board")


def chosen_order(request: WorkspaceRequest) -> Order:
    return order_named(request.GET.get("sort", ""))


def folded_stages(request: WorkspaceRequest) -> set[uuid.UUID]:
    """The columns that the reader has folded: in a cookie, so that the page comes as they left it and nothing shifts."""
    texts = request.COOKIES.get(FOLDED, "").split(".")[:100]
    return {stage_id for text in texts if (stage_id := parse_uuid(text))}


def _chosen_pipeline(found: list[Pipeline], pipeline_id: uuid.UUID | None) -> Pipeline | None:
    if pipeline_id is None:
        return found[0] if found else None
    for pipeline in found:
        if pipeline.pk == pipeline_id:
            return pipeline
    raise NotFound


def board_context(request: WorkspaceRequest, board: Board) -> dict[str, Any]:
    return {
        "board": board,
        "orders": list(ORDERS.values()),
        "folded": folded_stages(request),
        "query": request.GET.urlencode(),
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
        "can_design": request.actor.can(Permission.DESIGN_PIPELINES),
        "can_override": request.actor.can(Permission.OVERRIDE_GATE),
        "currency": board.currency,
    }


@require_GET
@http_404
def more_cards(request: WorkspaceRequest, stage_id: uuid.UUID) -> HttpResponse:
    """The next page of a column's cards, behind the mark given."""
    stage = _stage(stage_id)
    cards, after = next_cards(
        stage=stage,
        order=chosen_order(request),
        after=request.GET.get("after", "").replace("\x00", ""),
        actor=request.actor,
        chosen=chosen_filter(request),
        as_of=clock.now(),
    )
    context = {
        "cards": cards,
        "after": after,
        "stage": stage,
        "query": _without(request, "after"),
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
    }
    return render(request, "deals/_cards.html", context)


def _loaded(request: WorkspaceRequest) -> dict[uuid.UUID, int]:
    """How many cards of which column the reader had: "stage:cards,…"."""
    found = {}
    for part in request.GET.get("shown", "").split(","):
        text, _colon, count = part.partition(":")
        stage_id = parse_uuid(text)
        if stage_id and count.isdecimal() and len(count) < 6:
            found[stage_id] = int(count)
    return found


def _without(request: WorkspaceRequest, *names: str) -> str:
    """The query string without these parameters: what the next request of the same board sends."""
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return query.urlencode()


def _stage(stage_id: uuid.UUID) -> Stage:
    stage = Stage.objects.filter(pk=stage_id, archived_at=None).select_related("pipeline").first()
    if stage is None:
        raise NotFound
    return stage


@require_GET
@http_404
def fresh_lanes(request: WorkspaceRequest) -> HttpResponse:
    """Some columns anew, cards and totals: after anything that changed more than one card's own row."""
    stage_ids = {found for text in request.GET.get("stages", "").split(",") if (found := parse_uuid(text))}
    stage = Stage.objects.filter(pk__in=stage_ids, archived_at=None).first()
    if stage is None:
        raise NotFound
    lanes = lanes_for(
        pipeline_id=stage.pipeline_id,
        stage_ids=stage_ids,
        actor=request.actor,
        chosen=chosen_filter(request),
        as_of=clock.now(),
        order=chosen_order(request),
        shown=_loaded(request),
    )
    context = {
        "lanes": lanes,
        "folded": folded_stages(request),
        "query": _without(request, "stages", "fresh", "shown"),
        "fresh": parse_uuid(request.GET.get("fresh", "")),
        "polls_left": POLLS,
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
        "currency": request.workspace.currency,
    }
    return render(request, "deals/_lanes.html", context)


@require_GET
@http_404
def sums(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    """The line of totals above the board, anew: asked for once a row of changes has come to rest."""
    pipeline = _chosen_pipeline(list(pipelines()), pipeline_id)
    if pipeline is None:
        raise NotFound
    board = board_totals(
        pipeline=pipeline,
        actor=request.actor,
        chosen=chosen_filter(request),
        as_of=clock.now(),
    )
    return render(request, "deals/_board_sums.html", {"board": board, "currency": board.currency})


@require_GET
@http_404
def card(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """One card anew: after a move it asks a few times, until the stage's tasks are there. Gone: an empty answer."""
    found = card_for(deal_id, actor=request.actor, as_of=clock.now())
    if found is None:
        get_deal(deal_id, actor=request.actor)
        return HttpResponse()
    tries = int(request.GET.get("wait", "0")) if request.GET.get("wait", "0").isdigit() else 0
    html = card_html(
        found,
        slug=request.workspace.slug,
        can_edit=request.actor.can(Permission.EDIT_DEALS),
        polls_left=min(tries, POLLS) - 1 if found.awaits_tasks else 0,
    )
    return HttpResponse(html)


@require_http_methods(["GET", "POST"])
@http_404
def quick_add(request: WorkspaceRequest, stage_id: uuid.UUID) -> HttpResponse:
    """The small form on top of a column; posted, an empty one for the next deal, and word of the changed column."""
    stage = _stage(stage_id)
    if request.method == "GET":
        return render(request, "deals/_quick_add.html", {"form": NewDealForm(prefix="q"), "stage": stage})
    form = NewDealForm(request.POST, prefix="q")
    deal = _create(request, form, stage.pipeline, stage)
    if deal is None:
        return render(request, "deals/_quick_add.html", {"form": form, "stage": stage})
    response = render(request, "deals/_quick_add.html", {"form": NewDealForm(prefix="q"), "stage": stage})
    return _added(response, deal)


def _added(response: HttpResponse, deal: Deal) -> HttpResponse:
    """The column is fetched anew by the board (`lanes-changed`)."""
    lanes_changed(response, {deal.stage_id}, fresh=deal.pk)
    return notice(response, _("“%(deal)s” was added.") % {"deal": deal.name}, strong=deal.name)


@require_http_methods(["GET", "POST"])
@http_404
def new_deal(request: WorkspaceRequest) -> HttpResponse:
    """The dialog behind "Add deal"."""
    pipeline = pipeline_for_board(parse_uuid(request.GET.get("pipeline", "")))
    stages = Stage.objects.filter(pipeline=pipeline, archived_at=None).order_by("position")
    first = next((stage for stage in stages if not stage.is_lead), None)
    form = NewDealForm(request.POST or None, stages=stages, initial={"stage": first})
    if request.method == "POST":
        deal = _create(request, form, pipeline, None)
        if deal is not None:
            return trigger(_added(HttpResponse(), deal), **{"dialog-done": {}})
    return render(request, "deals/_new_deal.html", {"form": form, "pipeline": pipeline})


def _create(
    request: WorkspaceRequest, form: NewDealForm, pipeline: Pipeline, stage: Stage | None
) -> Deal | None:
    """The new deal, or None with the reasons on the form. One savepoint: a company is not made for a refused deal."""
    if not form.is_valid():
        return None
    values = form.cleaned_data
    try:
        with transaction.atomic():
            request.actor.require(Permission.EDIT_DEALS)
            return create_deal(
                actor=request.actor,
                name=values["name"],
                pipeline=pipeline,
                stage=stage or values.get("stage"),
                owner=request.actor.member,
                company=get_or_create_company(name=values["company"]) if values["company"] else None,
                amount=values["amount"],
                expected_close_date=values["expected_close_date"],
            )
    except InvalidInput as problem:
        add_errors(form, problem)
    except (NotAllowed, NotFound):
        raise
    except StagecraftError as problem:
        form.add_error(None, str(problem.detail))
    return None
