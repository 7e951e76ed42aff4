"""The board through HTTP."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from core import clock
from core.formats import day_brief
from deals.models import Deal
from deals.selectors.board import PAGE
from deals.selectors.criteria import criteria_of
from deals.services.criteria import check_criterion
from deals.services.edit_deal import edit_deal
from deals.services.tasks import add_task
from deals.templatetags.deal_cards import drawn
from pipeline.services.create_pipeline import create_pipeline
from tenancy.scope import workspace_scope
from tenancy.services.rates import set_rate
from tests.factories import Cast, make_deal

BOARD = "/w/acme/board/"
NOBODY = "01a22e7e-5e75-75d6-8d24-f37c65fc2065"
CARD = r'<article class="deal-card[^>]* data-deal-id="([^"]+)".*?</article>'


def attributes(html: str, name: str) -> list[str]:
    """The values of every `name="…"` in document order."""
    return re.findall(rf'\b{name}="([^"]*)"', html)


@pytest.fixture
def deals(cast):
    """Three deals in "meeting booked" (one without amount), one at 70 %, all the rep's."""
    with workspace_scope(cast.workspace.pk):
        actor = cast.actor()
        return [
            make_deal(actor=actor, owner=cast.rep, name="첫째", amount=1_000_000),
            make_deal(actor=actor, owner=cast.other_rep, name="둘째", amount=2_500_000),
            make_deal(actor=actor, name="금액 모름", amount=None),
            make_deal(actor=actor, owner=cast.rep, name="온보딩 딜", stage="온보딩 교육 중"),
        ]


