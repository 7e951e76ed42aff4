"""What changes a deal's stage or outcome: from the board, by drop or menu, and from the deal's own page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.errors import ExitCriteriaNotMet, InvalidInput, NotAllowed, NotFound, StagecraftError, StaleVersion
from core.htmx import trigger
from core.ids import parse_uuid
from core.templatetags.stagecraft import josa
from deals.forms import MoveForm, edit_form
from deals.models import Deal, Outcome
from deals.selectors.board import lane_heads
from deals.selectors.cards import just_moved_card
from deals.selectors.criteria import CRITERION_FIELDS, CriterionState, criteria_of
from deals.selectors.filters import DealFilter, Reader
from deals.selectors.live import last_change_of
from deals.selectors.visible import get_deal
from deals.services.criteria import check_criterion
from deals.services.edit_deal import edit_deal
from deals.services.move_deal import move_deal
from deals.services.placing import Edge, Place
from deals.services.undo_move import undo_move
from deals.views.deal import deal_fragment
from deals.views.edits import entered_value
from deals.views.my_day import row_moved
from deals.views.shared import lanes_changed, no_swap
from fields.selectors.definitions import is_custom
from pipeline.models import Stage
from tenancy.http import WorkspaceRequest
from tenancy.pages import http_404, notice
from tenancy.permissions import Permission

POLLS = 8


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the reader tried: a move to a stage, or (None) to win. `place` and `reason` go with it."""

    deal_id: uuid.UUID
    stage_id: uuid.UUID | None
    version: int | None
    place: Place = Edge.BOTTOM
    after: str | None = None
    reason: str = ""


