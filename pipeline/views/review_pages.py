"""What every page of the stage review shares: the pipeline, how far the walk has come, and how an answer is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.htmx import trigger
from pipeline.models import Stage
from pipeline.selectors.review import PipelineReview, WalkStep
from tenancy.http import WorkspaceRequest
from tenancy.pages import notice, render_settings
from tenancy.permissions import Permission


@dataclass(frozen=True, slots=True)
class Stop:
    """An entry of the walk's menu. Exactly one is lit: what is to do next."""

    key: str
    name: str
    url: str
    is_done: bool
    is_current: bool
    is_next: bool
    stage: Stage | None = None


def stop_url(request: WorkspaceRequest, review: PipelineReview, step: WalkStep) -> str:
    ids: list[Any] = [request.workspace.slug, review.pipeline.pk]
    if step.stage is not None:
        return reverse("pipeline:review_stage", args=[*ids, step.stage.pk])
    return reverse(f"pipeline:review_{step.key}", args=ids)


def stops(
    request: WorkspaceRequest, review: PipelineReview, current: str, stage: Stage | None = None
) -> list[Stop]:
    names = {"journey": _("The buyer's journey"), "begin": _("Where a deal begins"), "result": _("Result")}
    state = review.state
    upcoming = state.next
    return [
        Stop(
            key=step.key,
            name=step.stage.name if step.stage else names[step.key],
            url=stop_url(request, review, step),
            is_done=step.is_done,
            is_current=step.key == current and step.stage == stage,
            is_next=(step.key, step.stage) == (upcoming.key, upcoming.stage),
            stage=step.stage,
        )
        for step in (*state.walk, WalkStep("result", state.is_done))
    ]


def page_context(
    request: WorkspaceRequest, review: PipelineReview, current: str, stage: Stage | None = None
) -> dict[str, Any]:
    walk = stops(request, review, current, stage)
    at = next(index for index, stop in enumerate(walk) if stop.is_current)
    return {
        "review": review,
        "pipeline": review.pipeline,
        "state": review.state,
        "walk": walk,
        "before": walk[at - 1] if at else None,
        "after": walk[at + 1] if at + 1 < len(walk) else None,
        "can_design": request.actor.can(Permission.DESIGN_PIPELINES),
    }


def render_review(request: WorkspaceRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    context = context | {"part": f"pipeline/_review_{name}.html"}
    return render_settings(request, "pipeline/review.html", context, section="pipelines")


def changed(
    request: WorkspaceRequest,
    name: str,
    context: dict[str, Any],
    *,
    said: str = "",
    undo_url: str = "",
    events: dict[str, Any] | None = None,
) -> HttpResponse:
    """After a change: the part `_review_<name>.html` and the walk's menu anew; without a script, the page itself."""
    if not request.htmx:
        here = next(stop.url for stop in context["walk"] if stop.is_current)
        return redirect(here)
    response = fragment(request, name, context | {"saved": True})
    if events:
        trigger(response, **events)
    return notice(response, said, undo_url=undo_url) if said else response


def refused(request: WorkspaceRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """A refusal that one meets in daily work: the same place with the reason, nothing lost."""
    if not request.htmx:
        return render_review(request, name, context)
    return fragment(request, name, context)


def fragment(request: WorkspaceRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    context = context | {"part": f"pipeline/_review_{name}.html"}
    return render(request, "pipeline/_review_changed.html", context)
