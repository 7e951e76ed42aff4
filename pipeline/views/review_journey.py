"""The first two steps of the stage review: the buyer's journey written down, and where a deal begins in it."""

from __future__ import annotations

import re
import uuid
from contextlib import suppress
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import Conflict, InvalidInput
from core.ids import parse_uuid
from pipeline.selectors.review import PipelineReview, review_of
from pipeline.services.journey import (
    MAX_STEPS,
    add_journey_step,
    begin_deals_at,
    change_journey_step,
    move_journey_step,
    remove_journey_step,
    restore_journey_step,
    start_journey,
)
from pipeline.views.review_pages import changed, page_context, refused, render_review
from tenancy.http import WorkspaceRequest
from tenancy.pages import http_404

PLACE = re.compile(r"[0-9]{1,3}")
FIELDS = ("buyer_does", "we_do", "stage")


@require_GET
@http_404
def journey_page(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    return render_review(request, "journey", journey_context(request, pipeline_id))


@require_GET
@http_404
def begin_page(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    return render_review(request, "begin", begin_context(request, pipeline_id))


@require_POST
@http_404
def start(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    """Fill an empty journey: source=stages, or the example."""
    review_of(pipeline_id)
    # Pressed twice, or by two people: what is there is shown.
    with suppress(Conflict):
        start_journey(
            pipeline_id=pipeline_id,
            actor=request.actor,
            language="ko" if (get_language() or "").startswith("ko") else "en",
            from_stages=request.POST.get("source") == "stages",
        )
    return changed(request, "journey", journey_context(request, pipeline_id))


@require_POST
@http_404
def add(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    review = review_of(pipeline_id)
    try:
        step = add_journey_step(pipeline_id=pipeline_id, actor=request.actor, **sent(request, review))
    except InvalidInput as problem:
        context = journey_context(request, pipeline_id)
        return refused(request, "journey", context | {"typed": request.POST, "add_error": problem.detail})
    context = journey_context(request, pipeline_id)
    return changed(request, "journey", context, events={"step-added": {"step": str(step.pk)}})


@require_POST
@http_404
def change(request: WorkspaceRequest, pipeline_id: uuid.UUID, step_id: uuid.UUID) -> HttpResponse:
    """Saves a row as it is left. What was typed stays where it is refused."""
    review = review_of(pipeline_id)
    try:
        change_journey_step(
            pipeline_id=pipeline_id, step_id=step_id, actor=request.actor, **sent(request, review)
        )
    except InvalidInput as problem:
        context = journey_context(request, pipeline_id)
        for step in context["steps"]:
            if step.pk == step_id:
                step.buyer_does, step.we_do = (request.POST.get(name, "") for name in FIELDS[:2])
        return refused(request, "journey", context | {"refused_step": step_id, "step_error": problem.detail})
    return changed(request, "journey", journey_context(request, pipeline_id))


@require_POST
@http_404
def move(request: WorkspaceRequest, pipeline_id: uuid.UUID, step_id: uuid.UUID) -> HttpResponse:
    """to: up, down, or a place counted from 0."""
    review = review_of(pipeline_id)
    places = [step.pk for step in review.journey.steps]
    here = places.index(step_id) if step_id in places else 0
    to = request.POST.get("to", "")
    place = {"up": here - 1, "down": here + 1}.get(to, int(to) if PLACE.fullmatch(to) else here)
    move_journey_step(pipeline_id=pipeline_id, step_id=step_id, place=place, actor=request.actor)
    return changed(request, "journey", journey_context(request, pipeline_id))


@require_POST
@http_404
def remove(request: WorkspaceRequest, pipeline_id: uuid.UUID, step_id: uuid.UUID) -> HttpResponse:
    review_of(pipeline_id)
    step = remove_journey_step(pipeline_id=pipeline_id, step_id=step_id, actor=request.actor)
    undo = reverse("pipeline:review_restore", args=[request.workspace.slug, pipeline_id, step_id])
    context = journey_context(request, pipeline_id)
    return changed(
        request, "journey", context, said=_("“%(step)s” was removed.") % {"step": step}, undo_url=undo
    )


@require_POST
@http_404
def restore(request: WorkspaceRequest, pipeline_id: uuid.UUID, step_id: uuid.UUID) -> HttpResponse:
    """The undo of a removal: its answer carries the journey out of band."""
    review_of(pipeline_id)
    restore_journey_step(pipeline_id=pipeline_id, step_id=step_id, actor=request.actor)
    return changed(request, "journey", journey_context(request, pipeline_id))


@require_POST
@http_404
def choose(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    """step: with which a lead becomes a deal."""
    review = review_of(pipeline_id)
    step_id = parse_uuid(request.POST.get("step", ""))
    if step_id is None or step_id not in {step.pk for step in review.journey.steps}:
        context = begin_context(request, pipeline_id)
        return refused(request, "begin", context | {"problem": _("Choose a step of the journey.")})
    begin_deals_at(pipeline_id=pipeline_id, step_id=step_id, actor=request.actor)
    return changed(request, "begin", begin_context(request, pipeline_id))


# What the pages show -------------------------------------------------------------------------------------------------


def sent(request: WorkspaceRequest, review: PipelineReview) -> dict[str, Any]:
    """The row as it was sent; a stage that is none of this pipeline's is refused like one that does not exist."""
    stage = request.POST.get("stage", "")
    stage_id = parse_uuid(stage)
    if stage and stage_id not in {found.pk for found in review.stages}:
        raise InvalidInput.of("stage", _("Choose a stage of this pipeline."), "invalid_choice")
    return {
        "buyer_does": request.POST.get("buyer_does", ""),
        "we_do": request.POST.get("we_do", ""),
        "stage_id": stage_id,
    }


def journey_context(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> dict[str, Any]:
    review = review_of(pipeline_id)
    steps = review.journey.steps
    return page_context(request, review, "journey") | {
        "steps": steps,
        "is_full": len(steps) >= MAX_STEPS,
        "max_steps": MAX_STEPS,
    }


def begin_context(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> dict[str, Any]:
    review = review_of(pipeline_id)
    return page_context(request, review, "begin") | {"journey": review.journey}
