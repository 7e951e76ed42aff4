"""Saved views: the menu's dialogs, and where a member's own board or list begins."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import InvalidInput
from core.ids import parse_uuid
from deals.models import SavedView, ViewKind
from deals.selectors.saved_views import default_view, get_view
from deals.services.saved_views import begin_with, change_view, delete_view, restore_view, save_view
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice, posted, settle
from tenancy.permissions import Permission


class ViewForm(forms.Form):
    """`query` and `columns` are what the page shows; `shared` is offered to who may share."""

    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=80)
    shared = forms.BooleanField(label=gettext_lazy("Share with everybody in the workspace"), required=False)
    begins = forms.BooleanField(label=gettext_lazy("Open with this view from now on"), required=False)
    query = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)
    columns = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["shared"]


def view_url(slug: str, view: SavedView) -> str:
    """The page as the view shows it. A board reads its pipeline from the query."""
    page = "deals:list" if view.kind == ViewKind.LIST else "deals:board"
    return (
        f"{reverse(page, args=[slug])}?{'&'.join(part for part in (view.query, f'view={view.pk}') if part)}"
    )


def own_beginning(request: WorkspaceRequest, kind: str) -> HttpResponse | None:
    """To the view with which the member begins: its filters then stand in the URL, where they can be seen and left."""
    view = default_view(actor=request.actor, kind=kind)
    return None if view is None else HttpResponseRedirect(view_url(request.workspace.slug, view))


@require_http_methods(["GET", "POST"])
@http_404
def new_view(request: WorkspaceRequest) -> HttpResponse:
    """The dialog that gives what the page shows a name."""
    kind = ViewKind.LIST if request.GET.get("kind") == ViewKind.LIST else ViewKind.BOARD
    initial = {name: request.GET.get(name, "").replace("\x00", "") for name in ("query", "columns")}
    form = ViewForm(
        posted(request),
        may_share=request.actor.can(Permission.SHARE_VIEWS),
        initial=initial,
        auto_id="view_%s",
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            view = save_view(
                actor=request.actor,
                kind=kind,
                name=values["name"],
                query=values["query"],
                columns=values["columns"].split(","),
                shared=values.get("shared", False),
            )
        except InvalidInput as problem:
            add_errors(form, problem)
        else:
            if values["begins"]:
                begin_with(actor=request.actor, kind=kind, view_id=view.pk)
            return went(request, view, _("The view “%(view)s” was saved.") % {"view": view.name})
    return render(request, "deals/_view_form.html", {"form": form, "kind": kind})


@require_http_methods(["GET", "POST"])
@http_404
def edit_view(request: WorkspaceRequest, view_id: uuid.UUID) -> HttpResponse:
    """Rename and share; or, with `update`, keep what the page now shows under the same name."""
    if request.method == "POST" and "update" in request.POST:
        columns = {"columns": request.POST["columns"].split(",")} if request.POST.get("columns") else {}
        query = request.POST.get("query", "").replace("\x00", "")
        view = change_view(actor=request.actor, view_id=view_id, query=query, **columns)
        return went(request, view, _("The view “%(view)s” was updated.") % {"view": view.name})
    view = get_view(view_id, actor=request.actor)
    initial = {"name": view.name, "shared": view.is_shared}
    form = ViewForm(
        posted(request),
        may_share=request.actor.can(Permission.SHARE_VIEWS),
        initial=initial,
        auto_id="view_%s",
    )
    del form.fields["begins"]
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in ("name", "shared") if name in form.cleaned_data}
        try:
            changed = change_view(actor=request.actor, view_id=view_id, **changes)
        except InvalidInput as problem:
            add_errors(form, problem)
        else:
            return went(request, changed, _("The view “%(view)s” was saved.") % {"view": changed.name})
    return render(request, "deals/_view_form.html", {"form": form, "view_id": view_id})


@require_POST
@http_404
def remove_view(request: WorkspaceRequest, view_id: uuid.UUID) -> HttpResponse:
    """Delete it; the notice brings it back."""
    view = delete_view(actor=request.actor, view_id=view_id)
    undo_url = reverse("deals:restore_view", args=[request.workspace.slug, view.pk])
    page = "deals:list" if view.kind == ViewKind.LIST else "deals:board"
    response = settle(
        request, page, _("The view “%(view)s” was deleted.") % {"view": view.name}, undo_url=undo_url
    )
    if request.htmx:
        response.headers["HX-Redirect"] += "?view=none"
    return response


@require_POST
@http_404
def bring_back_view(request: WorkspaceRequest, view_id: uuid.UUID) -> HttpResponse:
    try:
        view = restore_view(actor=request.actor, view_id=view_id)
    except InvalidInput as problem:
        return notice(HttpResponse(headers={"HX-Reswap": "none"}), str(problem.detail), kind="error")
    return went(request, view, _("The view “%(view)s” is back.") % {"view": view.name})


@require_POST
@http_404
def set_beginning(request: WorkspaceRequest) -> HttpResponse:
    """Open board or list with a view from now on; without one, with all open deals."""
    kind = ViewKind.LIST if request.POST.get("kind") == ViewKind.LIST else ViewKind.BOARD
    view = begin_with(actor=request.actor, kind=kind, view_id=parse_uuid(request.POST.get("view", "")))
    if view is not None:
        return went(request, view, _("From now on “%(view)s” opens first.") % {"view": view.name})
    page = "deals:list" if kind == ViewKind.LIST else "deals:board"
    return settle(request, page, _("From now on all open deals are shown first."))


def went(request: WorkspaceRequest, view: SavedView, text: str) -> HttpResponse:
    """To the view, which then says what happened."""
    response = settle(request, "deals:board", text)
    url = view_url(request.workspace.slug, view)
    if request.htmx:
        response.headers["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)
