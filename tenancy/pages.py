"""How every app's pages are rendered, and how they translate refusals and notices."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from core.errors import InvalidInput, NotAllowed, NotFound
from core.htmx import trigger
from tenancy.http import WorkspaceRequest
from tenancy.permissions import Permission


def render_page(
    request: WorkspaceRequest, template: str, context: dict[str, Any], *, current: str = "", status: int = 200
) -> HttpResponse:
    """A whole page; `current` is the rail's entry. The rail fetches its counts by itself (`automation:nav`)."""
    return render(request, template, {"nav": {"current": current}, **context}, status=status)


def render_settings(
    request: WorkspaceRequest, template: str, context: dict[str, Any], *, section: str, status: int = 200
) -> HttpResponse:
    """A page of the settings; `section` is the entry of their menu (`_settings_nav.html`)."""
    manages = request.actor.can(Permission.MANAGE_WORKSPACE)
    context = {"section": section, "manages": manages, **context}
    return render_page(request, template, context, current="settings", status=status)


def http_404[R: HttpResponseBase](view: Callable[..., R]) -> Callable[..., R]:
    """Answer NotFound with the 404 page and NotAllowed with the 403 page."""

    @wraps(view)
    def wrapped(request: WorkspaceRequest, *args: Any, **kwargs: Any) -> R:
        try:
            return view(request, *args, **kwargs)
        except NotFound as problem:
            raise Http404 from problem
        except NotAllowed as problem:
            raise PermissionDenied from problem

    return wrapped


def notice(
    response: HttpResponse, text: str, *, strong: str = "", undo_url: str = "", kind: str = "info"
) -> HttpResponse:
    """Show `text` at the bottom of the page (docs/frontend.md)."""
    detail = {"text": text, "strong": strong, "undo_url": undo_url, "kind": kind}
    return trigger(response, notice={key: value for key, value in detail.items() if value})


def settle(
    request: WorkspaceRequest, to: str, text: str, *, undo_url: str = "", kind: str = "success"
) -> HttpResponse:
    """Go to the page of that name, which then says `text`: the end of a form or dialog, with htmx or without."""
    messages.add_message(request, messages.ERROR if kind == "error" else messages.SUCCESS, text, undo_url)
    url = reverse(to, args=[request.workspace.slug])
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)


def add_errors(form: forms.Form, problem: InvalidInput) -> None:
    """Put a service's refusal on the fields that it names."""
    for error in problem.errors:
        form.add_error(error.field if error.field in form.fields else None, str(error.detail))
    if not problem.errors:
        form.add_error(None, str(problem.detail))


def posted(request: WorkspaceRequest) -> QueryDict | None:
    """What a form is bound to: an empty POST too, which `request.POST or None` would take for none."""
    return request.POST if request.method == "POST" else None
