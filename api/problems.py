"""Every error as RFC 9457 `application/problem+json`, with a stable `type`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.http.request import UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from core.contention import is_passing
from core.errors import ExitCriteriaNotMet, StagecraftError, StaleVersion

MEDIA_TYPE = "application/problem+json"
TYPE_ROOT = "/problems/"

logger = structlog.get_logger(__name__)

TITLES = {
    "invalid": _("Some values need correcting."),
    "malformed": _("The request could not be read."),
    "unauthorized": _("A valid API token is needed."),
    "not-allowed": _("You do not have the right to do this."),
    "not-found": _("Not found."),
    "method-not-allowed": _("This method is not offered here."),
    "not-acceptable": _("Only JSON is offered here."),
    "unsupported-media-type": _("Send the body as application/json."),
    "too-large": _("The request is too large."),
    "throttled": _("Too many requests."),
    "busy": _("Others wrote the same at the same moment. Try again."),
    "maintenance": _("Stagecraft is closed for maintenance. Try again later."),
    "internal": _("Something went wrong on our side."),
}
# What DRF raises, most specific first.
FRAMEWORK_ERRORS: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.ValidationError, "invalid"),
    (exceptions.ParseError, "malformed"),
    (exceptions.NotAuthenticated, "unauthorized"),
    (exceptions.AuthenticationFailed, "unauthorized"),
    (exceptions.PermissionDenied, "not-allowed"),
    (exceptions.NotFound, "not-found"),
    (exceptions.MethodNotAllowed, "method-not-allowed"),
    (exceptions.NotAcceptable, "not-acceptable"),
    (exceptions.UnsupportedMediaType, "unsupported-media-type"),
    (exceptions.Throttled, "throttled"),
)
# What Django raises: code and status.
DJANGO_ERRORS: tuple[tuple[type[Exception], str, int], ...] = (
    (Http404, "not-found", 404),
    (PermissionDenied, "not-allowed", 403),
    (RequestDataTooBig, "too-large", 413),
    (SuspiciousOperation, "malformed", 400),
    (UnreadablePostError, "malformed", 400),
)


def problem(
    code: str,
    status: int,
    *,
    title: Any = None,
    detail: Any = "",
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> Response:
    """A problem reply. `members` are added as they are: errors, current, unmet…"""
    title = str(title or TITLES[code])
    body = {
        "type": TYPE_ROOT + code,
        "title": title,
        "status": status,
        "detail": str(detail) or title,
        **members,
    }
    return Response(body, status=status, headers=dict(headers or {}), content_type=MEDIA_TYPE)


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's EXCEPTION_HANDLER: whatever was raised, an answer that says what to do and gives nothing away."""
    if isinstance(error, StagecraftError):
        return refusal_problem(error, context.get("view"))
    if isinstance(error, exceptions.APIException):
        return framework_problem(error)
    for kind, code, status in DJANGO_ERRORS:
        if isinstance(error, kind):
            return problem(code, status)
    return unexpected_problem(error)


def unexpected_problem(error: Exception) -> Response:
    """What no view foresaw: 503 where the same request may well succeed the next moment, else 500."""
    if is_passing(error):
        logger.warning("api_busy", exc_info=error)
        return problem("busy", 503, headers={"Retry-After": "1"})
    logger.error("api_error", exc_info=error)
    return problem("internal", 500)


def refusal_problem(error: StagecraftError, view: Any) -> Response:
    """A service's refusal, with what belongs to its class: `current`, `unmet`, and what it carries in `extra`."""
    members: dict[str, Any] = dict(error.extra)
    if error.errors:
        members["errors"] = [
            {"field": each.field, "code": each.code, "detail": str(each.detail)} for each in error.errors
        ]
    if isinstance(error, StaleVersion):
        members["current"] = view.current_of(error.current)
    if isinstance(error, ExitCriteriaNotMet):
        members["unmet"] = [unmet_member(state.criterion) for state in error.unmet]
    return problem(error.code, error.status, title=error.title, detail=error.detail, **members)


def unmet_member(criterion: Any) -> dict[str, str]:
    return {
        "id": str(criterion.pk),
        "name": criterion.name,
        "kind": criterion.kind,
        "stage": str(criterion.stage_id),
    }


def framework_problem(error: exceptions.APIException) -> Response:
    code = next((code for kind, code in FRAMEWORK_ERRORS if isinstance(error, kind)), "internal")
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait) + 1)  # type: ignore[attr-defined]
    if isinstance(error, exceptions.ValidationError):
        errors = list(field_errors(error.get_full_details()))
        detail = "; ".join(f"{each['field']}: {each['detail']}" for each in errors[:5])
        return problem(code, error.status_code, detail=detail, errors=errors)
    return problem(code, error.status_code, detail=error.detail, headers=headers)


def field_errors(details: Any, field: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested details, flat: a field inside another is named "outer.inner"."""
    if isinstance(details, Mapping):
        if set(details) == {"message", "code"} and isinstance(details["code"], str):
            yield {"field": field, "code": str(details["code"]), "detail": str(details["message"])}
            return
        for name, inner in details.items():
            yield from field_errors(inner, f"{field}.{name}" if field else str(name))
    elif isinstance(details, Sequence):
        for inner in details:
            yield from field_errors(inner, field)
