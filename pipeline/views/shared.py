"""How the designer answers: as a whole page, or with its two halves anew."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from core.errors import NotFound
from core.htmx import trigger
from pipeline.forms import QUESTION_HINTS, NewStageForm, PipelineNameForm, StageForm
from pipeline.models import Pipeline, Stage
from pipeline.registry import pages
from pipeline.selectors.designer import changes_of, design_of, entry_tasks_of, question_groups, stage_in_use
from pipeline.selectors.review import review_state, stage_findings
from pipeline.selectors.stages import pipelines
from tenancy.http import WorkspaceRequest
from tenancy.pages import notice, render_settings
from tenancy.permissions import Permission


def pipeline_in_use(pipeline_id: uuid.UUID) -> Pipeline:
    """Raises NotFound."""
    found = pipelines().filter(pk=pipeline_id).first()
    if found is None:
        raise NotFound
    return found


def design_page(
    request: WorkspaceRequest, pipeline_id: uuid.UUID, stage: Stage | None = None, **more: Any
) -> HttpResponse:
    """The whole page of a pipeline, with one stage opened or none."""
    context = design_context(request, pipeline_id, stage) | more
    return render_settings(request, "pipeline/pipeline.html", context, section="pipelines")


def design_context(
    request: WorkspaceRequest, pipeline_id: uuid.UUID, stage: Stage | None = None
) -> dict[str, Any]:
    """What both halves need. Fourteen queries at most."""
    design = design_of(pipeline_id)
    context: dict[str, Any] = {
        "design": design,
        "pipeline": design.pipeline,
        "may_design": request.actor.can(Permission.DESIGN_PIPELINES),
        "name_form": PipelineNameForm(initial={"name": design.pipeline.name}),
        "stage_form": NewStageForm(),
        "stage": None,
        "pages": pages(),
        "review": review_state(design.pipeline, stages=[row.stage for row in design.rows]),
    }
    targets = [design.pipeline.pk, *(row.stage.pk for row in design.rows)]
    if stage is not None:
        context |= stage_context(stage)
        targets = [stage.pk]
    return context | {"changes": changes_of(targets)}


def stage_context(stage: Stage, form: forms.Form | None = None) -> dict[str, Any]:
    """What the opened stage needs. Two queries."""
    return {
        "stage": stage,
        "findings": stage_findings(stage),
        "form": form or StageForm(stage=stage),
        "groups": [(group, QUESTION_HINTS[group.question]) for group in question_groups(stage)],
        "entry_tasks": entry_tasks_of(stage),
    }


def designer_again(
    request: WorkspaceRequest,
    pipeline_id: uuid.UUID,
    *,
    stage_id: uuid.UUID | None = None,
    said: str = "",
    undo_url: str = "",
    kind: str = "info",
) -> HttpResponse:
    """After a change: both halves for htmx, and word of it; else the page."""
    if not request.htmx:
        if said:
            messages.add_message(
                request, messages.ERROR if kind == "error" else messages.SUCCESS, said, undo_url
            )
        if stage_id:
            return redirect("pipeline:stage", request.workspace.slug, stage_id)
        return redirect("pipeline:pipeline", request.workspace.slug, pipeline_id)
    stage = stage_in_use(stage_id) if stage_id else None
    response = render(request, "pipeline/_designer.html", design_context(request, pipeline_id, stage))
    response.headers["HX-Retarget"] = "#designer"
    response.headers["HX-Reswap"] = "outerMorph"
    trigger(response, **{"dialog-done": True})
    return notice(response, said, undo_url=undo_url, kind=kind) if said else response


def stage_again(request: WorkspaceRequest, stage: Stage, **more: Any) -> HttpResponse:
    return designer_again(request, stage.pipeline_id, stage_id=stage.pk, **more)