class TestBoard:
    def test_columns_carry_totals_over_all_their_deals(self, rep, deals):
        html = rep.get(BOARD).content.decode()

        assert attributes(html, "data-stage-count") == ["3", "0", "1", "0", "0"]
        assert attributes(html, "data-stage-amount") == ["3500000", "0", "10000000", "0", "0"]
        assert attributes(html, "data-stage-weighted") == ["700000", "0", "7000000", "0", "0"]
        assert set(attributes(html, "data-deal-id")) == {str(deal.pk) for deal in deals}

    def test_totals_count_cards_that_are_not_loaded(self, rep, cast):
        with workspace_scope(cast.workspace.pk):
            for number in range(PAGE + 3):
                make_deal(actor=cast.actor(), name=f"딜 {number}", amount=100)
        html = rep.get(BOARD).content.decode()

        assert attributes(html, "data-stage-count")[0] == str(PAGE + 3)
        assert attributes(html, "data-stage-amount")[0] == str(PAGE * 100 + 300)
        shown = attributes(html, "data-deal-id")
        assert len(shown) == PAGE

        more = re.search(r'hx-get="([^"]*cards/[^"]*)"', html).group(1).replace("&amp;", "&")
        rest = attributes(rep.get(more).content.decode(), "data-deal-id")
        assert len(rest) == 3
        assert not set(rest) & set(shown)

    def test_query_ceiling_is_flat(self, rep, cast, deals, query_count):
        with workspace_scope(cast.workspace.pk):
            for number in range(12):
                deal = make_deal(actor=cast.actor(), name=f"더 {number}", owner=cast.rep)
                add_task(deal_id=deal.pk, name="전화", actor=cast.actor())
        with query_count() as counted:
            response = rep.get(BOARD)
        assert response.status_code == 200
        # Of them: the view to begin with, the menu of views, the teams to choose from.
        assert counted() <= 16

    def test_another_currency_is_not_added_up(self, rep, cast, deals):
        with workspace_scope(cast.workspace.pk):
            make_deal(actor=cast.actor(), name="달러 딜", amount=999, currency="USD")
        html = rep.get(BOARD).content.decode()
        assert attributes(html, "data-stage-count")[0] == "4"
        assert attributes(html, "data-stage-amount")[0] == "3500000"

    def test_another_currency_is_converted_at_the_rate_that_is_shown(self, rep, cast, deals):
        with workspace_scope(cast.workspace.pk):
            make_deal(actor=cast.actor(), name="달러 딜", amount=1000, currency="USD")
            make_deal(actor=cast.actor(), name="엔 딜", amount=1000, currency="JPY")
            rate = {
                "currency": "USD",
                "rate": Decimal("1385.5"),
                "valid_on": clock.local_date(clock.now(), cast.workspace.zone),
            }
            set_rate(**rate, actor=cast.actor("admin"))
        html = rep.get(BOARD).content.decode()
        assert attributes(html, "data-stage-count")[0] == "5"
        assert attributes(html, "data-stage-amount")[0] == "4885500"
        assert attributes(html, "data-stage-weighted")[0] == "977100"
        assert "USD at 1,385.5 (" in html
        assert "1 deal in another currency has no exchange rate" in html

    def test_a_lead_stage_shows_no_sums(self, rep, cast):
        from tests.factories import make_pipeline

        with workspace_scope(cast.workspace.pk):
            cast.pipeline.is_default = False
            cast.pipeline.save()
            pipeline = make_pipeline("the-model")
            make_deal(actor=cast.actor(), pipeline=pipeline, stage="리드 이상, 상담 미만")
        html = rep.get(f"{BOARD}{pipeline.pk}/").content.decode()
        assert attributes(html, "data-stage-kind") == ["lead", "open", "open", "open", "open"]
        assert len(attributes(html, "data-stage-amount")) == 4
        assert attributes(html, "data-stage-count") == ["1", "0", "0", "0", "0"]

    def test_an_empty_pipeline_says_so(self, rep, cast):
        from tests.factories import make_pipeline

        with workspace_scope(cast.workspace.pk):
            cast.pipeline.is_default = False
            cast.pipeline.save()
            pipeline = make_pipeline("empty", name="빈 파이프라인")
        response = rep.get(f"{BOARD}{pipeline.pk}/")
        assert response.status_code == 200
        assert "data-stage-id" not in response.content.decode()

    def test_an_outsider_and_an_unknown_pipeline_are_404(self, rep, mallory, cast):
        assert mallory.get(BOARD).status_code == 404
        assert rep.get(f"{BOARD}{uuid.uuid4()}/").status_code == 404
        assert rep.get(f"{BOARD}{cast.rival_pipeline.pk}/").status_code == 404

    def test_without_login_one_is_sent_to_the_login_page(self, client, cast):
        response = client.get(BOARD)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/?next=/w/acme/board/")


class TestFilters:
    def names(self, rep, query: str) -> set[str]:
        return set(re.findall(r"data-open-deal>([^<]+)</a></h3>", rep.get(BOARD + query).content.decode()))

    def test_by_owner(self, rep, cast, deals):
        assert self.names(rep, "?owner=me") == {"첫째", "온보딩 딜"}
        assert self.names(rep, f"?owner={cast.other_rep.pk}") == {"둘째"}
        assert self.names(rep, "?owner=none") == {"금액 모름"}
        assert self.names(rep, f"?owner={cast.mallory.pk}") == set()

    def test_by_text_in_name_or_company(self, rep, cast, deals):
        from contacts.services.find_company import get_or_create_company

        with workspace_scope(cast.workspace.pk):
            company = get_or_create_company(name="한결모터스")
            make_deal(actor=cast.actor(), name="셋째", company=company)
        assert self.names(rep, "?q=한결") == {"셋째"}
        assert self.names(rep, "?q=온보딩") == {"온보딩 딜"}
        assert self.names(rep, "?q=%25") == set()

    def test_by_stall(self, rep, cast, deals):
        with workspace_scope(cast.workspace.pk):
            Deal.objects.filter(name="첫째").update(stage_entered_at=clock.now() - timedelta(days=15))
        assert self.names(rep, "?stalled=on") == {"첫째"}

    def test_totals_follow_the_filter(self, rep, deals):
        html = rep.get(BOARD + "?owner=me").content.decode()
        assert attributes(html, "data-stage-amount")[0] == "1000000"

    def test_nonsense_is_left_out(self, rep, deals):
        assert len(self.names(rep, "?owner=nobody%00&stalled=x&q=")) >= 0
        assert rep.get(BOARD + "?owner=%00").status_code == 200


