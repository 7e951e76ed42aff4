"""`companies/` and `contacts/`."""

from __future__ import annotations

from typing import Any

import pytest

from contacts.models import Company
from deals.models import Deal
from tenancy.scope import workspace_scope
from tests.api.conftest import Api, fields_of, problem_of
from tests.factories import Cast, make_deal

BOTH = pytest.mark.parametrize("kind", ["companies", "contacts"])


@BOTH
def test_from_making_to_deleting(api: Api, kind: str):
    reply = api.post(f"{kind}/", {"name": " 한결  모터스 "})
    made = reply.json()
    path = f"{kind}/{made['id']}/"
    assert (reply.status_code, made["name"]) == (201, "한결 모터스")
    assert reply.headers["Location"] == f"/api/v1/{path}"
    assert api.get(path).json() == made
    assert api.patch(path, {"name": "새 이름"}).json() == {**made, "name": "새 이름"}
    assert [row["name"] for row in api.get(f"{kind}/").json()["results"]] == ["새 이름"]
    assert api.delete(path).status_code == 204
    for gone in (api.get(path), api.patch(path, {"name": "x"}), api.delete(path)):
        problem_of(gone, 404, "not-found")
    assert api.get(f"{kind}/").json()["results"] == []


@BOTH
def test_merging_and_undoing(cast: Cast, api: Api, mallory: Api, kind: str):
    kept = api.post(f"{kind}/", {"name": "한결모터스"}).json()
    gone = api.post(f"{kind}/", {"name": "(주)한결", "external_source": "oldcrm", "external_id": "7"}).json()
    path = f"{kind}/{kept['id']}/"
    problem_of(mallory.post(f"{path}merge/", {"other": gone["id"]}), 404, "not-found")
    problem_of(api.post(f"{path}merge/", {"other": gone["id"], "take": ["version"]}), 400, "invalid")
    merged = api.post(f"{path}merge/", {"other": gone["id"], "take": ["name"]})
    assert (merged.status_code, merged.json()["name"]) == (200, "(주)한결")
    problem_of(api.get(f"{kind}/{gone['id']}/"), 404, "not-found")
    found = api.get(f"{kind}/?external_source=oldcrm&external_id=7").json()["results"]
    assert [row["id"] for row in found] == [kept["id"]]
    problem_of(api.post(f"{path}merge/", {"other": gone["id"]}), 400, "invalid")
    assert api.post(f"{path}unmerge/", {"other": gone["id"]}).json() == kept
    assert api.get(f"{kind}/{gone['id']}/").json() == gone
    problem_of(api.post(f"{path}unmerge/", {"other": gone["id"]}), 404, "not-found")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("companies/?name=주식회사 한결", 1),
        ("companies/?domain=https://www.hangyeol.example", 1),
        ("companies/?name=한", 0),
        ("contacts/?email=JIEUN@hangyeol.example", 1),
        ("contacts/?name=이 지은", 1),
    ],
)
def test_found_by_what_they_are_called(api: Api, query: str, found: int):
    api.post("companies/", {"name": "(주)한결", "domain": "hangyeol.example"})
    api.post("contacts/", {"name": "이지은", "email": "jieun@hangyeol.example"})
    assert len(api.get(query).json()["results"]) == found


@BOTH
def test_an_external_id_is_there_once(cast: Cast, api: Api, mallory: Api, kind: str):
    given = {"name": "한결", "external_source": "oldcrm", "external_id": "7"}
    first = api.post(f"{kind}/", given).json()
    problem = problem_of(api.post(f"{kind}/", given), 409, "duplicate-external-id")
    assert problem["existing"] == first["id"]
    other = api.post(f"{kind}/", {**given, "external_id": "8"}).json()
    problem_of(api.patch(f"{kind}/{other['id']}/", {"external_id": "7"}), 409, "duplicate-external-id")
    assert api.patch(f"{kind}/{first['id']}/", {"external_id": "7", "name": "x"}).status_code == 200
    assert mallory.post(f"{kind}/", given).status_code == 201
    found = api.get(f"{kind}/?external_source=oldcrm&external_id=8").json()["results"]
    assert [row["id"] for row in found] == [other["id"]]


@BOTH
@pytest.mark.parametrize("given", [{"external_id": "7"}, {"external_source": "oldcrm"}])
def test_half_an_external_id_is_none(api: Api, kind: str, given: dict[str, str]):
    problem = problem_of(api.post(f"{kind}/", {"name": "x", **given}), 400, "invalid")
    assert set(fields_of(problem)) == {"external_id", "external_source"} - set(given)


def test_a_contact_of_a_company(cast: Cast, api: Api):
    company = api.post(
        "companies/", {"name": "한결", "domain": "hangyeol.example", "owner": str(cast.rep.pk)}
    ).json()
    given = {
        "name": "이지은",
        "company": company["id"],
        "email": "jieun@hangyeol.example",
        "phone": "010-0000-0000",
        "title": "팀장",
        "ad_consent": "given",
    }
    made = api.post("contacts/", given).json()
    assert {name: made[name] for name in given} == given
    assert made["company_name"] == "한결"
    assert made["ad_consent_at"]
    assert api.patch(f"contacts/{made['id']}/", {"ad_consent": "unknown"}).json()["ad_consent_at"] is None
    for query in (f"company={company['id']}", "email=jieun@hangyeol.example", "search=JIEUN", "search=지은"):
        assert len(api.get(f"contacts/?{query}").json()["results"]) == 1, query
    assert len(api.get("companies/?search=HANGYEOL").json()["results"]) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("ad_consent", "maybe"),
        ("company", "01a20949-b58d-7167-a355-0e13c57c7962"),
        ("owner", "x"),
        ("phone", "0" * 41),
        ("name", " "),
    ],
)
def test_contacts_that_are_none(api: Api, field: str, value: Any):
    problem = problem_of(api.post("contacts/", {"name": "이지은", field: value}), 400, "invalid")
    assert list(fields_of(problem)) == [field]


def test_a_company_in_use_stays(cast: Cast, api: Api):
    company = api.post("companies/", {"name": "한결"}).json()["id"]
    with workspace_scope(cast.workspace.pk):
        deal = make_deal(actor=cast.actor(), company=Company.objects.get(pk=company))
    contact = api.post("contacts/", {"name": "이지은", "company": company}).json()["id"]
    problem_of(api.delete(f"companies/{company}/"), 409, "conflict")
    api.delete(f"contacts/{contact}/")
    problem_of(api.delete(f"companies/{company}/"), 409, "conflict")
    with workspace_scope(cast.workspace.pk):
        Deal.objects.filter(pk=deal.pk).update(company=None)
    assert api.delete(f"companies/{company}/").status_code == 204
    problem = problem_of(api.post("contacts/", {"name": "x", "company": company}), 400, "invalid")
    assert fields_of(problem) == {"company": "does_not_exist"}
