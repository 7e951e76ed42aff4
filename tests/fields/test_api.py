"""`custom_fields` of deals, companies and contacts, and the list of the fields."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from contacts.models import Change
from deals.models import DealFieldValue
from fields.models import CustomField
from tenancy.scope import workspace_scope
from tests.factories import Cast
from tests.fields.conftest import add_fields, choice_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(cast: Cast) -> Any:
    token = cast.token("rep")

    def called(method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = getattr(Client(), method)(
            f"/api/v1/{path}",
            data=body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None

    return called


def given(cast: Cast, fields: dict[str, CustomField]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is sent, and what comes back."""
    with workspace_scope(cast.workspace.pk):
        seoul = str(choice_id(fields["region"], "서울"))
        crm, phone = (str(choice_id(fields["products"], name)) for name in ("CRM", "전화"))
    sent = {
        "note": " 메모 ",
        "seats": 12.5,
        "budget": "35000000",
        "renewal": "2031-03-31",
        "region": "서울",
        "products": ["전화", crm],
        "nda": True,
        "site": "https://example.com",
        "partner": str(cast.leader.pk),
    }
    return sent, sent | {"note": "메모", "seats": "12.5", "region": seoul, "products": [crm, phone]}


def test_the_fields_are_listed(cast: Cast, call: Any, fields: dict[str, CustomField]) -> None:
    found = call("get", "custom-fields/?subject=deal")["results"]
    assert [each["key"] for each in found] == list(fields)
    assert [choice["name"] for choice in found[4]["choices"]] == ["서울", "부산", "대구"]
    assert found[2]["currency"] == "KRW"
    assert call("get", "custom-fields/?subject=company")["results"] == []


def test_a_deal_is_made_read_and_changed_with_them(
    cast: Cast, call: Any, fields: dict[str, CustomField]
) -> None:
    sent, shown = given(cast, fields)
    deal = call(
        "post", "deals/", {"name": "새 딜", "pipeline": str(cast.pipeline.pk), "custom_fields": sent}, 201
    )
    assert deal["custom_fields"] == shown
    changed = call("patch", f"deals/{deal['id']}/", {"custom_fields": {"seats": None, "nda": False}})
    assert changed["custom_fields"] == shown | {"seats": None, "nda": None}
    assert changed["version"] == deal["version"] + 1
    assert call("get", "deals/")["results"][0]["custom_fields"] == changed["custom_fields"]


@pytest.mark.parametrize(
    ("custom", "field"),
    [
        ({"unknown": 1}, "custom_fields.unknown"),
        ({"\u0000": 1}, "custom_fields.\u0000"),
        ({"seats": "viele"}, "custom_fields.seats"),
        ({"seats": True}, "custom_fields.seats"),
        ({"nda": []}, None),
        ({"nda": {}}, "custom_fields.nda"),
        ({"nda": "maybe"}, "custom_fields.nda"),
        ({"region": {"id": 1}}, "custom_fields.region"),
        ({"products": [[1]]}, "custom_fields.products"),
        ({"renewal": 5}, "custom_fields.renewal"),
        ({"partner": {}}, "custom_fields.partner"),
        ([1], "custom_fields"),
    ],
)
def test_what_does_not_fit_is_a_problem_that_names_the_field(
    cast: Cast, call: Any, fields: dict[str, CustomField], custom: Any, field: str | None
) -> None:
    deal = call("post", "deals/", {"name": "새 딜", "pipeline": str(cast.pipeline.pk)}, 201)
    problem = call("patch", f"deals/{deal['id']}/", {"custom_fields": custom}, 400 if field else 200)
    if field:
        assert problem["errors"][0]["field"] == field
    with workspace_scope(cast.workspace.pk):
        assert not DealFieldValue.objects.exists()


@pytest.mark.parametrize(("subject", "path"), [("company", "companies"), ("contact", "contacts")])
def test_companies_and_people(cast: Cast, call: Any, rep: Client, subject: str, path: str) -> None:
    sent, shown = given(cast, add_fields(cast, subject))
    made = call("post", f"{path}/", {"name": "한결", "custom_fields": sent}, 201)
    assert made["custom_fields"] == shown
    call("patch", f"{path}/{made['id']}/", {"custom_fields": {"seats": "x"}}, 400)
    changed = call("patch", f"{path}/{made['id']}/", {"custom_fields": {"seats": 3}})
    assert changed["custom_fields"] == shown | {"seats": "3"}
    assert call("get", f"{path}/")["results"][0]["custom_fields"] == changed["custom_fields"]


@pytest.mark.parametrize(("subject", "path"), [("company", "companies"), ("contact", "people")])
def test_edited_on_their_page_and_taken_back(
    cast: Cast, call: Any, rep: Client, subject: str, path: str
) -> None:
    add_fields(cast, subject)
    made = call("post", f"{'companies' if subject == 'company' else 'contacts'}/", {"name": "한결"}, 201)
    url = f"/w/acme/{path}/{made['id']}/"
    htmx = {"HX-Request": "true"}
    form = rep.get(f"{url}edit/cf_seats/", headers=htmx).content.decode()
    assert 'name="cf_seats"' in form
    assert "errorlist" in rep.post(f"{url}edit/cf_seats/", {"cf_seats": "x"}, headers=htmx).content.decode()
    saved = rep.post(f"{url}edit/cf_seats/", {"cf_seats": "12", "was": "null"}, headers=htmx)
    assert "좌석 수" in saved.content.decode()
    stale = rep.post(f"{url}edit/cf_seats/", {"cf_seats": "13", "was": "null"}, headers=htmx)
    assert "error" in stale.headers["HX-Trigger"]
    with workspace_scope(cast.workspace.pk):
        change = Change.objects.get()
        assert change.data["fields"] == {"cf_seats": {"from": None, "to": "12"}}
    rep.post(f"/w/acme/people/changes/{change.pk}/undo/", headers=htmx)
    assert (
        call("get", f"{'companies' if subject == 'company' else 'contacts'}/{made['id']}/")["custom_fields"][
            "seats"
        ]
        is None
    )
