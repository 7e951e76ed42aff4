"""The OpenAPI document against the API itself: what it says is what comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, CheckFunction, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks as openapi_checks

from api.docs import openapi_document
from config.api_router import urlpatterns
from tests.api.test_rights import things_of
from tests.factories import Cast

PROBLEM = "application/problem+json"
EXAMPLES = 20
ALIASES = {"owner": "member", "assignee": "member", "after": "deal"}
CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]


def operations() -> list[tuple[str, str]]:
    return [
        (path, method)
        for path, methods in openapi_document()["paths"].items()
        for method in methods
        if method != "parameters"
    ]


def test_the_document_is_open_to_everybody(client: Any):
    reply = client.get("/api/v1/openapi.json")
    assert reply.status_code == 200
    assert reply.json()["openapi"].startswith("3.1")


def test_every_route_is_in_the_document():
    documented = {path.removeprefix("/api/v1/") for path in openapi_document()["paths"]}
    routes = {
        re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))
        for pattern in urlpatterns
        if str(pattern.pattern)
    }
    assert routes - documented == {"openapi.json", "docs/"}


@pytest.mark.parametrize(("path", "method"), operations())
def test_every_operation_documents_its_problems(path: str, method: str):
    replies = openapi_document()["paths"][path][method]["responses"]
    needed = {"400", "401", "405", "406", "429", "500"}
    if method != "get":
        needed |= {"403", "413", "415"}
    if method == "post":
        needed |= {"409", "422"}
    if "{" in path:
        needed |= {"404"}
    assert needed <= set(replies)
    assert all(PROBLEM in replies[status]["content"] for status in needed)


@pytest.fixture
def wsgi() -> Iterator[Any]:
    """The application as a server would run it, on the test's own connection and transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_what_comes_is_what_is_documented(wsgi: Any, cast: Cast):
    """Made-up calls, good and bad: no 500, no undocumented status, and every reply fits its schema."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", wsgi)
    headers = {"Authorization": f"Bearer {cast.token('admin', 'admin')}"}
    known = things_of(cast)
    failures = {}
    for path, method in operations():
        try:
            probe(schema[path][method.upper()], headers, known)
        except (Exception, FailureGroup) as error:
            failures[f"{method} {path}"] = error
    assert not failures, "\n\n".join(f"{name}: {error!r} {error}" for name, error in failures.items())


def probe(operation: APIOperation, headers: dict[str, str], known: dict[str, str]) -> None:
    """Call the operation with made-up values, half of them wrong; undo what they did."""
    cases = st.one_of(
        operation.as_strategy(GenerationMode.POSITIVE), operation.as_strategy(GenerationMode.NEGATIVE)
    )

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases, existing=st.sampled_from([True, True, False]))
    def call(case: Case, existing: bool) -> None:
        if existing:
            for part in (case.path_parameters, case.query, case.body):
                use_known(part, known)
        with transaction.atomic():
            case.call_and_validate(headers=headers, checks=CHECKS)
            transaction.set_rollback(True)

    call()


def use_known(part: Any, known: dict[str, str]) -> None:
    """Put ids of real rows where made-up ones would only ever be 404 or 400."""
    for name in list(part) if isinstance(part, dict) else []:
        ident = known.get(ALIASES.get(name, name.removesuffix("_id")))
        if ident is not None:
            part[name] = ident
