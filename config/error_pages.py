"""Answers to requests that no view answers: a forged Host header, a failure of ours, a closed site.

None of them asks the database, sessions or context processors: those may be what failed.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template import loader

from api.base import rendered
from api.problems import problem

THEMES = {"light", "dark"}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Django's handler400."""
    return error_page(request, "malformed", 400)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Django's handler500."""
    return error_page(request, "internal", 500)


def error_page(
    request: HttpRequest,
    code: str,
    status: int,
    *,
    detail: str = "",
    headers: dict[str, str] | None = None,
    **context: Any,
) -> HttpResponseBase:
    """The page named after `status`, or for callers of the API the problem `code` with `detail`."""
    if request.path_info.startswith("/api/"):
        return rendered(problem(code, status, detail=detail, headers=headers))
    theme = request.COOKIES.get("theme")
    content = loader.render_to_string(
        f"{status}.html", {"theme": theme if theme in THEMES else "auto", **context}
    )
    return HttpResponse(content, status=status, headers=headers)