@require_POST
@http_404
def move(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """A drop. Success: the card and both columns' heads. Refused: what is missing, to tick and fill right there."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        get_deal(deal_id, actor=request.actor)
        return failed(request, deal_id, _("This stage is gone. Reload the board."))
    after = request.POST.get("after")
    attempt = Attempt(
        deal_id=deal_id,
        stage_id=form.cleaned_data["stage"],
        version=form.cleaned_data["version"],
        place=Edge.BOTTOM if after is None else parse_uuid(after) or Edge.TOP,
        after=after,
        reason=form.cleaned_data["override_reason"],
    )
    return attempted(
        request, attempt, lambda version: _move(request, attempt, form.cleaned_data["stage"], version)
    )


def _move(
    request: WorkspaceRequest, attempt: Attempt, stage_id: uuid.UUID, version: int | None
) -> HttpResponse:
    deal = move_deal(
        deal_id=attempt.deal_id,
        to_stage=stage_id,
        actor=request.actor,
        expected_version=version,
        place=attempt.place,
        override_reason=attempt.reason,
    )
    return moved(request, deal)


def attempted(
    request: WorkspaceRequest, attempt: Attempt, go: Callable[[int | None], HttpResponse]
) -> HttpResponse:
    """Fill what was filled in, then go; all in one savepoint, so that a refusal leaves nothing half done."""
    try:
        with transaction.atomic():
            version = fill(request, attempt)
            return go(version)
    except ExitCriteriaNotMet:
        return refused(request, attempt)
    except StaleVersion as problem:
        return stale(request, problem.current, attempt)
    except (NotFound, NotAllowed):
        raise
    except StagecraftError as problem:
        return failed(request, attempt.deal_id, str(problem.detail))


def fill(request: WorkspaceRequest, attempt: Attempt) -> int | None:
    """Ticks and fields sent with a move ("fill in and move"). Returns the version to expect afterwards."""
    for text in request.POST.getlist("met"):
        criterion_id = parse_uuid(text)
        if criterion_id:
            check_criterion(deal_id=attempt.deal_id, criterion_id=criterion_id, met=True, actor=request.actor)
    changes: dict[str, Any] = {}
    for field in (*CRITERION_FIELDS, *(name for name in request.POST if is_custom(name))):
        form_class = edit_form(field)
        if form_class is None or not request.POST.get(field):
            continue
        form = form_class(request.POST)
        if not form.is_valid():
            raise InvalidInput.of(field, "; ".join(str(error) for error in form.errors.get(field, [])))
        changes[field] = entered_value(field, form.cleaned_data[field])
    if not changes:
        return attempt.version
    deal = edit_deal(
        deal_id=attempt.deal_id, changes=changes, actor=request.actor, expected_version=attempt.version
    )
    return deal.version


def moved(request: WorkspaceRequest, deal: Deal) -> HttpResponse:
    """The answer to a move that worked. Placed anew within its column: nothing to show that is not shown already."""
    left = deal.moved_from
    done = {"move-done": {"deal": str(deal.pk), "stage": str(deal.stage_id), "rank": deal.rank}}
    text = _("“%(deal)s” moved to %(stage)s.") % {
        "deal": deal.name,
        "stage": josa(deal.stage.name, "으로/로"),
    }
    undo_url = reverse("deals:undo", args=[request.workspace.slug, deal.pk]) + f"?version={deal.version}"
    if request.POST.get("surface") == "day" and left is not None:
        return trigger(row_moved(request, deal, text, undo_url), **done)
    if request.POST.get("surface") == "deal":
        response = on_deal(request, deal.pk)
        lanes_changed(response, {deal.stage_id, *([left.pk] if left else [])}, fresh=deal.pk)
    elif left is None:
        return trigger(no_swap(), **done)
    else:
        response = render(request, "deals/_moved.html", moved_context(request, deal, left))
    trigger(response, **done)
    return notice(response, text, strong=deal.stage.name, undo_url=undo_url)


def moved_context(request: WorkspaceRequest, deal: Deal, left: Stage) -> dict[str, Any]:
    """Both columns' heads, and the card as far as it is known: it asks again by itself for what the stage brings."""
    query = QueryDict(request.POST.get("query", ""))
    lanes = lane_heads(
        [left, deal.stage],
        actor=request.actor,
        chosen=DealFilter.read(query, reader=Reader.of(request.actor.member)),
        as_of=clock.now(),
    )
    return {
        "card": just_moved_card(deal, actor=request.actor, as_of=clock.now(), zone=request.workspace.zone),
        "lanes": lanes,
        "fresh": deal.pk,
        "polls_left": POLLS,
        "can_edit": True,
        "currency": request.workspace.currency,
    }


def refused(request: WorkspaceRequest, attempt: Attempt) -> HttpResponse:
    """What is missing, every criterion of the stages left behind with its tick or field."""
    deal = get_deal(attempt.deal_id, actor=request.actor)
    stage = Stage.objects.get(pk=attempt.stage_id) if attempt.stage_id else None
    states = [state for state in criteria_of(deal) if _guards(state, deal, stage)]
    missing = [state for state in states if not state.met and state.criterion.required]
    context = {
        "deal": deal,
        "attempt": attempt,
        "stage": stage,
        "states": states,
        "missing": missing,
        "fields": {
            state.criterion.subject: form_class()[state.criterion.subject]
            for state in missing
            if state.criterion.kind == "field" and (form_class := edit_form(state.criterion.subject))
        },
        "can_override": request.actor.can(Permission.OVERRIDE_GATE),
        "surface": request.POST.get("surface", "board"),
        "query": request.POST.get("query", ""),
    }
    response = render(request, "deals/_refused.html", context)
    response.headers["HX-Retarget"] = "#overlay"
    response.headers["HX-Reswap"] = "innerHTML"
    return trigger(response, **{"move-refused": {"deal": str(deal.pk)}})


def _guards(state: CriterionState, deal: Deal, target: Stage | None) -> bool:
    position = state.criterion.stage.position
    return deal.stage.position <= position and (target is None or position < target.position)


def stale(request: WorkspaceRequest, deal: Deal, attempt: Attempt) -> HttpResponse:
    """Somebody was quicker: the card goes where it now is, and the reader is told."""
    origin = parse_uuid(request.POST.get("from_stage", ""))
    text = told_of_other(deal, has_moved=origin is not None and origin != deal.stage_id)
    stages = {deal.stage_id, *([attempt.stage_id] if attempt.stage_id else [])}
    if origin:
        stages.add(origin)
    response = on_deal(request, deal.pk) if request.POST.get("surface") == "deal" else no_swap()
    trigger(response, **{"move-refused": {"deal": str(deal.pk)}, "dialog-done": {}, "day-changed": {}})
    return notice(lanes_changed(response, stages), text, strong=deal.name, kind="error")


def told_of_other(deal: Deal, *, has_moved: bool) -> str:
    """Who was quicker, and where the card now is."""
    change = last_change_of(deal)
    words = {
        "deal": deal.name,
        "who": change.by if change else _("Somebody else"),
        "stage": josa(deal.stage.name, "으로/로"),
    }
    if deal.outcome == Outcome.WON:
        return _("%(who)s won “%(deal)s” in the meantime.") % words
    if deal.outcome == Outcome.LOST:
        return _("%(who)s marked “%(deal)s” as lost in the meantime.") % words
    if has_moved:
        return _("%(who)s moved “%(deal)s” to %(stage)s in the meantime. It is shown there now.") % words
    return _("%(who)s changed “%(deal)s” in the meantime. It is shown as it now is.") % words


def failed(request: WorkspaceRequest, deal_id: uuid.UUID, text: str) -> HttpResponse:
    response = trigger(no_swap(), **{"move-refused": {"deal": str(deal_id)}})
    return notice(response, text, kind="error")


def on_deal(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """The deal anew, in its own place, whatever part of it or dialog over it has asked."""
    response = deal_fragment(request, deal_id)
    response.headers["HX-Retarget"] = "#deal"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


@require_POST
@http_404
def undo(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Take back the latest move, win or loss; only as long as nobody changed the deal since."""
    version = request.GET.get("version", "")
    before = get_deal(deal_id, actor=request.actor).stage_id
    try:
        with transaction.atomic():
            deal = undo_move(
                deal_id=deal_id,
                actor=request.actor,
                expected_version=int(version) if version.isdigit() else None,
            )
    except StaleVersion as problem:
        return stale(request, problem.current, Attempt(deal_id, None, None))
    except (NotFound, NotAllowed):
        raise
    except StagecraftError as problem:
        return failed(request, deal_id, str(problem.detail))
    response = lanes_changed(no_swap(), {before, deal.stage_id}, fresh=deal.pk)
    trigger(response, **{"deal-changed": {"deal": str(deal.pk)}, "day-changed": {}})
    return notice(
        response,
        _("Undone. “%(deal)s” is back in %(stage)s.") % {"deal": deal.name, "stage": deal.stage.name},
    )
