"""Companies and people found by added fields: the words of the deals' filters, in the address, chosen in a sheet."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from contacts.services.companies import create_company, delete_company
from contacts.services.contacts import create_contact
from fields.models import CustomField
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal
from tests.fields.conftest import add_fields, choice_id

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
KINDS = [("company", "companies"), ("contact", "people")]
SHORT = {"가람": "a", "나래": "b", "다온": "c"}


def three(cast: Cast, subject: str) -> tuple[dict[str, CustomField], list[Any]]:
    fields = add_fields(cast, subject)
    make: Any = create_company if subject == "company" else create_contact
    given = [
        {
            "cf_note": "Alpha One",
            "cf_seats": "10",
            "cf_renewal": "2031-01-10",
            "cf_region": "서울",
            "cf_products": "CRM;메일",
            "cf_nda": "yes",
            "cf_partner": str(cast.leader.pk),
        },
        {
            "cf_note": "alphabet",
            "cf_seats": "20.5",
            "cf_renewal": "2031-02-20",
            "cf_region": "부산",
            "cf_products": "메일",
            "cf_partner": str(cast.rep.pk),
        },
        {},
    ]
    with workspace_scope(cast.workspace.pk):
        return fields, [
            make(actor=cast.actor(), name=name, **said) for name, said in zip(SHORT, given, strict=True)
        ]


def found(client: Client, path: str, query: str) -> str:
    html = client.get(f"/w/acme/{path}/?{query}").content.decode()
    rows = re.findall(r'class="row-link"[^>]*>([^<]+)<', html)
    return "".join(SHORT[name] for name in rows)


@pytest.mark.parametrize(("subject", "path"), KINDS)
def test_the_words_are_those_of_the_deals(cast: Cast, rep: Client, subject: str, path: str) -> None:
    fields, _records = three(cast, subject)
    with workspace_scope(cast.workspace.pk):
        seoul, daegu = (choice_id(fields["region"], name) for name in ("서울", "대구"))
        crm, mail = (choice_id(fields["products"], name) for name in ("CRM", "메일"))
    expected = {
        "": "abc",
        "cf_note=any": "ab",
        "cf_note=none": "c",
        "cf_note=ALPHA": "ab",
        "cf_note=%3Dalpha one": "a",
        "cf_seats=15..": "b",
        "cf_seats=10": "a",
        "cf_renewal=2031-02-01..2031-02-28": "b",
        "cf_nda=yes": "a",
        "cf_nda=no": "bc",
        "cf_partner=me": "b",
        f"cf_partner={cast.leader.pk},me": "ab",
        f"cf_region={seoul},{daegu}": "a",
        f"cf_products={crm}": "a",
        f"cf_products={mail}": "ab",
        f"cf_products={mail}&cf_seats=15..": "b",
        f"cf_products={mail}&q=가람": "a",
        # What cannot be read is left out, and nothing of it reaches the database.
        "cf_seats=what&cf_unknown=3&cf_=x&cf_note=%00": "abc",
        "cf_region=seoul": "abc",
    }
    assert {query: found(rep, path, query) for query in expected} == expected
    html = rep.get(f"/w/acme/{path}/?cf_region={seoul}&sort=newest&q=가").content.decode()
    assert "지역: 서울" in html
    assert f'name="cf_region" value="{seoul}"' in html  # the search keeps it
    assert f'href="/w/acme/{path}/?q=%EA%B0%80&amp;sort=newest"' in html


@pytest.mark.parametrize("order", ["name", "newest", "amount", "heard"])
def test_in_every_order_and_without_the_deleted(cast: Cast, rep: Client, order: str) -> None:
    _fields, records = three(cast, "company")
    with workspace_scope(cast.workspace.pk):
        for company in records:
            make_deal(actor=cast.actor(), owner=cast.rep, company=company, amount=10)
        lone = create_company(actor=cast.actor(), name="라온", cf_note="alpha")
        delete_company(company_id=lone.pk, actor=cast.actor())
    assert sorted(found(rep, "companies", f"cf_note=alpha&sort={order}")) == ["a", "b"]


@pytest.mark.parametrize(("subject", "path"), KINDS)
def test_the_sheet_leads_to_the_list(cast: Cast, rep: Client, subject: str, path: str) -> None:
    assert "/filter/" not in rep.get(f"/w/acme/{path}/").content.decode()
    assert rep.get(f"/w/acme/{path}/filter/").status_code == 302  # there is nothing to filter by
    fields, _records = three(cast, subject)
    with workspace_scope(cast.workspace.pk):
        seoul, busan = (str(choice_id(fields["region"], name)) for name in ("서울", "부산"))
    page = rep.get(f"/w/acme/{path}/?q=a&sort=newest").content.decode()
    assert f"/w/acme/{path}/filter/?q=a&amp;sort=newest" in page
    url = f"/w/acme/{path}/filter/"
    sheet = rep.get(f"{url}?q=a&sort=newest&cf_region={seoul}&cf_seats=1..", headers=HTMX).content.decode()
    assert re.search(rf'value="{seoul}"[^>]*checked', sheet)
    assert 'name="q" value="a"' in sheet
    sent = {"apply": "1", "q": "", "f-cf_region-in": [seoul, busan], "f-cf_seats-from": "1,000"}
    for headers in (HTMX, {}):
        answer = rep.get(url, sent, headers=headers)
        where = answer.headers["HX-Redirect" if headers else "Location"]
        assert urlsplit(where).path == f"/w/acme/{path}/"
        assert parse_qs(urlsplit(where).query) == {
            "cf_region": [f"{seoul},{busan}"],
            "cf_seats": ["1000.."],
        }
    for wrong in ({"f-cf_seats-from": "x"}, {"f-cf_region-in": ["x"]}, {"f-cf_seats-to": "1", **sent}):
        assert "errorlist" in rep.get(url, {**wrong, "apply": "1"}, headers=HTMX).content.decode()


def test_nothing_found_says_so_and_offers_the_way_back(cast: Cast, rep: Client) -> None:
    three(cast, "company")
    html = rep.get("/w/acme/companies/?cf_note=beta").content.decode()
    assert "No company matches" in html
    assert 'href="/w/acme/companies/"' in html


@pytest.mark.parametrize(("subject", "path"), KINDS)
def test_queries_do_not_grow(cast: Cast, rep: Client, subject: str, path: str, query_count: Any) -> None:
    three(cast, subject)
    counts = []
    for query in ("cf_note=any", "cf_note=any&cf_seats=1..&cf_products=any&cf_region=any&cf_partner=any"):
        rep.get(f"/w/acme/{path}/?{query}", headers=HTMX)
        with query_count() as counted:
            rep.get(f"/w/acme/{path}/?{query}", headers=HTMX)
        counts.append(counted())
    assert counts[1] <= counts[0] + 1 <= 14  # the names of members


def test_another_workspaces_fields_say_nothing(cast: Cast, mallory: Client) -> None:
    fields, _records = three(cast, "company")
    with workspace_scope(cast.workspace.pk):
        seoul = choice_id(fields["region"], "서울")
    html = mallory.get(f"/w/rival/companies/?cf_region={seoul}").content.decode()
    assert "가람" not in html
    assert "chosen" not in html
