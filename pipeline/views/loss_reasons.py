"""The workspace's loss reasons."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Conflict, InvalidInput
from core.htmx import trigger
from pipeline.forms import LossReasonForm
from pipeline.selectors.designer import archived_loss_reasons, loss_reason_in_use
from pipeline.selectors.stages import loss_reasons
from pipeline.services.loss_reasons import (
    add_loss_reason,
    archive_loss_reason,
    rename_loss_reason,
    restore_loss_reason,
    step_loss_reason,
)
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice, posted, render_settings
from tenancy.permissions import Permission


@require_http_methods(["GET", "POST"])
@http_404
def page(request: WorkspaceRequest) -> HttpResponse:
    """The list; a POST adds to it."""
    form = LossReasonForm()
    if request.method == "POST":
        request.actor.require(Permission.DESIGN_PIPELINES)
        form = LossReasonForm(request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    add_loss_reason(name=form.cleaned_data["name"], actor=request.actor)
                return _again(request)
            except InvalidInput as problem:
                add_errors(form, problem)
    return _again(request, form=form) if request.htmx else _page(request, form)


@require_http_methods(["GET", "POST"])
@http_404
def edit(request: WorkspaceRequest, reason_id: uuid.UUID) -> HttpResponse:
    """Rename it where it stands."""
    reason = loss_reason_in_use(reason_id)
    request.actor.require(Permission.DESIGN_PIPELINES)
    form = LossReasonForm(posted(request), initial={"name": reason.name}, prefix="r")
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                rename_loss_reason(reason_id=reason_id, name=form.cleaned_data["name"], actor=request.actor)
            return _again(request)
        except InvalidInput as problem:
            add_errors(form, problem)
    return render(request, "pipeline/_loss_reason_dialog.html", {"form": form, "reason": reason})


@require_POST
@http_404
def step(request: WorkspaceRequest, reason_id: uuid.UUID) -> HttpResponse:
    """One place up (`up`) or down."""
    step_loss_reason(reason_id=reason_id, up="up" in request.POST, actor=request.actor)
    return _again(request)


@require_POST
@http_404
def remove(request: WorkspaceRequest, reason_id: uuid.UUID) -> HttpResponse:
    try:
        with transaction.atomic():
            gone = archive_loss_reason(reason_id=reason_id, actor=request.actor)
    except Conflict as problem:
        return _again(request, said=str(problem.detail), kind="error")
    undo = reverse("pipeline:loss_reason_restore", args=[request.workspace.slug, reason_id])
    said = _("“%(name)s” is no longer offered. Deals lost for it keep it.") % {"name": gone.name}
    return _again(request, said=said, undo_url=undo)


@require_POST
@http_404
def restore(request: WorkspaceRequest, reason_id: uuid.UUID) -> HttpResponse:
    """Offer it again."""
    try:
        with transaction.atomic():
            restore_loss_reason(reason_id=reason_id, actor=request.actor)
    except InvalidInput as problem:
        return _again(request, said=str(problem.detail), kind="error")
    return _again(request)


def _context(request: WorkspaceRequest, form: LossReasonForm) -> dict[str, object]:
    return {
        "reasons": loss_reasons(),
        "archived": archived_loss_reasons(),
        "form": form,
        "may_design": request.actor.can(Permission.DESIGN_PIPELINES),
    }


def _page(request: WorkspaceRequest, form: LossReasonForm) -> HttpResponse:
    return render_settings(
        request, "pipeline/loss_reasons.html", _context(request, form), section="loss_reasons"
    )


def _again(
    request: WorkspaceRequest,
    *,
    form: LossReasonForm | None = None,
    said: str = "",
    undo_url: str = "",
    kind: str = "info",
) -> HttpResponse:
    if not request.htmx:
        if form is not None:
            return _page(request, form)
        if said:
            messages.add_message(
                request, messages.ERROR if kind == "error" else messages.SUCCESS, said, undo_url
            )
        return redirect("pipeline:loss_reasons", request.workspace.slug)
    response = render(request, "pipeline/_loss_reasons.html", _context(request, form or LossReasonForm()))
    response.headers["HX-Retarget"] = "#loss-reasons"
    response.headers["HX-Reswap"] = "outerMorph"
    trigger(response, **{"dialog-done": True})
    return notice(response, said, undo_url=undo_url, kind=kind) if said else response
