"""The forecast page, and giving a date to the deals that need one."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from core.clock import frozen_at
from deals.models import Deal
from deals.services.create_deal import Past
from pipeline.services.create_from_template import create_pipeline_from_template
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal

URL = "/w/acme/forecast/"
NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Seoul"))
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def frozen() -> Any:
    with frozen_at(NOW):
        yield


@pytest.fixture
def client(cast: Cast) -> Client:
    return logged_in(cast, "rep")


def logged_in(cast: Cast, who: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(getattr(cast, who).user)
    return client


def deal_in(cast: Cast, **fields: Any) -> Deal:
    with workspace_scope(cast.workspace.pk):
        return make_deal(actor=cast.actor("owner"), **fields)


def cell(page: str, month: str) -> tuple[str, str]:
    """(weighted, won) of the month's cell."""
    found = re.search(rf'data-month="{month}" data-weighted="([^"]*)" data-won="([^"]*)"', page)
    assert found, month
    return found[1], found[2]


def date_url(deal: Deal, slug: str = "acme") -> str:
    return f"/w/{slug}/forecast/deals/{deal.pk}/date/"


def test_undated_deals_without_amounts_are_not_said_to_be_counted(cast: Cast, client: Client) -> None:
    deal_in(cast, stage="온보딩 교육 중", expected_close_date=date(2027, 1, 15))
    assert "Every open deal is counted" in client.get(URL).content.decode()
    deal_in(cast, stage="온보딩 교육 중", amount=None, expected_close_date=None)
    page = client.get(URL).content.decode()
    assert "1 deal<small>not counted</small>" in page
    assert "Every open deal is counted" not in page


def test_months_carry_plain_numbers(cast: Cast, client: Client) -> None:
    deal_in(cast, stage="온보딩 교육 중", expected_close_date=date(2027, 1, 15))
    past = Past(created_at=datetime(2026, 9, 1, tzinfo=NOW.tzinfo), outcome="won", closed_at=NOW)
    deal_in(cast, past=past, amount=2_500_000)
    page = client.get(URL).content.decode()
    assert cell(page, "2027-01") == ("7000000", "0")
    assert cell(page, "2026-11") == ("0", "2500000")
    assert re.findall(r'data-month="([^"]+)"', page) == [
        "2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03",
    ]  # fmt: skip
    assert "₩7M" in page
    assert 'style="' not in page


def test_the_range_is_in_the_url(cast: Cast, client: Client) -> None:
    deal_in(cast, expected_close_date=date(2027, 11, 15))
    page = client.get(URL, {"from": "2027-11", "to": "2028-01"}).content.decode()
    assert re.findall(r'data-month="([^"]+)"', page) == ["2027-11", "2027-12", "2028-01"]
    assert cell(page, "2027-11") == ("2000000", "0")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"from": "november"}, "Write months as 2027-11"),
        ({"from": "2027-13", "to": "2028-01"}, "Write months as 2027-11"),
        ({"to": "0999-01"}, "Write months as 2027-11"),
        ({"from": "2027-11", "to": "2027-10"}, "lies before the first"),
        ({"from": "2020-01", "to": "2027-10"}, "24 months at most"),
        ({"owner": "nobody"}, "no such member"),
        ({"pipeline": "7"}, "no such pipeline"),
    ],
)
def test_what_cannot_be_read_is_said_and_the_default_shown(
    cast: Cast, client: Client, asked: dict[str, str], said: str
) -> None:
    deal_in(cast, expected_close_date=date(2026, 12, 1))
    response = client.get(URL, asked)
    assert response.status_code == 200
    page = response.content.decode()
    assert said in page
    assert cell(page, "2026-12") == ("2000000", "0")


