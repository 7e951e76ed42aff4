"""Creating, changing and deleting deals."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from contacts.models import Company
from deals.models import Deal, StageStay
from tenancy.scope import workspace_scope
from tenancy.services.members import deactivate_member
from tests.api.conftest import Api, fields_of, problem_of
from tests.factories import Cast, make_pipeline

# Creating --------------------------------------------------------------------------------------------------------


def test_least_of_all_a_name_and_a_pipeline(cast: Cast, api: Api, stages: list[Any]):
    reply = api.post("deals/", {"name": " 새  딜 ", "pipeline": str(cast.pipeline.pk)})
    assert reply.status_code == 201
    made = reply.json()
    assert reply.headers["Location"] == f"/api/v1/deals/{made['id']}/"
    assert reply.headers["ETag"] == '"1"'
    assert (made["name"], made["stage"], made["owner"]) == ("새 딜", str(stages[0].pk), str(cast.rep.pk))
    assert (made["currency"], made["amount"], made["expected_close_date"]) == ("KRW", None, None)
    with workspace_scope(cast.workspace.pk):
        assert StageStay.objects.filter(deal_id=made["id"], left_at=None).count() == 1


def test_everything_given(cast: Cast, api: Api, stages: list[Any]):
    with workspace_scope(cast.workspace.pk):
        company = Company.objects.create(name="한결")
    body = {
        "name": "딜",
        "pipeline": str(cast.pipeline.pk),
        "stage": str(stages[2].pk),
        "owner": None,
        "company": str(company.pk),
        "amount": "1054.5",
        "currency": "USD",
        "expected_close_date": "2027-11-30",
        "revenue_type": "per_year",
        "source": "웹사이트",
    }
    made = api.post("deals/", body).json()
    assert {name: made[name] for name in body} == body
    assert made["company_name"] == "한결"


@pytest.mark.parametrize("amount", [5, 1054.5, "5", "0.01"])
def test_amounts_as_text_or_number(cast: Cast, api: Api, amount: Any):
    body = {"name": "딜", "pipeline": str(cast.pipeline.pk), "amount": amount, "currency": "USD"}
    assert api.post("deals/", body).json()["amount"] == str(amount)


def test_amounts_finer_than_the_currencys_unit(cast: Cast, api: Api, deal: Deal):
    body = {"name": "딜", "pipeline": str(cast.pipeline.pk)}
    for amount, currency in (("0.5", "KRW"), (0.5, "KRW"), ("12.345", "USD")):
        reply = api.post("deals/", body | {"amount": amount, "currency": currency})
        assert fields_of(problem_of(reply, 400, "invalid")) == {"amount": "invalid"}
    path = f"deals/{deal.pk}/"
    problem = problem_of(api.patch(path, {"amount": "10.5"}), 400, "invalid")
    assert problem["errors"][0]["detail"] == "KRW has no fractions. Write a whole amount."
    assert api.patch(path, {"amount": "10.5", "currency": "USD"}).json()["amount"] == "10.5"
    assert fields_of(problem_of(api.patch(path, {"currency": "KRW"}), 400, "invalid")) == {
        "currency": "invalid"
    }


@pytest.mark.parametrize(
    "amount",
    ["", "five", "1,000", "1e5", "-1", "0.00001", "100000000000001", "NaN", "+5", " 5", True, [], 1e300, -1],
)
def test_amounts_that_are_none(cast: Cast, api: Api, amount: Any):
    body = {"name": "딜", "pipeline": str(cast.pipeline.pk), "amount": amount}
    assert list(fields_of(problem_of(api.post("deals/", body), 400, "invalid"))) == ["amount"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", None, "null"),
        ("pipeline", None, "null"),
        ("stage", "nowhere", "invalid"),
        ("owner", "01a20949-b58d-7167-a355-0e13c57c7962", "does_not_exist"),
        ("currency", "XXX", "invalid_choice"),
        ("expected_close_date", "30.11.2027", "invalid"),
        ("expected_close_date", "1889-01-01", "out_of_range"),
        ("version", 1, "unknown"),
    ],
)
def test_values_that_are_none(cast: Cast, api: Api, field: str, value: Any, code: str):
    body = {"name": "딜", "pipeline": str(cast.pipeline.pk), field: value}
    assert fields_of(problem_of(api.post("deals/", body), 400, "invalid")) == {field: code}


def test_a_stage_of_another_pipeline_and_an_owner_who_left(cast: Cast, api: Api):
    with workspace_scope(cast.workspace.pk):
        cast.pipeline.is_default = False
        cast.pipeline.save()
        other = make_pipeline("the-model", name="다른")
        stage = other.stages.get(position=0)
        deactivate_member(member=cast.other_rep)
    body = {"name": "딜", "pipeline": str(cast.pipeline.pk)}
    problem = problem_of(api.post("deals/", {**body, "stage": str(stage.pk)}), 400, "invalid")
    assert fields_of(problem) == {"stage": "invalid_choice"}
    problem = problem_of(api.post("deals/", {**body, "owner": str(cast.other_rep.pk)}), 400, "invalid")
    assert fields_of(problem) == {"owner": "invalid_choice"}


PAST = {
    "created_at": "2026-01-05T00:00:00Z",
    "stage_entered_at": "2026-02-05T00:00:00+09:00",
    "outcome": "lost",
    "closed_at": "2026-03-31T15:30:00Z",
    "external_source": "oldcrm",
    "external_id": "4711",
}


def test_an_admins_admin_token_moves_history_in(cast: Cast, api_of: Callable[..., Api]):
    admin = api_of("admin", "admin")
    reason = admin.get("loss-reasons/").json()["results"][0]
    body = {"name": "옛 딜", "pipeline": str(cast.pipeline.pk), "loss_reason": reason["name"], **PAST}
    reply = admin.post("deals/", body)
    made = reply.json()
    assert reply.status_code == 201, made
    assert made["stage_entered_at"] == "2026-02-04T15:00:00Z"
    assert (made["outcome"], made["closed_on"]) == ("lost", "2026-04-01")  # already April in Seoul
    assert made["loss_reason"] == reason["id"]
    again = problem_of(admin.post("deals/", body), 409, "duplicate-external-id")
    assert again["existing"] == made["id"]
    assert admin.get("deals/?external_source=oldcrm&external_id=4711").json()["results"] == [made]


@pytest.mark.parametrize(("who", "scope"), [("admin", "write"), ("leader", "admin"), ("rep", "write")])
@pytest.mark.parametrize("field", list(PAST))
def test_nobody_else_does(cast: Cast, api_of: Callable[..., Api], who: str, scope: str, field: str):
    body = {"name": "옛 딜", "pipeline": str(cast.pipeline.pk), field: PAST[field]}
    problem_of(api_of(who, scope).post("deals/", body), 403, "not-allowed")


def test_history_that_cannot_be(cast: Cast, api_of: Callable[..., Api]):
    admin = api_of("admin", "admin")
    body = {"name": "옛 딜", "pipeline": str(cast.pipeline.pk)}
    for given, field in (
        ({"created_at": "2199-01-01T00:00:00Z"}, "created_at"),
        ({"created_at": "0001-01-01T00:00:00Z"}, "created_at"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"outcome": "won"}, "closed_at"),
        ({"outcome": "lost", "closed_at": "2026-03-31T00:00:00Z"}, "loss_reason"),
        ({"loss_reason": "없는 사유"}, "loss_reason"),
        ({"external_id": "5"}, "external_source"),
    ):
        problem = problem_of(admin.post("deals/", {**body, **given}), 400, "invalid")
        assert list(fields_of(problem)) == [field]


# Changing --------------------------------------------------------------------------------------------------------


def test_changing_fields_raises_the_version(api: Api, deal: Deal):
    reply = api.patch(f"deals/{deal.pk}/", {"amount": "5", "expected_close_date": "2027-01-01", "version": 1})
    assert (reply.json()["amount"], reply.json()["version"]) == ("5", 2)
    assert reply.headers["ETag"] == '"2"'
    reply = api.patch(f"deals/{deal.pk}/", {"amount": None, "owner": None})
    assert (reply.json()["amount"], reply.json()["owner"], reply.json()["version"]) == (None, None, 3)


@pytest.mark.parametrize(
    ("body", "headers"),
    [({"version": 1}, {}), ({}, {"If_Match": '"1"'}), ({"version": 1}, {"If_Match": '"1"'})],
)
def test_a_stale_version_gets_the_present_state(
    api: Api, deal: Deal, body: dict[str, Any], headers: dict[str, str]
):
    api.patch(f"deals/{deal.pk}/", {"name": "먼저"})
    problem = problem_of(
        api.patch(f"deals/{deal.pk}/", {"name": "나중", **body}, **headers), 409, "stale-version"
    )
    assert problem["current"] == api.get(f"deals/{deal.pk}/").json()
    assert problem["current"]["name"] == "먼저"


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', "*"])
def test_if_match_lets_the_present_version_pass(api: Api, deal: Deal, tag: str):
    assert api.patch(f"deals/{deal.pk}/", {"name": "새 이름"}, If_Match=tag).status_code == 200


@pytest.mark.parametrize("tag", ["1", '"one"', '"1", "2"', ""])
def test_if_match_that_is_none(api: Api, deal: Deal, tag: str):
    problem = problem_of(api.patch(f"deals/{deal.pk}/", {"name": "x"}, If_Match=tag), 400, "invalid")
    assert list(fields_of(problem)) == ["If-Match"]


def test_header_and_body_must_agree(api: Api, deal: Deal):
    reply = api.patch(f"deals/{deal.pk}/", {"name": "x", "version": 2}, If_Match='"1"')
    assert list(fields_of(problem_of(reply, 400, "invalid"))) == ["version"]


def test_a_change_of_nothing_changes_nothing(api: Api, deal: Deal):
    assert api.patch(f"deals/{deal.pk}/", {}).json()["version"] == 1
    assert api.patch(f"deals/{deal.pk}/", {"name": deal.name}).json()["version"] == 1


def test_deleting(api: Api, deal: Deal):
    problem_of(api.delete(f"deals/{deal.pk}/", If_Match='"9"'), 409, "stale-version")
    reply = api.delete(f"deals/{deal.pk}/", If_Match='"1"')
    assert (reply.status_code, reply.content) == (204, b"")
    for again in (api.get(f"deals/{deal.pk}/"), api.delete(f"deals/{deal.pk}/")):
        problem_of(again, 404, "not-found")
    assert api.get("deals/").json()["results"] == []


def test_two_at_once_with_one_external_id(committed_cast: Cast):
    secret = committed_cast.token("admin", "admin")
    body = {"name": "딜", "pipeline": str(committed_cast.pipeline.pk)}
    body |= {"external_source": "oldcrm", "external_id": "7"}
    replies: list[Any] = []

    def call() -> None:
        replies.append(Api(secret).post("deals/", body))
        connection.close()

    threads = [threading.Thread(target=call) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(reply.status_code for reply in replies) == [201] + [409] * 7
    (made,) = [reply.json()["id"] for reply in replies if reply.status_code == 201]
    assert {reply.json()["existing"] for reply in replies if reply.status_code == 409} == {made}
