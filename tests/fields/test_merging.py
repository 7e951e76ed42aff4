"""Added fields of two companies or people that are one: taken over where there was nothing, chosen, and put back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from contacts.models import Change, Company, Contact
from contacts.selectors.custom_values import fields_on
from contacts.services.changes import undo_change
from contacts.services.companies import create_company, edit_company
from contacts.services.contacts import create_contact
from core.errors import Conflict, InvalidInput
from customers.services.merge import merge_companies, undo_merge
from fields.services.choices import archive_choice, step_choice
from fields.services.definitions import archive_field
from tenancy.scope import workspace_scope
from tests.factories import Cast
from tests.fields.conftest import add_fields, choice_id

pytestmark = pytest.mark.django_db
FULL = {
    "cf_note": "<b>메모</b>",
    "cf_seats": "12.5",
    "cf_budget": "1000",
    "cf_renewal": "2031-03-31",
    "cf_region": "부산",
    "cf_products": "CRM;전화",
    "cf_nda": "yes",
    "cf_site": "example.com",
}


def read(record: Any) -> dict[str, str]:
    return {shown.field.key: shown.text for shown in fields_on(record) if shown.text}


@pytest.mark.parametrize("subject", ["company", "contact"])
def test_what_the_one_that_stays_lacks_comes_over_and_goes_back(
    cast: Cast, rep: Client, subject: str
) -> None:
    add_fields(cast, subject)
    make: Any = create_company if subject == "company" else create_contact
    model: Any = Company if subject == "company" else Contact
    path = "companies" if subject == "company" else "people"
    with workspace_scope(cast.workspace.pk):
        kept = make(actor=cast.actor(), name="가", cf_seats="3", cf_products="메일")
        gone = make(actor=cast.actor(), name="나", **FULL, cf_partner=str(cast.leader.pk))
        before = read(kept), read(gone)
    url = f"/w/acme/{path}/{kept.pk}/merge/"
    page = rep.get(f"{url}?other={gone.pk}").content.decode()
    assert "&lt;b&gt;메모&lt;/b&gt;" in page
    assert 'name="fact-cf_region" value="theirs" checked' in page
    assert 'name="fact-cf_products" value="ours" checked' in page
    # As the form sends it untouched, but for one fact.
    chosen = dict.fromkeys(FULL, "theirs") | {"cf_partner": "theirs", "cf_seats": "theirs"}
    chosen["cf_products"] = "ours"
    sent = {f"fact-{name}": side for name, side in chosen.items()}
    answer = rep.post(url, {"other": str(gone.pk), **sent}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    with workspace_scope(cast.workspace.pk):
        assert read(kept) == before[1] | {"products": "메일"}
        assert read(gone) == before[1]
        change = Change.objects.get()
        assert change.data["fields"]["cf_seats"] == {"from": "3", "to": "12.5"}
        assert "cf_products" not in change.data["fields"]
    rep.post(f"/w/acme/people/changes/{change.pk}/undo/", headers={"HX-Request": "true"})
    with workspace_scope(cast.workspace.pk):
        assert (read(model.objects.get(pk=kept.pk)), read(model.objects.get(pk=gone.pk))) == before


def test_by_default_only_where_there_is_nothing(cast: Cast) -> None:
    add_fields(cast, "company")
    with workspace_scope(cast.workspace.pk):
        kept = create_company(actor=cast.actor(), name="가", cf_seats="3")
        gone = create_company(actor=cast.actor(), name="나", cf_seats="4", cf_region="서울")
        merge_companies(kept_id=kept.pk, gone_id=gone.pk, actor=cast.actor())
        assert read(kept) == {"seats": "3", "region": "서울"}
        other = create_company(actor=cast.actor(), name="다")
        with pytest.raises(InvalidInput):
            merge_companies(kept_id=kept.pk, gone_id=other.pk, take=["cf_unknown"], actor=cast.actor())


def test_a_choice_no_longer_offered_comes_over_and_goes_back_all_the_same(cast: Cast) -> None:
    fields = add_fields(cast, "company")
    with workspace_scope(cast.workspace.pk):
        kept = create_company(actor=cast.actor(), name="가", cf_products="CRM;메일")
        gone = create_company(actor=cast.actor(), name="나", cf_products="전화", cf_region="대구")
        before = read(kept)
        for field, name in (("region", "대구"), ("products", "CRM")):
            archive_choice(choice_id=choice_id(fields[field], name), actor=cast.actor("admin"))
        merged = merge_companies(
            kept_id=kept.pk, gone_id=gone.pk, take=["cf_products", "cf_region"], actor=cast.actor()
        )
        assert read(kept) == {"region": "대구", "products": "전화"}
        undo_merge(change_id=merged.last_change.pk, actor=cast.actor())
        assert read(kept) == before


def test_an_edit_is_taken_back_though_its_choices_were_reordered(cast: Cast) -> None:
    fields = add_fields(cast, "company")
    with workspace_scope(cast.workspace.pk):
        company = create_company(actor=cast.actor(), name="가")
        edited = edit_company(company_id=company.pk, changes={"cf_products": "CRM;전화"}, actor=cast.actor())
        step_choice(choice_id=choice_id(fields["products"], "전화"), up=True, actor=cast.actor("admin"))
        step_choice(choice_id=choice_id(fields["products"], "전화"), up=True, actor=cast.actor("admin"))
        assert read(company) == {"products": "전화, CRM"}
        undo_change(change_id=edited.last_change.pk, actor=cast.actor())
        assert read(company) == {}


def test_undo_is_refused_while_a_field_that_came_over_is_archived(cast: Cast) -> None:
    fields = add_fields(cast, "company")
    with workspace_scope(cast.workspace.pk):
        kept = create_company(actor=cast.actor(), name="가")
        gone = create_company(actor=cast.actor(), name="나", cf_seats="4")
        change = merge_companies(kept_id=kept.pk, gone_id=gone.pk, actor=cast.actor()).last_change
        archive_field(field_id=fields["seats"].pk, actor=cast.actor("admin"))
        with pytest.raises(Conflict, match="archived"):
            undo_merge(change_id=change.pk, actor=cast.actor())


def test_as_many_queries_for_the_preview_however_many_fields(
    cast: Cast, rep: Client, query_count: Any
) -> None:
    with workspace_scope(cast.workspace.pk):
        pair = [create_company(actor=cast.actor(), name=name) for name in ("가", "나")]
    url = f"/w/acme/companies/{pair[0].pk}/merge/?other={pair[1].pk}"
    rep.get(url)
    with query_count() as without:
        rep.get(url)
    add_fields(cast, "company")
    with query_count() as with_fields:
        rep.get(url)
    assert with_fields() <= without() + 2


def test_the_api_takes_them_by_key(cast: Cast) -> None:
    add_fields(cast, "company")
    with workspace_scope(cast.workspace.pk):
        kept = create_company(actor=cast.actor(), name="가", cf_seats="3")
        gone = create_company(actor=cast.actor(), name="나", cf_seats="4")

    def merge(take: list[str]) -> Any:
        return Client().post(
            f"/api/v1/companies/{kept.pk}/merge/",
            {"other": str(gone.pk), "take": take},
            content_type="application/json",
            headers={"Authorization": f"Bearer {cast.token('rep')}"},
        )

    assert merge(["custom_fields.unknown"]).status_code == 400
    assert merge(["custom_fields.seats"]).json()["custom_fields"]["seats"] == "4"