class TestCard:
    def test_stalled_on_the_limit_day_in_the_workspace_zone(self, rep, cast):
        entered = datetime(2026, 11, 1, 15, 30, tzinfo=UTC)  # 2 November, 00:30 in Seoul
        with clock.frozen_at(entered), workspace_scope(cast.workspace.pk):
            make_deal(actor=cast.actor())
        before, on = datetime(2026, 11, 15, 14, 59, tzinfo=UTC), datetime(2026, 11, 15, 15, 0, tzinfo=UTC)
        with clock.frozen_at(before):
            assert 'data-stalled="false"' in rep.get(BOARD).content.decode()
        with clock.frozen_at(on):
            assert 'data-stalled="true"' in rep.get(BOARD).content.decode()

    def test_says_what_is_missing_for_each_step_ahead_the_skipped_stages_included(self, rep, cast):
        with workspace_scope(cast.workspace.pk):
            deal = make_deal(actor=cast.actor())
            first = criteria_of(deal)[0].id
            check_criterion(deal_id=deal.pk, criterion_id=first, met=True, actor=cast.actor())
        url = f"/w/acme/deals/{deal.pk}/card/"
        for html in (rep.get(BOARD).content.decode(), rep.get(url).content.decode()):
            assert "1:2 2:5 3:8 4:10 won:11" in attributes(html, "data-missing")

    def test_one_card_anew_and_gone_when_closed(self, rep, mallory, cast, deals):
        from deals.services.close_deal import lose_deal
        from pipeline.models import LossReason

        url = f"/w/acme/deals/{deals[0].pk}/card/"
        assert f'data-deal-id="{deals[0].pk}"' in rep.get(url).content.decode()
        assert mallory.get(url).status_code == 404
        with workspace_scope(cast.workspace.pk):
            lose_deal(deal_id=deals[0].pk, reason=LossReason.objects.first(), actor=cast.actor())
        gone = rep.get(url)
        assert gone.status_code == 200
        assert gone.content == b""


class TestKeptCards:
    """A card that says the same is not drawn again; whatever it says of a deal, it never says what was."""

    def test_a_second_look_draws_none(self, rep, deals):
        drawn.cache_clear()
        first = self.cards(rep)
        assert drawn.cache_info().misses == len(first) == len(deals)
        assert self.cards(rep) == first
        assert drawn.cache_info().misses == len(deals)

    @pytest.mark.parametrize(
        ("change", "shown"),
        [
            ({"name": "새 이름"}, "새 이름"),
            ({"amount": Decimal(7_770_000)}, "₩7.77M"),
            ({"owner_id": None}, ""),
            ({"expected_close_date": date(2031, 3, 9)}, "9\xa0Mar\xa02031"),
        ],
    )
    def test_what_changed_is_drawn_anew(self, rep, cast, deals, change, shown):
        before = self.cards(rep)[str(deals[0].pk)]
        with workspace_scope(cast.workspace.pk):
            Deal.objects.filter(pk=deals[0].pk).update(**change)
        after = self.cards(rep)[str(deals[0].pk)]
        assert shown in after
        assert after != before
        assert self.cards(rep)[str(deals[0].pk)] == after

    def test_each_reader_gets_a_card_of_their_own(self, rep, logged_in, deals):
        mine, theirs = (self.cards(who)[str(deals[0].pk)] for who in (rep, logged_in("viewer")))
        assert "data-move-menu" in mine
        assert "data-move-menu" not in theirs
        assert "person push me" in mine
        assert "person push me" not in theirs

    def cards(self, reader) -> dict[str, str]:
        html = reader.get(BOARD).content.decode()
        return {found[1]: found[0] for found in re.finditer(CARD, html, re.DOTALL)}


