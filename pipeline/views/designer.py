"""The workspace's pipelines, and the stages of one."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import InvalidInput
from core.ids import parse_uuid
from pipeline.forms import NewPipelineForm, NewStageForm, PipelineNameForm
from pipeline.selectors.designer import archived_pipelines, pipeline_rows
from pipeline.services.add_stage import add_stage, restore_stage
from pipeline.services.change_pipeline import make_default, rename_pipeline, restore_pipeline
from pipeline.services.create_pipeline import copy_pipeline, create_pipeline
from pipeline.services.order_stages import order_stages
from pipeline.views.shared import design_page, designer_again, pipeline_in_use
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, posted, render_settings
from tenancy.permissions import Permission


@require_GET
def pipelines_page(request: WorkspaceRequest) -> HttpResponse:
    """Every pipeline in use, and those that were archived."""
    context = {
        "rows": pipeline_rows(),
        "archived": archived_pipelines(),
        "may_design": request.actor.can(Permission.DESIGN_PIPELINES),
    }
    return render_settings(request, "pipeline/pipelines.html", context, section="pipelines")


@require_http_methods(["GET", "POST"])
@http_404
def new_pipeline(request: WorkspaceRequest) -> HttpResponse:
    """From a ready template, or empty."""
    request.actor.require(Permission.DESIGN_PIPELINES)
    form = NewPipelineForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = create_pipeline(**form.cleaned_data, actor=request.actor)
            return redirect("pipeline:pipeline", request.workspace.slug, made.pk)
        except InvalidInput as problem:
            add_errors(form, problem)
    return render_settings(request, "pipeline/new_pipeline.html", {"form": form}, section="pipelines")


@require_http_methods(["GET", "POST"])
@http_404
def copy(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    """A copy under another name."""
    original = pipeline_in_use(pipeline_id)
    request.actor.require(Permission.DESIGN_PIPELINES)
    suggested = {"name": _("Copy of %(name)s") % {"name": original.name}}
    form = PipelineNameForm(posted(request), initial=suggested)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = copy_pipeline(
                    pipeline_id=pipeline_id, name=form.cleaned_data["name"], actor=request.actor
                )
            return redirect("pipeline:pipeline", request.workspace.slug, made.pk)
        except InvalidInput as problem:
            add_errors(form, problem)
    context = {"form": form, "pipeline": original}
    return render_settings(request, "pipeline/copy_pipeline.html", context, section="pipelines")


@require_GET
@http_404
def pipeline_page(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    """The stages of one pipeline."""
    return design_page(request, pipeline_id)


@require_POST
@http_404
def rename(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    pipeline_in_use(pipeline_id)
    request.actor.require(Permission.DESIGN_PIPELINES)
    form = PipelineNameForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                rename_pipeline(pipeline_id=pipeline_id, name=form.cleaned_data["name"], actor=request.actor)
            return redirect("pipeline:pipeline", request.workspace.slug, pipeline_id)
        except InvalidInput as problem:
            add_errors(form, problem)
    return design_page(request, pipeline_id, name_form=form)


@require_POST
@http_404
def set_default(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    pipeline_in_use(pipeline_id)
    made = make_default(pipeline_id=pipeline_id, actor=request.actor)
    messages.success(request, _("The board now opens on “%(name)s”.") % {"name": made.name})
    return redirect("pipeline:pipelines", request.workspace.slug)


@require_POST
@http_404
def restore(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    """Take an archived pipeline back."""
    try:
        with transaction.atomic():
            back = restore_pipeline(pipeline_id=pipeline_id, actor=request.actor)
        messages.success(request, _("“%(name)s” is back on the boards.") % {"name": back.name})
    except InvalidInput as problem:
        messages.error(request, str(problem.detail))
    return redirect("pipeline:pipelines", request.workspace.slug)


@require_POST
@http_404
def new_stage(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    """A stage at the end of its kind; the designer goes on with it."""
    pipeline_in_use(pipeline_id)
    request.actor.require(Permission.DESIGN_PIPELINES)
    form = NewStageForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                made = add_stage(
                    pipeline_id=pipeline_id,
                    name=form.cleaned_data["name"],
                    kind=form.cleaned_data["kind"],
                    actor=request.actor,
                )
            return redirect("pipeline:stage", request.workspace.slug, made.pk)
        except InvalidInput as problem:
            add_errors(form, problem)
    return design_page(request, pipeline_id, stage_form=form)


@require_POST
@http_404
def order(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    """`order`: the stages' ids, from first to last, between commas."""
    pipeline_in_use(pipeline_id)
    ids = [parse_uuid(text) for text in request.POST.get("order", "").split(",")]
    error = ""
    try:
        with transaction.atomic():
            order_stages(
                pipeline_id=pipeline_id, stage_ids=[found for found in ids if found], actor=request.actor
            )
    except InvalidInput as problem:
        error = str(problem.detail)
    said = error or _("The order is saved.")
    chosen = parse_uuid(request.POST.get("chosen", ""))
    return designer_again(request, pipeline_id, stage_id=chosen, said=said, kind="error" if error else "info")


@require_POST
@http_404
def restore_retired(request: WorkspaceRequest, stage_id: uuid.UUID) -> HttpResponse:
    """Take a retired stage back."""
    try:
        with transaction.atomic():
            back = restore_stage(stage_id=stage_id, actor=request.actor)
    except InvalidInput as problem:
        messages.error(request, str(problem.detail))
        return redirect("pipeline:pipelines", request.workspace.slug)
    messages.success(request, _("“%(name)s” is back in the pipeline.") % {"name": back.name})
    return redirect("pipeline:stage", request.workspace.slug, back.pk)
