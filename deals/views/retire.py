"""Taking a stage or a pipeline out of use: a dialog that asks where its open deals go."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.errors import Conflict, InvalidInput
from deals.forms import RetireForm
from deals.selectors.occupancy import open_deals_by_stage
from deals.services.retire_stage import Retired, retire_pipeline, retire_stage
from pipeline.models import Pipeline, Stage
from pipeline.selectors.designer import design_of, stage_in_use
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, posted
from tenancy.permissions import Permission


@require_http_methods(["GET", "POST"])
@http_404
def stage(request: WorkspaceRequest, stage_id: uuid.UUID) -> HttpResponse:
    """Retire one stage."""
    found = stage_in_use(stage_id)
    request.actor.require(Permission.DESIGN_PIPELINES)
    after = reverse("pipeline:pipeline", args=[request.workspace.slug, found.pipeline_id])

    def retire(to_stage: uuid.UUID | None, automate: bool) -> Retired:
        return retire_stage(stage_id=stage_id, to_stage=to_stage, automate=automate, actor=request.actor)

    return _asked(request, found, [found], retire, after)


@require_http_methods(["GET", "POST"])
@http_404
def pipeline(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    """Archive a whole pipeline."""
    design = design_of(pipeline_id)
    request.actor.require(Permission.DESIGN_PIPELINES)
    after = reverse("pipeline:pipelines", args=[request.workspace.slug])

    def retire(to_stage: uuid.UUID | None, automate: bool) -> Retired:
        return retire_pipeline(
            pipeline_id=pipeline_id, to_stage=to_stage, automate=automate, actor=request.actor
        )

    return _asked(request, design.pipeline, [row.stage for row in design.rows], retire, after)


def _asked(
    request: WorkspaceRequest,
    subject: Stage | Pipeline,
    stages: Sequence[Stage],
    retire: Callable[[uuid.UUID | None, bool], Retired],
    after: str,
) -> HttpResponse:
    ids = [each.pk for each in stages]
    count = sum(open_deals_by_stage(ids).values())
    form = RetireForm(posted(request), leaving=stages, needed=bool(count))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                done = retire(form.cleaned_data["to_stage"], form.cleaned_data["automate"])
            messages.success(request, _said(done))
            response = HttpResponse(status=204)
            response.headers["HX-Redirect"] = after
            return response
        except InvalidInput as problem:
            add_errors(form, problem)
        except Conflict as problem:
            form.add_error(None, str(problem.detail))
    context = {
        "subject": subject,
        "is_pipeline": isinstance(subject, Pipeline),
        "count": count,
        "form": form,
        "url": request.path,
    }
    return render(request, "deals/_retire.html", context)


def _said(done: Retired) -> str:
    if done.to_stage is None:
        return _("“%(name)s” is out of use.") % {"name": done.name}
    return ngettext(
        "“%(name)s” is out of use; %(count)s deal went to “%(stage)s”.",
        "“%(name)s” is out of use; %(count)s deals went to “%(stage)s”.",
        done.moved,
    ) % {"name": done.name, "count": done.moved, "stage": done.to_stage.name}
