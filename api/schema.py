"""OpenAPI: what every operation has in common is written here once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema as SpectacularSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from api.problems import MEDIA_TYPE
from api.serializers import Shown

PROBLEM_TEXTS = {
    400: "A value, a parameter or the body is wrong; `errors` says which.",
    401: "No token, or one that is unknown, expired or revoked.",
    403: "The member's role or the token's scope does not reach.",
    404: "No such object in this workspace.",
    405: "The method is not offered here; `Allow` says which are.",
    406: "Only JSON is offered.",
    409: "The object's state does not admit this, or its version is stale.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "Well formed, but it makes no sense for this object.",
    429: "Too many requests; `Retry-After` says when.",
    500: "Something went wrong on our side.",
    501: "Not offered yet.",
    503: "Others wrote the same at the same moment, or the site is being maintained: try again after `Retry-After` seconds.",
}
ALWAYS = (400, 401, 405, 406, 429, 500, 503)
WITH_BODY = (403, 413, 415)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="Any string of yours: the same key and body give the same reply, for 24 hours.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    OpenApiParameter.HEADER,
    description="The `ETag` of the state you saw; a stale one gives 409 with the current state.",
)
ETAG = OpenApiParameter(
    "ETag",
    str,
    OpenApiParameter.HEADER,
    response=[200, 201],
    description='The version, in quotes: "3".',
)


class ProblemField(Shown):
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class UnmetCriterion(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()
    stage = serializers.UUIDField()


class Problem(Shown):
    """RFC 9457. `type` is stable and ends in the error's code."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = ProblemField(many=True, required=False)  # type: ignore[assignment]
    current = serializers.DictField(required=False, help_text="With stale-version: the object as it now is.")
    unmet = UnmetCriterion(many=True, required=False, help_text="With exit-criteria-not-met.")
    existing = serializers.UUIDField(required=False, help_text="With duplicate-external-id.")


class BearerToken(OpenApiAuthenticationExtension):
    """`Authorization: Bearer …`, in the schema."""

    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class AutoSchema(SpectacularSchema):
    """DRF's DEFAULT_SCHEMA_CLASS: adds query parameters, common headers and every problem reply."""

    def get_override_parameters(self) -> list[Any]:
        found: list[Any] = list(super().get_override_parameters())
        query = getattr(self.view, "queries", {}).get(self.method)
        if query is not None:
            found.append(query)
        if self.method == "POST" and not getattr(self.view, "takes_stream", False):
            found.append(IDEMPOTENCY_KEY)
        return found

    def get_description(self) -> str:  # type: ignore[override]
        """The method's own docstring; the view's is about code."""
        return (getattr(self.view, self.method.lower()).__doc__ or "").strip()

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def problem_statuses(self) -> set[int]:
        declared = getattr(getattr(self.view, self.method.lower(), None), "problem_statuses", ())
        statuses = {*ALWAYS, *declared}
        if self.method != "GET":
            statuses.update(WITH_BODY)
        if self.method == "POST":
            statuses.update((409, 422))  # the Idempotency-Key's own
        if "{" in self.path:
            statuses.add(404)
        return statuses

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for status in sorted(self.problem_statuses()):
            bodies[str(status)] = self._get_response_for_code(
                OpenApiResponse(Problem, description=PROBLEM_TEXTS[status]),
                str(status),
                [MEDIA_TYPE],
                direction,
            )
        return bodies


def operation(
    operation_id: str,
    summary: str,
    *,
    answers: Mapping[Any, Any],
    body: Any = None,
    problems: Iterable[int] = (),
    parameters: Iterable[Any] = (),
) -> Callable[[Any], Any]:
    """Describe a view's method: what it reads, what it answers, and which problems beside the common ones."""

    def decorate(method: Any) -> Any:
        described = extend_schema(
            operation_id=operation_id,
            summary=summary,
            request=body,
            responses=dict(answers),
            parameters=list(parameters),
        )(method)
        described.problem_statuses = tuple(problems)
        return described

    return decorate


@cache
def page_of(serializer: type[Shown]) -> type[Shown]:
    """The envelope of a list of these."""
    fields = {
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": serializer(many=True),
    }
    return type(f"{serializer.__name__}Page", (Shown,), fields)


def close_bodies(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Post-processing: say that a body takes no other fields than those listed; drop the generator's own marks."""
    for name, component in result.get("components", {}).get("schemas", {}).items():
        if name.endswith("Body"):
            component["additionalProperties"] = False
    drop_marks(result)
    return result


def drop_marks(part: Any) -> None:
    if isinstance(part, dict):
        part.pop("x-spec-enum-id", None)
        part = list(part.values())
    for each in part if isinstance(part, list) else ():
        drop_marks(each)