def test_filters_by_pipeline_and_owner(cast: Cast, client: Client) -> None:
    with workspace_scope(cast.workspace.pk):
        other = create_pipeline_from_template(template="the-model", language="ko", name="파트너")
    deal_in(cast, owner=cast.rep, expected_close_date=date(2026, 12, 1), amount=1_000_000)
    deal_in(cast, owner=cast.leader, expected_close_date=date(2026, 12, 1), amount=2_000_000)
    deal_in(cast, expected_close_date=date(2026, 12, 1), amount=4_000_000)

    def weighted(**asked: Any) -> str:
        return cell(client.get(URL, asked).content.decode(), "2026-12")[0]

    assert weighted() == "1400000"
    assert weighted(owner="me") == "200000"
    assert weighted(owner=cast.leader.pk) == "400000"
    assert weighted(owner="none") == "800000"
    assert weighted(pipeline=cast.pipeline.pk) == "1400000"
    empty = client.get(URL, {"pipeline": other.pk}).content.decode()
    assert "There is nothing to forecast here" in empty
    assert "Clear filters" in empty


def test_an_empty_workspace_says_what_to_do(cast: Cast, client: Client) -> None:
    page = client.get(URL).content.decode()
    assert "There is nothing to forecast yet" in page
    assert "/w/acme/board/" in page


def test_the_month_a_sales_cycle_ahead_is_to_be_filled_now(cast: Cast, client: Client) -> None:
    for index in range(5):
        closed = datetime(2026, 10, 10 + index, 12, tzinfo=NOW.tzinfo)
        past = Past(
            created_at=datetime(2026, 8, 10 + index, 12, tzinfo=NOW.tzinfo), outcome="won", closed_at=closed
        )
        deal_in(cast, past=past)
    page = client.get(URL).content.decode()
    assert "cycle 61 days" in page
    assert re.search(r'data-month="2027-01"[^>]*>\s*<p class="cue">', page)


def test_other_currencies_are_a_notice(cast: Cast, client: Client) -> None:
    deal_in(cast, amount=Decimal("10.5"), currency="USD", expected_close_date=date(2026, 12, 1))
    assert "1 deal in another currency than KRW is not added up." in client.get(URL).content.decode()


def test_query_count_is_fixed(cast: Cast, client: Client, query_count: Any) -> None:
    def count() -> int:
        with query_count() as counted:
            client.get(URL)
        return int(counted())

    deal_in(cast, owner=cast.rep)
    few = count()
    for index in range(12):
        deal_in(cast, owner=cast.rep, name=f"딜 {index}", expected_close_date=date(2027, 1 + index % 6, 5))
    assert count() == few
    assert few <= 8 + 6  # the frame: session, user, workspace, member, entering it


def test_the_list_has_the_deals_that_are_in_no_month_and_no_others(cast: Cast, client: Client) -> None:
    with workspace_scope(cast.workspace.pk):
        leads = create_pipeline_from_template(template="the-model", language="ko", name="리드부터")
        lead = leads.stages.get(kind="lead")
    listed = [deal_in(cast), deal_in(cast, expected_close_date=date(2026, 11, 22))]
    counted = [
        deal_in(cast, expected_close_date=date(2026, 11, 23)),
        deal_in(cast, expected_close_date=date(2029, 1, 1)),
        deal_in(cast, pipeline=leads, stage=lead.name),
    ]
    page = client.get(URL).content.decode()
    assert {f'id="needs-{deal.pk}"' in page for deal in listed} == {True}
    assert {f'id="needs-{deal.pk}"' in page for deal in counted} == {False}
    assert "2 deals" in page


# Giving a date --------------------------------------------------------------------------------------------------


