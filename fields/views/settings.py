"""Settings › Custom fields: what deals, companies and people have besides what everybody does."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import Conflict, InvalidInput
from core.htmx import trigger
from fields.forms import FieldForm, NewFieldForm
from fields.models import Subject
from fields.models.field import CHOOSING
from fields.selectors.definitions import archived_fields, field_in_use, fields_of
from fields.services.definitions import (
    MOST,
    add_field,
    archive_field,
    change_field,
    order_fields,
    restore_field,
    step_field,
)
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice, posted, render_settings
from tenancy.permissions import Permission


@require_GET
@http_404
def page(request: WorkspaceRequest) -> HttpResponse:
    return render_settings(request, "fields/fields.html", _context(request), section="fields")


@require_http_methods(["GET", "POST"])
@http_404
def new(request: WorkspaceRequest, subject: str) -> HttpResponse:
    if subject not in Subject.values:
        raise Http404
    request.actor.require(Permission.DESIGN_PIPELINES)
    form = NewFieldForm(posted(request))
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "choices": form.cleaned_data["choices"].splitlines()}
        try:
            with transaction.atomic():
                added = add_field(subject=subject, actor=request.actor, **given)
            return again(request, said=_("The field “%(name)s” was added.") % {"name": added.name})
        except InvalidInput as problem:
            add_errors(form, problem)
    return _dialog(request, form, action=reverse("fields:new", args=[request.workspace.slug, subject]))


@require_http_methods(["GET", "POST"])
@http_404
def edit(request: WorkspaceRequest, custom_field_id: uuid.UUID) -> HttpResponse:
    field = field_in_use(custom_field_id)
    request.actor.require(Permission.DESIGN_PIPELINES)
    now = {name: getattr(field, name) for name in ("name", "kind", "currency", "help_text")}
    form = FieldForm(posted(request), initial={name: value for name, value in now.items() if value})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                change_field(field_id=field.pk, changes=form.cleaned_data, actor=request.actor)
            return again(request)
        except InvalidInput as problem:
            add_errors(form, problem)
    action = reverse("fields:field", args=[request.workspace.slug, field.pk])
    return _dialog(request, form, action=action, field=field)


def _dialog(request: WorkspaceRequest, form: FieldForm, **context: Any) -> HttpResponse:
    if request.htmx:
        return render(request, "fields/_field_dialog.html", {"form": form, **context})
    return render_settings(request, "fields/field.html", {"form": form, **context}, section="fields")


@require_POST
@http_404
def step(request: WorkspaceRequest, custom_field_id: uuid.UUID) -> HttpResponse:
    """One place up (`up`) or down."""
    step_field(field_id=custom_field_id, up="up" in request.POST, actor=request.actor)
    return again(request)


@require_POST
@http_404
def order(request: WorkspaceRequest, subject: str) -> HttpResponse:
    """The order after a drag: ids with commas between them."""
    request.actor.require(Permission.DESIGN_PIPELINES)
    try:
        ids = [uuid.UUID(part) for part in request.POST.get("order", "").split(",") if part]
        with transaction.atomic():
            order_fields(subject=subject, field_ids=ids, actor=request.actor)
    except InvalidInput as problem:
        return again(request, said=str(problem.detail), kind="error")
    except ValueError:
        raise Http404 from None
    return again(request)


@require_POST
@http_404
def archive(request: WorkspaceRequest, custom_field_id: uuid.UUID) -> HttpResponse:
    try:
        with transaction.atomic():
            gone = archive_field(field_id=custom_field_id, actor=request.actor)
    except Conflict as problem:
        return again(request, said=str(problem.detail), kind="error")
    undo = reverse("fields:restore", args=[request.workspace.slug, custom_field_id])
    said = _("“%(name)s” is archived. Its values are kept.") % {"name": gone.name}
    return again(request, said=said, undo_url=undo)


@require_POST
@http_404
def restore(request: WorkspaceRequest, custom_field_id: uuid.UUID) -> HttpResponse:
    try:
        with transaction.atomic():
            restore_field(field_id=custom_field_id, actor=request.actor)
    except InvalidInput as problem:
        return again(request, said=str(problem.detail), kind="error")
    return again(request)


def _context(request: WorkspaceRequest) -> dict[str, Any]:
    """Nine queries at most."""
    return {
        "groups": [(subject, fields_of(subject), archived_fields(subject)) for subject in Subject],
        "choosing": CHOOSING,
        "most": MOST,
        "may_design": request.actor.can(Permission.DESIGN_PIPELINES),
    }


def again(
    request: WorkspaceRequest, *, said: str = "", undo_url: str = "", kind: str = "info"
) -> HttpResponse:
    """The list as it now is, and word of what was done."""
    if not request.htmx:
        if said:
            messages.add_message(
                request, messages.ERROR if kind == "error" else messages.SUCCESS, said, undo_url
            )
        return redirect("fields:fields", request.workspace.slug)
    response = render(request, "fields/_fields.html", _context(request))
    response.headers["HX-Retarget"] = "#fields"
    response.headers["HX-Reswap"] = "outerMorph"
    trigger(response, **{"dialog-done": True})
    return notice(response, said, undo_url=undo_url, kind=kind) if said else response
