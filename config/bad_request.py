"""The answer to requests that are refused before any view sees them: a forged Host header above all."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views import defaults

from api.base import rendered
from api.problems import problem


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Django's handler400: a problem for callers of the API, Django's page for everybody else."""
    if request.path_info.startswith("/api/"):
        return rendered(problem("malformed", 400))
    return defaults.bad_request(request, exception)
