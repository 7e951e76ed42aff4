"""One stage: what it is called and what it counts for."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import astuple

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.errors import InvalidInput, StaleVersion
from pipeline.forms import StageForm
from pipeline.models import Stage
from pipeline.registry import Effect, effects_of
from pipeline.selectors.designer import stage_in_use
from pipeline.services.change_stage import change_stage
from pipeline.views.shared import design_context, design_page
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice, render_settings
from tenancy.permissions import Permission


@require_http_methods(["GET", "POST"])
@http_404
def stage_page(request: WorkspaceRequest, stage_id: uuid.UUID) -> HttpResponse:
    """The stage opened in the designer; a POST saves its settings."""
    stage = stage_in_use(stage_id)
    if request.method == "GET":
        return design_page(request, stage.pipeline_id, stage)
    request.actor.require(Permission.DESIGN_PIPELINES)
    form = StageForm(request.POST, stage=stage)
    if not form.is_valid():
        return _form_again(request, stage, form)
    effects = effects_of(stage, form.settings(), actor=request.actor)
    if effects and form.cleaned_data["agreed"] != fingerprint(effects):
        return _form_again(request, stage, form, effects)
    try:
        with transaction.atomic():
            changed = change_stage(
                stage_id=stage_id,
                changes=form.changes(),
                actor=request.actor,
                expected_version=form.cleaned_data["seen"],
            )
    except InvalidInput as problem:
        add_errors(form, problem)
    except StaleVersion as problem:
        form = _overtaken(request.POST.copy(), problem)
    else:
        return _saved(request, changed)
    return _form_again(request, stage_in_use(stage_id), form)


@require_GET
@http_404
def effects(request: WorkspaceRequest, stage_id: uuid.UUID) -> HttpResponse:
    """What saving the form as it now stands would do to forecast and alerts."""
    stage = stage_in_use(stage_id)
    request.actor.require(Permission.DESIGN_PIPELINES)
    form = StageForm(request.GET, stage=stage)
    found = effects_of(stage, form.settings(), actor=request.actor) if form.is_valid() else []
    return render(request, "pipeline/_effects.html", {"effects": found, "agreed": fingerprint(found)})


def fingerprint(effects: Sequence[Effect]) -> str:
    """Names exactly these effects: who has read them may save at once, and other ones are shown first."""
    told = json.dumps([astuple(effect) for effect in effects], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest() if effects else ""


def _overtaken(data: QueryDict, problem: StaleVersion) -> StageForm:
    """What was typed stays; the next save is made in sight of the other change."""
    data["seen"] = problem.current.version
    again = StageForm(data, stage=problem.current)
    again.is_valid()
    again.add_error(
        None,
        _(
            "Somebody changed this stage in the meantime. See the changes below, then save again if yours still holds."
        ),
    )
    return again


def _form_again(
    request: WorkspaceRequest, stage: Stage, form: StageForm, effects: Sequence[Effect] = ()
) -> HttpResponse:
    context = design_context(request, stage.pipeline_id, stage) | {
        "form": form,
        "effects": effects,
        "agreed": fingerprint(effects),
        "asks": bool(effects),
    }
    if request.htmx:
        return render(request, "pipeline/_stage_form.html", context)
    return render_settings(request, "pipeline/pipeline.html", context, section="pipelines")


def _saved(request: WorkspaceRequest, stage: Stage) -> HttpResponse:
    if not request.htmx:
        return redirect("pipeline:stage", request.workspace.slug, stage.pk)
    context = design_context(request, stage.pipeline_id, stage_in_use(stage.pk))
    response = render(request, "pipeline/_stage_saved.html", context)
    return notice(response, _("Saved: %(name)s.") % {"name": stage.name}, strong=stage.name)
