"""Finding deals: each filter by the URL, on the board and in the list, with its words and its counts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from contacts.services.find_company import get_or_create_company
from core import clock
from deals.models import DealTag, Tag
from deals.selectors.filters import DealFilter, Reader
from deals.services.close_deal import win_deal
from deals.services.tasks import add_task
from tenancy.scope import workspace_scope
from tests.deals.views.conftest import HTMX
from tests.factories import make_deal

BOARD, LIST = "/w/acme/board/", "/w/acme/deals/"
LINK = r"data-open-deal[^>]*>([^<]+)</a>"


@pytest.fixture
def deals(cast):
    """One deal for each filter; "그냥 딜" fits none of them."""
    today = clock.local_date(clock.now(), cast.workspace.zone)
    with workspace_scope(cast.workspace.pk):
        rep, other = cast.actor(), cast.actor("other_rep")
        far = today + timedelta(days=100)
        with clock.frozen_at(clock.now() - timedelta(days=40)):
            stalled = make_deal(actor=rep, owner=cast.rep, name="정체 딜", expected_close_date=far)
        found = {
            "stalled": stalled,
            "passed": make_deal(
                actor=rep, owner=cast.rep, name="지난 딜", expected_close_date=today - timedelta(days=1)
            ),
            "dateless": make_deal(actor=other, owner=cast.other_rep, name="날짜 없는 딜"),
            "nobodys": make_deal(
                actor=rep, owner=None, name="주인 없는 딜", expected_close_date=far, amount=90_000_000
            ),
            "plain": make_deal(
                actor=rep, owner=cast.admin, name="그냥 딜", expected_close_date=far, source="소개"
            ),
        }
        for name, deal in found.items():
            if name != "nobodys":
                add_task(
                    deal_id=deal.pk,
                    name="전화",
                    actor=rep,
                    due_on=today if name != "plain" else today - timedelta(days=2),
                )
        DealTag.objects.create(deal=found["dateless"], tag=Tag.objects.create(name="중요"))
        return found


def names(client, path: str) -> set[str]:
    response = client.get(path)
    assert response.status_code == 200
    return set(re.findall(LINK, response.content.decode()))


class TestEach:
    @pytest.mark.parametrize("page", [BOARD, LIST])
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("owner=me", {"정체 딜", "지난 딜"}),
            ("owner=none", {"주인 없는 딜"}),
            ("team=mine", {"정체 딜", "지난 딜", "날짜 없는 딜"}),
            ("stalled=on", {"정체 딜"}),
            ("no_task=on", {"주인 없는 딜"}),
            ("overdue=on", {"그냥 딜"}),
            ("close=passed", {"지난 딜"}),
            ("close=none", {"날짜 없는 딜"}),
            ("amount_from=50,000,000", {"주인 없는 딜"}),
            ("amount_to=50000000&owner=none", set()),
            ("source=소개", {"그냥 딜"}),
            ("q=없는", {"날짜 없는 딜", "주인 없는 딜"}),
            ("q=없는&owner=none", {"주인 없는 딜"}),
        ],
    )
    def test_shows_what_it_says(self, rep, deals, page, query, expected):
        assert names(rep, f"{page}?{query}") == expected

    def test_by_tag_team_stage_and_month(self, rep, cast, deals):
        with workspace_scope(cast.workspace.pk):
            tag = Tag.objects.get()
            first, second = cast.pipeline.stages.order_by("position")[:2]
        month = deals["plain"].expected_close_date
        assert names(rep, f"{LIST}?tag={tag.pk}") == {"날짜 없는 딜"}
        assert names(rep, f"{LIST}?team={cast.team.pk}&owner=me") == {"정체 딜", "지난 딜"}
        assert names(rep, f"{LIST}?stage={second.pk}") == set()
        assert len(names(rep, f"{LIST}?stage={first.pk},{second.pk}")) == 5
        assert names(rep, f"{LIST}?close={month:%Y-%m}") == {"정체 딜", "주인 없는 딜", "그냥 딜"}

    def test_a_closed_deal_is_found_by_its_outcome_and_the_month_in_which_it_closed(self, rep, cast, deals):
        with workspace_scope(cast.workspace.pk):
            won = make_deal(actor=cast.actor(), name="이긴 딜", stage="최종 결정 및 계약 싸인 완료")
            win_deal(deal_id=won.pk, actor=cast.actor("leader"), override_reason="계약함")
        assert "이긴 딜" not in names(rep, LIST)
        assert names(rep, f"{LIST}?outcome=won") == {"이긴 딜"}
        assert names(rep, f"{LIST}?outcome=won&close=this") == {"이긴 딜"}
        assert names(rep, f"{LIST}?outcome=won&close=next") == set()
        assert names(rep, f"{LIST}?outcome=lost") == set()
        assert len(names(rep, f"{LIST}?outcome=all")) == 6
        assert "이긴 딜" not in names(rep, f"{BOARD}?outcome=all"), "a board shows open deals"

    @pytest.mark.parametrize("page", [BOARD, LIST])
    def test_what_cannot_be_read_is_left_out(self, rep, deals, page):
        rubbish = "owner=x&team=y&close=2027-13&amount_from=viel&stage=%00&tag=1&stalled=perhaps&outcome=maybe&pipeline=-"
        assert len(names(rep, f"{page}?{rubbish}")) == 5
        assert len(names(rep, f"{page}?close=99999-01&q=%00")) == 5

    def test_a_foreign_pipeline_team_and_member_find_nothing(self, rep, cast, deals):
        for query in (
            f"owner={cast.mallory.pk}",
            f"pipeline={cast.rival_pipeline.pk}",
            f"team={cast.rival.pk}",
        ):
            assert names(rep, f"{LIST}?{query}") == set()


class TestTheObject:
    def test_the_query_is_canonical(self):
        class Query(dict):
            getlist = dict.get

        read = DealFilter.read(
            Query(q=["  한결 "], owner=["x", "me"], stalled=["1"], close=["2027-03"]), reader=Reader()
        )
        assert read.query == "owner=me&stalled=on&close=2027-03&q=%ED%95%9C%EA%B2%B0"
        assert read.without("q", "close").query == "owner=me&stalled=on"
        assert not read.without("q", "close", "owner", "stalled").is_active

    def test_says_what_the_running_totals_can_sum(self):
        assert DealFilter.of(owner="me", team="mine").is_summable
        assert not DealFilter.of(owner="me", stalled=True).is_summable


class TestTotalsAndCounts:
    def test_a_teams_totals_are_those_of_its_deals(self, rep, deals):
        html = rep.get(f"{BOARD}?team=mine").content.decode()
        assert re.findall(r'data-stage-amount="(\d+)"', html)[0] == "30000000"
        assert re.findall(r'data-stage-count="(\d+)"', html)[0] == "3"
        same = rep.get(f"{BOARD}?team=mine&amount_from=1").content.decode()
        assert re.findall(r'data-stage-amount="(\d+)"', same)[0] == "30000000", (
            "counted, not summed up before"
        )

    def test_counts_are_beside_the_other_filters(self, rep, cast, deals, query_count):
        url = f"/w/acme/board/{cast.pipeline.pk}/counts/"
        with query_count() as counted:
            html = rep.get(url).content.decode()
        assert re.findall(r'id="count-(\w+)"[^>]*>(\d+)<', html) == [
            ("stalled", "1"),
            ("no_task", "1"),
            ("passed", "1"),
        ]
        assert counted() <= 9
        mine = rep.get(f"{url}?owner=me&stalled=on").content.decode()
        assert re.findall(r">(\d+)<", mine) == ["1", "0", "0"]
        assert re.findall(r">(\d+)<", rep.get("/w/acme/deals/counts/?owner=none").content.decode()) == [
            "0",
            "1",
            "0",
        ]

    def test_counts_of_a_foreign_pipeline_are_not_found(self, rep, mallory, cast):
        assert rep.get(f"/w/acme/board/{cast.rival_pipeline.pk}/counts/").status_code == 404
        assert mallory.get(f"/w/acme/board/{cast.pipeline.pk}/counts/").status_code == 404


class TestWhatIsSaid:
    def test_each_chip_takes_one_thing_away_and_keeps_the_rest(self, rep, deals):
        html = rep.get(f"{LIST}?owner=me&overdue=on&amount_from=5000000&sort=name").content.decode()
        assert re.findall(r'data-filter="chip-(\w+)" href="([^"]*)"', html) == [
            ("overdue", "?owner=me&amp;amount_from=5000000&amp;sort=name"),
            ("amount_from", "?owner=me&amp;overdue=on&amp;sort=name"),
        ]

    def test_nothing_found_says_what_was_asked_and_one_way_out(self, rep, deals):
        for page in (BOARD, LIST):
            html = rep.get(
                f"{page}?q=nirgends&stalled=on", headers={"accept-language": "en"}
            ).content.decode()
            assert "No deal matches these filters" in html
            assert "Chosen: Stalled · “nirgends”." in html
            assert 'href="?view=none"' in html

    def test_script_in_a_filter_is_text(self, rep, deals):
        html = rep.get(f'{LIST}?q=<script>alert(1)</script>&source="><img src=x>').content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html

    def test_the_switcher_keeps_the_filter(self, rep, cast, deals):
        html = rep.get(f"{BOARD}?owner=me").content.decode()
        assert f'/w/acme/deals/?owner=me&amp;pipeline={cast.pipeline.pk}"' in html
        html = rep.get(f"{LIST}?owner=me&pipeline={cast.pipeline.pk}").content.decode()
        back = re.search(r'data-switch="[^"]*" href="([^"]*)"', html).group(1).replace("&amp;", "&")
        assert names(rep, back) == {"정체 딜", "지난 딜"}


class TestSheet:
    url = "/w/acme/deals/filter/"

    def test_shows_what_is_chosen(self, rep, deals):
        html = rep.get(
            f"{self.url}?for=list&owner=me&close=passed&amount_to=70000", headers=HTMX
        ).content.decode()
        assert '<option value="me" selected>' in html
        assert '<option value="passed" selected>' in html
        assert 'value="70000"' in html

    def test_answers_with_the_new_query(self, rep, cast, deals):
        sent = {
            "apply": "1",
            "for": "list",
            "owner": "me",
            "sort": "name",
            "f-who": f"team:{cast.team.pk}",
            "f-amount_from": "1,000",
            "f-stalled": "on",
        }
        response = rep.get(self.url, sent, headers=HTMX)
        assert (
            f'"filters-chosen": {{"query": "team={cast.team.pk}&stalled=on&amount_from=1000&sort=name"}}'
            in response["HX-Trigger"]
        )

    def test_a_wrong_amount_says_so_and_loses_nothing(self, rep, deals):
        sent = {"apply": "1", "for": "board", "f-amount_from": "viel", "f-q": "한결"}
        response = rep.get(self.url, sent, headers={**HTMX, "accept-language": "en"})
        html = response.content.decode()
        assert "HX-Trigger" not in response
        assert "Enter an amount in digits" in html
        assert 'value="viel"' in html
        assert 'value="한결"' in html
        turned = {"apply": "1", "for": "board", "f-amount_from": "20", "f-amount_to": "10"}
        assert "errorlist" in rep.get(self.url, turned, headers=HTMX).content.decode()


def test_the_bar_anew_knows_totals_and_choice(rep, cast, deals, query_count):
    get_url = f"/w/acme/board/{cast.pipeline.pk}/filters/?q=없는"
    with query_count() as counted:
        html = rep.get(get_url, headers=HTMX).content.decode()
    assert 'data-filter="chip-q"' in html
    assert "₩100M" in html
    assert counted() <= 12


def test_a_company_is_found_by_its_name(rep, cast):
    with workspace_scope(cast.workspace.pk):
        company = get_or_create_company(name="한결모터스")
        make_deal(actor=cast.actor(), name="도입", company=company)
        make_deal(actor=cast.actor(), name="다른 것")
    assert names(rep, f"{LIST}?q=결모") == {"도입"}
