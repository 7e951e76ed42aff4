"""`exchange-rates/`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tenancy.models import ExchangeRate
from tenancy.scope import workspace_scope
from tests.api.conftest import Api, problem_of
from tests.factories import Cast

BODY = {"currency": "USD", "rate": "1385.4", "valid_on": "2026-01-02"}


@pytest.fixture
def admin(api_of: Callable[..., Api]) -> Api:
    return api_of("admin", "admin")


def test_given_corrected_and_taken_away(admin: Api):
    made = admin.post("exchange-rates/", BODY)
    assert (made.status_code, made.json()["rate"], made.json()["base"]) == (201, "1385.4", "KRW")
    admin.post("exchange-rates/", {**BODY, "rate": "1400"})
    admin.post("exchange-rates/", {"currency": "EUR", "rate": "1500", "valid_on": "2026-01-03"})
    found = admin.get("exchange-rates/").json()["results"]
    assert [(row["currency"], row["rate"]) for row in found] == [("EUR", "1500"), ("USD", "1400")]
    assert len(admin.get("exchange-rates/?currency=USD").json()["results"]) == 1
    assert admin.delete(f"exchange-rates/{made.json()['id']}/").status_code == 204
    problem_of(admin.delete(f"exchange-rates/{made.json()['id']}/"), 404, "not-found")


@pytest.mark.parametrize(
    "change",
    [
        {"rate": "0"},
        {"rate": "many"},
        {"rate": True},
        {"rate": "1.00000000001"},
        {"currency": "KRW"},
        {"currency": "XXX"},
        {"valid_on": "2999-01-01"},
        {"valid_on": "soon"},
        {"note": "x"},
    ],
)
def test_what_cannot_be_is_refused_by_name(admin: Api, change: dict[str, object]):
    problem = problem_of(admin.post("exchange-rates/", {**BODY, **change}), 400, "invalid")
    assert problem["errors"][0]["field"] == next(iter(change))
    assert admin.get("exchange-rates/").json()["results"] == []


def test_members_read_and_only_admins_write(cast: Cast, admin: Api, api_of: Callable[..., Api]):
    made = admin.post("exchange-rates/", BODY).json()
    for who, scope in (("leader", "admin"), ("admin", "write"), ("viewer", "read")):
        api = api_of(who, scope)
        assert len(api.get("exchange-rates/").json()["results"]) == 1
        problem_of(api.post("exchange-rates/", BODY), 403, "not-allowed")
        problem_of(api.delete(f"exchange-rates/{made['id']}/"), 403, "not-allowed")
    rival = api_of("mallory", "admin")
    assert rival.get("exchange-rates/").json()["results"] == []
    problem_of(rival.delete(f"exchange-rates/{made['id']}/"), 404, "not-found")
    with workspace_scope(cast.workspace.pk):
        assert ExchangeRate.objects.count() == 1
