"""Stage-entry tasks in the designer."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Conflict, InvalidInput
from pipeline.forms import EntryTaskForm
from pipeline.models import EntryTask, Stage
from pipeline.selectors.designer import entry_task_in_use, stage_in_use
from pipeline.services.entry_tasks import (
    add_entry_task,
    archive_entry_task,
    change_entry_task,
    restore_entry_task,
    step_entry_task,
)
from pipeline.views.shared import stage_again
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, posted
from tenancy.permissions import Permission


@require_http_methods(["GET", "POST"])
@http_404
def new(request: WorkspaceRequest, stage_id: uuid.UUID) -> HttpResponse:
    stage = stage_in_use(stage_id)
    request.actor.require(Permission.DESIGN_PIPELINES)
    form = EntryTaskForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                add_entry_task(stage_id=stage_id, actor=request.actor, **form.cleaned_data)
            return stage_again(request, stage)
        except InvalidInput as problem:
            add_errors(form, problem)
    return _dialog(request, stage, form)


@require_http_methods(["GET", "POST"])
@http_404
def edit(request: WorkspaceRequest, entry_task_id: uuid.UUID) -> HttpResponse:
    task = entry_task_in_use(entry_task_id)
    request.actor.require(Permission.DESIGN_PIPELINES)
    form = EntryTaskForm(posted(request), initial={"name": task.name, "due_days": task.due_days})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                change_entry_task(entry_task_id=entry_task_id, changes=form.cleaned_data, actor=request.actor)
            return stage_again(request, task.stage)
        except InvalidInput as problem:
            add_errors(form, problem)
    return _dialog(request, task.stage, form, task)


@require_POST
@http_404
def step(request: WorkspaceRequest, entry_task_id: uuid.UUID) -> HttpResponse:
    """One place up (`up`) or down."""
    task = entry_task_in_use(entry_task_id)
    step_entry_task(entry_task_id=entry_task_id, up="up" in request.POST, actor=request.actor)
    return stage_again(request, task.stage)


@require_POST
@http_404
def remove(request: WorkspaceRequest, entry_task_id: uuid.UUID) -> HttpResponse:
    task = entry_task_in_use(entry_task_id)
    try:
        with transaction.atomic():
            archive_entry_task(entry_task_id=entry_task_id, actor=request.actor)
    except Conflict as problem:
        return stage_again(request, task.stage, said=str(problem.detail), kind="error")
    undo = reverse("pipeline:entry_task_restore", args=[request.workspace.slug, entry_task_id])
    said = _("“%(name)s” is no longer made. Tasks that it made stay.") % {"name": task.name}
    return stage_again(request, task.stage, said=said, undo_url=undo)


@require_POST
@http_404
def restore(request: WorkspaceRequest, entry_task_id: uuid.UUID) -> HttpResponse:
    """Undo of `remove`."""
    task = restore_entry_task(entry_task_id=entry_task_id, actor=request.actor)
    return stage_again(request, task.stage)


def _dialog(
    request: WorkspaceRequest, stage: Stage, form: EntryTaskForm, task: EntryTask | None = None
) -> HttpResponse:
    return render(
        request, "pipeline/_entry_task_dialog.html", {"stage": stage, "form": form, "entry_task": task}
    )
