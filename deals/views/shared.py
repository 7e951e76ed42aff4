"""How pages translate refusals, filters and notices."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse

from core.errors import InvalidInput, NotAllowed, NotFound
from core.htmx import trigger
from tenancy.http import WorkspaceRequest


def http_404(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer NotFound with the 404 page and NotAllowed with the 403 page."""

    @wraps(view)
    def wrapped(request: WorkspaceRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound as problem:
            raise Http404 from problem
        except NotAllowed as problem:
            raise PermissionDenied from problem

    return wrapped


def lanes_changed(
    response: HttpResponse, stage_ids: Iterable[uuid.UUID], *, fresh: uuid.UUID | None = None
) -> HttpResponse:
    """Tell the board, where one is open, which columns to fetch anew; `fresh` lights one card."""
    detail: dict[str, Any] = {"stages": sorted(str(stage_id) for stage_id in stage_ids)}
    if fresh:
        detail["fresh"] = str(fresh)
    return trigger(response, **{"lanes-changed": detail})


def notice(
    response: HttpResponse, text: str, *, strong: str = "", undo_url: str = "", kind: str = "info"
) -> HttpResponse:
    """Show `text` at the bottom of the page (docs/frontend.md)."""
    detail = {"text": text, "strong": strong, "undo_url": undo_url, "kind": kind}
    return trigger(response, notice={key: value for key, value in detail.items() if value})


def add_errors(form: forms.Form, problem: InvalidInput) -> None:
    """Put a service's refusal on the fields that it names."""
    for error in problem.errors:
        form.add_error(error.field if error.field in form.fields else None, str(error.detail))
    if not problem.errors:
        form.add_error(None, str(problem.detail))