class TestAdding:
    def test_quick_add_needs_a_name_only(self, rep, cast):
        stage = self.first_stage(cast)
        url = f"/w/acme/board/stages/{stage}/add/"
        refused = rep.post(url, {"q-name": "  "})
        assert refused.status_code == 200
        assert "q-name" in refused.content.decode()
        added = rep.post(url, {"q-name": "빠른 딜", "q-amount": "1,200,000", "q-company": "세진정밀"})
        assert "lanes-changed" in added["HX-Trigger"]
        with workspace_scope(cast.workspace.pk):
            deal = Deal.objects.get(name="빠른 딜")
            assert (deal.amount, deal.owner_id, deal.company.name) == (
                Decimal(1_200_000),
                cast.rep.pk,
                "세진정밀",
            )

    @pytest.mark.parametrize("amount", ["-5", "many", "1e30", "NaN", "0.00001", "0.5"])
    def test_a_bad_amount_keeps_what_was_typed(self, rep, cast, amount):
        url = f"/w/acme/board/stages/{self.first_stage(cast)}/add/"
        response = rep.post(url, {"q-name": "딜", "q-amount": amount})
        assert amount in response.content.decode()
        with workspace_scope(cast.workspace.pk):
            assert not Deal.objects.exists()

    def test_a_viewer_may_not_add(self, logged_in, cast):
        response = logged_in("viewer").post(
            f"/w/acme/board/stages/{self.first_stage(cast)}/add/", {"q-name": "딜"}
        )
        assert response.status_code == 403
        with workspace_scope(cast.workspace.pk):
            assert not Deal.objects.exists()

    def test_the_dialog_adds_into_the_stage_chosen(self, rep, cast):
        with workspace_scope(cast.workspace.pk):
            third = cast.pipeline.stages.get(position=2).pk
        assert rep.get("/w/acme/deals/new/").status_code == 200
        rep.post(
            "/w/acme/deals/new/", {"name": "셋째 칸", "stage": third, "expected_close_date": "2027-01-15"}
        )
        with workspace_scope(cast.workspace.pk):
            deal = Deal.objects.get(name="셋째 칸")
            assert deal.stage_id == third
            assert str(deal.expected_close_date) == "2027-01-15"

    @staticmethod
    def first_stage(cast) -> uuid.UUID:
        with workspace_scope(cast.workspace.pk):
            return cast.pipeline.stages.get(position=0).pk


@pytest.mark.parametrize(("who", "offered"), [("admin", True), ("rep", False)])
def test_an_empty_board_leads_those_who_may_to_the_designer(
    logged_in: Callable[[str], Client], cast: Cast, who: str, offered: bool
) -> None:
    with workspace_scope(cast.workspace.pk):
        empty = create_pipeline(name="리뉴얼", template="empty", actor=cast.actor("admin"))
    page = logged_in(who).get(f"/w/acme/board/{empty.pk}/").content.decode()
    assert (f"/w/acme/settings/pipelines/{empty.pk}/" in page) == offered


def test_a_card_put_aside_says_until_when_and_neither_warns_nor_alarms(rep: Client, cast: Cast) -> None:
    now = clock.now()
    with workspace_scope(cast.workspace.pk), clock.frozen_at(now - timedelta(days=30)):
        deal = make_deal(actor=cast.actor(), owner=cast.rep)
    until = clock.local_date(now, cast.workspace.zone) + timedelta(days=9)
    with workspace_scope(cast.workspace.pk):
        edit_deal(deal_id=deal.pk, changes={"snoozed_until": until}, actor=cast.actor())
    page = rep.get("/w/acme/board/", headers={"Accept-Language": "en"}).content.decode()
    assert f"aside until {day_brief(until, language='en')}" in page
    assert 'data-stalled="true"' not in page
    assert 'class="stay near"' not in page
    with workspace_scope(cast.workspace.pk):
        edit_deal(deal_id=deal.pk, changes={"snoozed_until": until - timedelta(days=9)}, actor=cast.actor())
    page = rep.get("/w/acme/board/", headers={"Accept-Language": "en"}).content.decode()
    assert "aside until" not in page
    assert 'data-stalled="true"' in page


