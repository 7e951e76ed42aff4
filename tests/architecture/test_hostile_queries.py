"""Every page and every list of the API, asked with parameters that nobody types: an answer, never a failure of ours."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.architecture.ids import ids_of
from tests.architecture.routes import API, PAGES
from tests.architecture.test_routes import api, content_of, page, signed_in
from tests.factories import Cast

PAGE_NAMES = (
    *(
        "q",
        "show",
        "after",
        "before",
        "kind",
        "owner",
        "stalled",
        "pipeline",
        "stage",
        "view",
        "name",
        "question",
        "back",
        "sort",
        "other",
        "company",
        "recent",
    ),
    *("win_rate", "stall_days", "category", "from", "month", "next", "version", "surface"),
)
API_NAMES = (
    *(
        "pipeline",
        "stage",
        "owner",
        "outcome",
        "stalled",
        "close_from",
        "close_to",
        "search",
        "ordering",
        "cursor",
        "limit",
    ),
    *("deal", "assignee", "done", "kind", "from", "to", "as_of"),
)
HOSTILE = ("a\x00b", "<img src=x onerror=alert(1)>", "-99999999999999999999", "x" * 3000)


@pytest.mark.parametrize("value", HOSTILE, ids=["null", "markup", "number", "long"])
def test_no_query_makes_a_page_fail(cast: Cast, value: str) -> None:
    ids = ids_of(cast.workspace.pk, cast.rep)
    owner = signed_in("minjun@acme.test", raise_request_exception=False)
    token = {"Authorization": f"Bearer {cast.token('owner', scope='admin')}"}
    asked = dict.fromkeys(PAGE_NAMES, value)
    failed = []
    for route in sorted(PAGES):
        answer = owner.get(ids.fill(page(route), slug="acme"), asked)
        if answer.status_code >= 500 or b"<img src=x" in content_of(answer):
            failed.append(route)
    for route in sorted(name for name in API if name and "_id>" not in name):
        client = Client(raise_request_exception=False)
        path = ids.fill(api(route))
        failed += [
            f"{path}?{name}"
            for name in API_NAMES
            if client.get(path, {name: value}, headers=token).status_code >= 500
        ]
    assert failed == []
