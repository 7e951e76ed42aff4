"""A caller of the API: JSON in, JSON out, as the named member of the cast."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from deals.models import Deal
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal

ROOT = "/api/v1/"


@dataclass
class Api:
    """Calls with one bearer token. `api.get("deals/")`; a reply has `.status_code`, `.json()`, `.headers`."""

    token: str | None
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        url = path if path.startswith(("/", "http")) else ROOT + path
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        options: dict[str, Any] = {"headers": given}
        if body is not None:
            options |= {"data": body if isinstance(body, str | bytes) else json.dumps(body)}
        return self.client.generic(method, url, content_type="application/json", **options)

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, {} if body is None else body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("PUT", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.call("DELETE", path, **headers)


@pytest.fixture
def api_of(cast: Cast) -> Callable[..., Api]:
    def make(who: str = "rep", scope: str = "write") -> Api:
        return Api(cast.token(who, scope))

    return make


@pytest.fixture
def api(api_of: Callable[..., Api]) -> Api:
    """A rep's write token."""
    return api_of()


@pytest.fixture
def mallory(api_of: Callable[..., Api]) -> Api:
    """The outsider: owner of Rival, with every right there."""
    return api_of("mallory", "admin")


@pytest.fixture
def deal(cast: Cast) -> Deal:
    """A rep's deal in the first open stage, 10,000,000 KRW."""
    with workspace_scope(cast.workspace.pk):
        return make_deal(actor=cast.actor(), owner=cast.rep)


@pytest.fixture
def stages(cast: Cast) -> list[Any]:
    """Acme's stages in board order."""
    with workspace_scope(cast.workspace.pk):
        return list(cast.pipeline.stages.order_by("position"))


def problem_of(reply: Any, status: int, code: str) -> dict[str, Any]:
    """The reply's problem, after checking that it is that one."""
    assert reply.status_code == status, reply.content
    assert reply.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = reply.json()
    assert body["type"] == f"/problems/{code}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def fields_of(problem: dict[str, Any]) -> dict[str, str]:
    """Field → code of each error."""
    return {error["field"]: error["code"] for error in problem["errors"]}
