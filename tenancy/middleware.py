"""Enter the workspace that a page's URL names: one transaction for the request, rolled back when it answers an error."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, cast

import structlog
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils import timezone, translation

from core import live
from core.contention import is_passing
from core.formats import read_in
from tenancy.http import WorkspaceRequest
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope
from tenancy.selectors.members import active_membership, workspace_for_user

logger = structlog.get_logger(__name__)


def can_be_repeated(request: HttpRequest) -> bool:
    """Whether what was sent is still here: a file that was read piece by piece is gone."""
    kept = hasattr(request, "_body") or hasattr(request, "_post")
    return kept or not getattr(request, "_read_started", False)


class WorkspaceMiddleware:
    """Views under /w/{slug}/ run inside their workspace, with `request.actor` and `request.workspace` set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.activate_language(request)
        with live.acting_for(request.headers.get("X-Live-Tab", "")):
            return self.get_response(request)

    def activate_language(self, request: HttpRequest) -> None:
        """A person's own language goes before the browser's; LocaleMiddleware has chosen by cookie and header."""
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or not match.route.startswith("w/<slug:slug>/"):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        workspace_id = workspace_for_user(user=request.user, slug=kwargs.pop("slug"))
        if workspace_id is None:
            raise Http404
        try:
            return self.enter(workspace_id, request, view, args, kwargs)
        except OperationalError as error:
            if not is_passing(error) or not can_be_repeated(request):
                raise
            # Rolled back wholly, because it met another one: once more, and nobody need know of it.
            logger.warning("page_repeated", exc_info=error)
            return self.enter(workspace_id, request, view, args, kwargs)

    def enter(
        self,
        workspace_id: uuid.UUID,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse:
        """Answer inside the workspace, in one transaction."""
        with workspace_scope(workspace_id) as scope:
            member = active_membership(user=request.user)
            if member is None:
                raise Http404
            scope.remember(member.workspace)
            entered = cast("WorkspaceRequest", request)
            entered.workspace = scope.workspace
            entered.actor = Actor.of(member)
            with timezone.override(scope.workspace.zone), read_in(getattr(request.user, "zone", None)):
                response = view(request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response