def test_a_deal_gets_its_date_in_place(cast: Cast, client: Client) -> None:
    deal = deal_in(cast, stage="온보딩 교육 중")
    assert f'id="needs-{deal.pk}"' in client.get(URL).content.decode()
    body = {"expected_close_date": "2026-12-24", "version": deal.version}
    response = client.post(date_url(deal), body, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert f'id="needs-{deal.pk}"' not in page
    assert cell(page, "2026-12") == ("7000000", "0")
    assert "now counts in Dec" in response.headers["HX-Trigger"]
    with workspace_scope(cast.workspace.pk):
        deal = Deal.objects.get(pk=deal.pk)
    assert (deal.expected_close_date, deal.version) == (date(2026, 12, 24), 2)


def test_without_a_script_the_page_comes_back_with_its_filters(cast: Cast, client: Client) -> None:
    deal = deal_in(cast, owner=cast.rep)
    response = client.post(f"{date_url(deal)}?owner=me", {"expected_close_date": "2026-12-24"}, follow=True)
    assert response.redirect_chain == [(f"{URL}?owner=me", 302)]
    assert "now counts in Dec" in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-11-22", "Choose today or a later day."),
        ("", "Choose a day."),
        ("soon", "Choose a day."),
        ("2300-01-01", "between 1990 and 2199"),
    ],
)
def test_a_refused_date_stays_on_the_row(cast: Cast, client: Client, typed: str, said: str) -> None:
    deal = deal_in(cast)
    response = client.post(date_url(deal), {"expected_close_date": typed, "version": 1}, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert response.headers["HX-Retarget"] == f"#needs-{deal.pk}"
    assert said in page
    assert f'value="{typed}"' in page
    with workspace_scope(cast.workspace.pk):
        assert Deal.objects.get(pk=deal.pk).expected_close_date is None


def test_a_stale_version_is_refused_with_the_fresh_one(cast: Cast, client: Client) -> None:
    deal = deal_in(cast)
    body = {"expected_close_date": "2026-12-24", "version": 9}
    page = client.post(date_url(deal), body, headers=HTMX).content.decode()
    assert "Somebody changed this deal in the meantime" in page
    assert 'name="version" value="1"' in page
    with workspace_scope(cast.workspace.pk):
        assert Deal.objects.get(pk=deal.pk).expected_close_date is None


def test_more_deals_that_need_a_date(cast: Cast, client: Client) -> None:
    for index in range(13):
        deal_in(cast, name=f"딜 {index}", amount=index * 10_000)
    first = client.get(URL).content.decode()
    assert first.count('id="needs-0') == 10
    more = client.get(f"{URL}needs-date/", {"offset": 10}, headers=HTMX).content.decode()
    shown = re.findall(r'id="needs-(0[^"]+)"', first + more)
    assert (len(shown), len(set(shown))) == (13, 13)
    assert "Show more" not in more


def test_a_viewer_looks_but_sets_no_date(cast: Cast) -> None:
    deal = deal_in(cast)
    viewer = logged_in(cast, "viewer")
    page = viewer.get(URL)
    assert page.status_code == 200
    assert date_url(deal) not in page.content.decode()
    assert viewer.post(date_url(deal), {"expected_close_date": "2026-12-24"}).status_code == 403
    with workspace_scope(cast.workspace.pk):
        assert Deal.objects.get(pk=deal.pk).expected_close_date is None


def test_an_outsider_finds_nothing(cast: Cast) -> None:
    deal = deal_in(cast)
    mallory = logged_in(cast, "mallory")
    assert mallory.get(URL).status_code == 404
    assert mallory.get(f"{URL}needs-date/").status_code == 404
    body = {"expected_close_date": "2026-12-24"}
    assert mallory.post(date_url(deal), body).status_code == 404
    assert mallory.post(date_url(deal, "rival"), body).status_code == 404
    assert (
        mallory.get("/w/rival/forecast/", {"owner": cast.rep.pk}).content.decode().count("no such member")
        == 1
    )


def test_a_closed_deal_is_no_longer_there(cast: Cast, client: Client) -> None:
    past = Past(created_at=datetime(2026, 9, 1, tzinfo=NOW.tzinfo), outcome="won", closed_at=NOW)
    deal = deal_in(cast, past=past)
    assert client.post(date_url(deal), {"expected_close_date": "2026-12-24"}).status_code == 404