class TestOrder:
    @pytest.fixture
    def many(self, cast):
        """Three pages of one column, told apart by amount, date and next task, each with some unknown."""
        with workspace_scope(cast.workspace.pk):
            today = clock.local_date(clock.now(), cast.workspace.zone)
            made = []
            for number in range(2 * PAGE + 7):
                deal = make_deal(
                    actor=cast.actor(),
                    owner=cast.rep,
                    name=f"{number:03}",
                    amount=None if number % 9 == 0 else (number * 37) % 50 * 1000,
                    expected_close_date=None
                    if number % 7 == 0
                    else today + timedelta(days=(number * 13) % 40),
                )
                if number % 5:
                    add_task(
                        deal_id=deal.pk,
                        name="전화",
                        actor=cast.actor(),
                        due_on=None if number % 11 == 0 else today + timedelta(days=(number * 3) % 20),
                    )
                made.append(deal)
        return made

    @pytest.mark.parametrize(
        ("sort", "key"),
        [
            ("close", lambda deal: (deal.expected_close_date is None, deal.expected_close_date or date.min)),
            ("amount", lambda deal: (deal.amount is None, -(deal.amount or 0))),
            ("age", lambda deal: deal.stage_entered_at),
        ],
    )
    def test_pages_show_each_once_and_in_order(self, rep, cast, many, sort, key):
        names = self.walk(rep, sort)
        by_name = {deal.name: deal for deal in many}
        assert sorted(names) == sorted(by_name)
        values = [key(by_name[name]) for name in names]
        assert values == sorted(values)

    def test_by_next_task(self, rep, cast, many):
        names = self.walk(rep, "task")
        with workspace_scope(cast.workspace.pk):
            due = {
                deal.name: min((task.due_on for task in deal.tasks.all() if task.due_on), default=date.max)
                for deal in Deal.objects.prefetch_related("tasks")
            }
        assert sorted(names) == sorted(due)
        assert [due[name] for name in names] == sorted(due.values())

    def walk(self, rep, sort: str) -> list[str]:
        html = rep.get(BOARD, {"sort": sort}).content.decode()
        names = self.names(html)
        while more := re.search(r'data-more hx-get="([^"]+)"', html):
            html = rep.get(more[1].replace("&amp;", "&")).content.decode()
            names += self.names(html)
        return names

    def names(self, html: str) -> list[str]:
        return re.findall(r"data-open-deal>(\d{3})<", html)

    def test_a_reader_gets_as_many_cards_as_they_had(self, rep, cast, many):
        stage = many[0].stage_id
        lanes = f"/w/acme/board/lanes/?stages={stage}"
        assert len(self.names(rep.get(lanes).content.decode())) == PAGE
        fifty = rep.get(f"{lanes}&shown={stage}:50").content.decode()
        assert len(self.names(fifty)) == 50
        assert "data-more" in fifty
        all_of_them = rep.get(f"{lanes}&shown={stage}:400,x:1,{stage}:99999999").content.decode()
        assert len(self.names(all_of_them)) == len(many)

    @pytest.mark.parametrize("after", ["", "x", "~", "abc~def", f"nan~{NOBODY}", f"9e99~{NOBODY}"])
    @pytest.mark.parametrize("sort", ["close", "amount", "age", "task", "nonsense"])
    def test_marks_that_are_none(self, rep, cast, deals, sort, after):
        stage = deals[0].stage_id
        response = rep.get(f"/w/acme/board/stages/{stage}/cards/", {"sort": sort, "after": after})
        assert response.status_code == 200

    def test_folded_columns_come_folded(self, rep, cast, deals):
        rep.cookies["folded"] = f"{deals[0].stage_id}.rubbish"
        rep.cookies["dense"] = "on"
        html = rep.get(BOARD).content.decode()
        assert html.count("is-collapsed") == 1
        assert 'class="board is-compact"' in html
