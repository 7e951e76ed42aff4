"""The choices of one field."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Conflict, InvalidInput, NotFound
from core.htmx import trigger
from fields.forms import ChoiceForm
from fields.models import CustomField, FieldChoice
from fields.models.field import CHOOSING
from fields.selectors.definitions import field_in_use
from fields.services.choices import add_choice, archive_choice, rename_choice, restore_choice, step_choice
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice, posted, render_settings
from tenancy.permissions import Permission


@require_http_methods(["GET", "POST"])
@http_404
def page(request: WorkspaceRequest, custom_field_id: uuid.UUID) -> HttpResponse:
    """The list; a POST adds to it."""
    field = field_in_use(custom_field_id)
    if field.kind not in CHOOSING:
        raise Http404
    form = ChoiceForm()
    if request.method == "POST":
        request.actor.require(Permission.DESIGN_PIPELINES)
        form = ChoiceForm(request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    add_choice(field_id=field.pk, name=form.cleaned_data["choice"], actor=request.actor)
                return _again(request, field.pk)
            except InvalidInput as problem:
                add_errors(form, problem)
        if request.htmx:
            return _again(request, field.pk, form=form)
    return _page(request, field, form)


@require_http_methods(["GET", "POST"])
@http_404
def rename(request: WorkspaceRequest, choice_id: uuid.UUID) -> HttpResponse:
    choice = FieldChoice.objects.filter(pk=choice_id, archived_at=None).select_related("field").first()
    if choice is None:
        raise NotFound
    request.actor.require(Permission.DESIGN_PIPELINES)
    form = ChoiceForm(posted(request), initial={"choice": choice.name}, auto_id="rename_%s")
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                rename_choice(choice_id=choice.pk, name=form.cleaned_data["choice"], actor=request.actor)
            return _again(request, choice.field_id)
        except InvalidInput as problem:
            add_errors(form, problem)
    return render(request, "fields/_choice_dialog.html", {"form": form, "choice": choice})


@require_POST
@http_404
def step(request: WorkspaceRequest, choice_id: uuid.UUID) -> HttpResponse:
    choice = step_choice(choice_id=choice_id, up="up" in request.POST, actor=request.actor)
    return _again(request, choice.field_id)


@require_POST
@http_404
def remove(request: WorkspaceRequest, choice_id: uuid.UUID) -> HttpResponse:
    try:
        with transaction.atomic():
            gone = archive_choice(choice_id=choice_id, actor=request.actor)
    except Conflict as problem:
        field_id = FieldChoice.objects.values_list("field_id", flat=True).get(pk=choice_id)
        return _again(request, field_id, said=str(problem.detail), kind="error")
    undo = reverse("fields:choice_restore", args=[request.workspace.slug, choice_id])
    said = _("“%(name)s” is no longer offered. What has it keeps it.") % {"name": gone.name}
    return _again(request, gone.field_id, said=said, undo_url=undo)


@require_POST
@http_404
def restore(request: WorkspaceRequest, choice_id: uuid.UUID) -> HttpResponse:
    try:
        with transaction.atomic():
            choice = restore_choice(choice_id=choice_id, actor=request.actor)
    except InvalidInput as problem:
        field_id = FieldChoice.objects.values_list("field_id", flat=True).get(pk=choice_id)
        return _again(request, field_id, said=str(problem.detail), kind="error")
    return _again(request, choice.field_id)


def _context(request: WorkspaceRequest, field: CustomField, form: ChoiceForm) -> dict[str, Any]:
    choices = list(field.choices.all())
    return {
        "field": field,
        "choices": [choice for choice in choices if choice.archived_at is None],
        "archived": [choice for choice in choices if choice.archived_at is not None],
        "form": form,
        "may_design": request.actor.can(Permission.DESIGN_PIPELINES),
    }


def _page(request: WorkspaceRequest, field: CustomField, form: ChoiceForm) -> HttpResponse:
    return render_settings(request, "fields/choices.html", _context(request, field, form), section="fields")


def _again(
    request: WorkspaceRequest,
    field_id: uuid.UUID,
    *,
    form: ChoiceForm | None = None,
    said: str = "",
    undo_url: str = "",
    kind: str = "info",
) -> HttpResponse:
    if not request.htmx:
        if said:
            messages.add_message(
                request, messages.ERROR if kind == "error" else messages.SUCCESS, said, undo_url
            )
        return redirect("fields:choices", request.workspace.slug, field_id)
    context = _context(request, field_in_use(field_id), form or ChoiceForm())
    response = render(request, "fields/_choices.html", context)
    response.headers["HX-Retarget"] = "#choices"
    response.headers["HX-Reswap"] = "outerMorph"
    trigger(response, **{"dialog-done": True})
    return notice(response, said, undo_url=undo_url, kind=kind) if said else response
