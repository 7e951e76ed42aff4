"""Exit criteria in the designer: made and changed in a dialog, put in order, removed with undo."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Conflict, InvalidInput
from pipeline.forms import CriterionForm, looks_at
from pipeline.models import ExitCriterion, Stage
from pipeline.models.criteria import Question
from pipeline.selectors.designer import criterion_in_use, stage_in_use
from pipeline.services.criteria import (
    add_criterion,
    archive_criterion,
    change_criterion,
    restore_criterion,
    step_criterion,
)
from pipeline.views.shared import stage_again
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, posted
from tenancy.permissions import Permission


@require_http_methods(["GET", "POST"])
@http_404
def new(request: WorkspaceRequest, stage_id: uuid.UUID) -> HttpResponse:
    """The dialog for a new criterion; `?question=` says which of the four it answers."""
    stage = stage_in_use(stage_id)
    request.actor.require(Permission.DESIGN_PIPELINES)
    asked = request.GET.get("question", "")
    initial = {"question": asked if asked in Question.values else Question.WE_KNOW, "required": True}
    form = CriterionForm(posted(request), stage=stage, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                add_criterion(stage_id=stage_id, actor=request.actor, **form.values())
            return stage_again(request, stage)
        except InvalidInput as problem:
            add_errors(form, problem)
    return _dialog(request, stage, form)


@require_http_methods(["GET", "POST"])
@http_404
def edit(request: WorkspaceRequest, criterion_id: uuid.UUID) -> HttpResponse:
    criterion = criterion_in_use(criterion_id)
    request.actor.require(Permission.DESIGN_PIPELINES)
    initial = {
        "name": criterion.name,
        "question": criterion.question,
        "looks_at": looks_at(criterion.kind, criterion.subject),
        "required": criterion.required,
    }
    form = CriterionForm(posted(request), stage=criterion.stage, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                change_criterion(criterion_id=criterion_id, changes=form.values(), actor=request.actor)
            return stage_again(request, criterion.stage)
        except InvalidInput as problem:
            add_errors(form, problem)
    return _dialog(request, criterion.stage, form, criterion)


@require_POST
@http_404
def step(request: WorkspaceRequest, criterion_id: uuid.UUID) -> HttpResponse:
    """One place up (`up`) or down."""
    criterion = criterion_in_use(criterion_id)
    step_criterion(criterion_id=criterion_id, up="up" in request.POST, actor=request.actor)
    return stage_again(request, criterion.stage)


@require_POST
@http_404
def remove(request: WorkspaceRequest, criterion_id: uuid.UUID) -> HttpResponse:
    criterion = criterion_in_use(criterion_id)
    archive_criterion(criterion_id=criterion_id, actor=request.actor)
    undo = reverse("pipeline:criterion_restore", args=[request.workspace.slug, criterion_id])
    said = _("“%(name)s” is no longer asked for.") % {"name": criterion.name}
    return stage_again(request, criterion.stage, said=said, undo_url=undo)


@require_POST
@http_404
def restore(request: WorkspaceRequest, criterion_id: uuid.UUID) -> HttpResponse:
    """Undo of `remove`."""
    try:
        with transaction.atomic():
            criterion = restore_criterion(criterion_id=criterion_id, actor=request.actor)
    except Conflict as problem:
        gone = ExitCriterion.objects.select_related("stage").get(pk=criterion_id)
        return stage_again(request, gone.stage, said=str(problem.detail), kind="error")
    return stage_again(request, criterion.stage)


def _dialog(
    request: WorkspaceRequest, stage: Stage, form: CriterionForm, criterion: ExitCriterion | None = None
) -> HttpResponse:
    return render(
        request, "pipeline/_criterion_dialog.html", {"stage": stage, "form": form, "criterion": criterion}
    )
