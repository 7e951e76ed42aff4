"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from tenancy.scope import has_scope
from tenancy.selectors.changes import current_cursor


def workspace(request: HttpRequest) -> dict[str, Any]:
    """The workspace, the member, the theme. `nav` (the rail's counts) is added by the pages' render function."""
    user = getattr(request, "user", None)
    theme = getattr(user, "theme", None) or request.COOKIES.get("theme", "auto")
    context: dict[str, Any] = {"theme": theme if theme in {"light", "dark", "auto"} else "auto"}
    actor = getattr(request, "actor", None)
    if actor is not None:
        context |= {"workspace": request.workspace, "member": actor.member, "actor": actor}  # type: ignore[attr-defined]
        if settings.LIVE_UPDATES and has_scope():
            context["live_cursor"] = current_cursor()
    return context
