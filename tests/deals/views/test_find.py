"""The finder through HTTP: what answers, in which order, for whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from contacts.models import Company, Contact
from contacts.selectors.find import cleaned, is_enough
from contacts.services.companies import create_company
from contacts.services.contacts import create_contact
from core.ids import uuid7
from deals.models import Deal
from deals.services.close_deal import lose_deal
from deals.services.edit_deal import edit_deal
from deals.services.saved_views import save_view
from pipeline.models import LossReason
from tenancy.scope import workspace_scope
from tests.deals.views.conftest import HTMX
from tests.factories import Cast, make_deal

NASTY = '<img src=x onerror=alert(1)> \u202e"&%_\\한글😀'
Make = Callable[..., Any]


@pytest.fixture
def deal(cast: Cast) -> Make:
    def make(name: str, who: str = "rep", **fields: Any) -> Deal:
        with workspace_scope(cast.workspace.pk):
            return make_deal(actor=cast.actor("owner"), name=name, owner=getattr(cast, who), **fields)

    return make


@pytest.fixture
def company(cast: Cast) -> Make:
    def make(name: str, **fields: Any) -> Company:
        with workspace_scope(cast.workspace.pk):
            return create_company(actor=cast.actor(), name=name, **fields)

    return make


@pytest.fixture
def person(cast: Cast) -> Make:
    def make(name: str, **fields: Any) -> Contact:
        with workspace_scope(cast.workspace.pk):
            return create_contact(actor=cast.actor(), name=name, **fields)

    return make


def answer(client: Client, q: str = "", **more: str) -> str:
    response = client.get("/w/acme/find/", {"q": q, **more}, headers={**HTMX, "Accept-Language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def group(text: str, key: str) -> list[str]:
    """The names in one group, in order."""
    found = re.search(rf'id="find-head-{key}".*?(?=<div class="find-group"|\Z)', text, re.DOTALL)
    return re.findall(r'class="what">(?:<b>)?<bdi>(.*?)</bdi>', found[0]) if found else []


class TestOrder:
    def test_beginning_then_word_then_part(self, rep: Client, deal: Make) -> None:
        for name in ("전사교육 도입", "신규 교육 과정", "교육 콘텐츠"):
            deal(name)
        assert group(answer(rep, "교육"), "deals") == ["교육 콘텐츠", "신규 교육 과정", "전사교육 도입"]

    def test_open_before_closed_and_mine_before_others(self, cast: Cast, rep: Client, deal: Make) -> None:
        lost, _theirs, _mine = deal("도입 1"), deal("도입 2", "other_rep"), deal("도입 3")
        with workspace_scope(cast.workspace.pk):
            lose_deal(deal_id=lost.pk, reason=LossReason.objects.first(), actor=cast.actor())
        text = answer(rep, "도입")
        assert group(text, "deals") == ["도입 3", "도입 2", "도입 1"]
        assert "Lost" in text

    @pytest.mark.parametrize(
        "q", ["한결모", "한 결 모터", "한겨", "하", "결모터", "ACME", "ｈａｎｇｙｅｏｌ"]
    )
    def test_width_case_blanks_and_unfinished_syllables(self, rep: Client, company: Make, q: str) -> None:
        company("(주)한결모터스", domain="hangyeol.example")
        company("Acme 한결모터스 Ltd.")
        assert "(주)한결모터스" in group(answer(rep, q), "companies") or q == "ACME"
        assert group(answer(rep, "acme"), "companies") == ["Acme 한결모터스 Ltd."]

    def test_deals_of_a_company_that_is_found(self, rep: Client, deal: Make, company: Make) -> None:
        deal("연간 이용권", company=company("한결모터스"))
        deal("한결같은 딜")
        assert group(answer(rep, "한결"), "deals") == ["한결같은 딜", "연간 이용권"]

    def test_a_company_stands_before_deals_that_are_only_its_own(
        self, rep: Client, deal: Make, company: Make
    ) -> None:
        deal("연간 이용권", company=company("한결모터스"))
        text = answer(rep, "한결")
        assert text.index("find-head-companies") < text.index("find-head-deals")
        deal("한결 도입")
        text = answer(rep, "한결")
        assert text.index("find-head-deals") < text.index("find-head-companies")

    def test_people_by_name_and_address(self, rep: Client, person: Make, company: Make) -> None:
        person("강서윤", email="seoyun@hangyeol.example", company=company("한결모터스"))
        assert group(answer(rep, "서윤"), "people") == ["강서윤"]
        text = answer(rep, "SEOYUN@")
        assert group(text, "people") == ["강서윤"]
        assert "한결모터스" in text

    def test_a_renamed_deal_is_found_by_its_new_name(self, cast: Cast, rep: Client, deal: Make) -> None:
        found = deal("옛 이름")
        with workspace_scope(cast.workspace.pk):
            edit_deal(deal_id=found.pk, changes={"name": "새 이름"}, actor=cast.actor())
        assert group(answer(rep, "새이름"), "deals") == ["새 이름"]
        assert group(answer(rep, "옛"), "deals") == []

    def test_more_than_is_shown_leads_to_the_list(self, rep: Client, deal: Make) -> None:
        for n in range(9):
            deal(f"많은 딜 {n}")
        text = answer(rep, "많은")
        assert len(group(text, "deals")) == 8
        assert "Show all of them" in text
        assert "outcome=all" in text


class TestWho:
    def test_another_workspace_finds_nothing_of_ours(
        self, cast: Cast, deal: Make, company: Make, logged_in: Make
    ) -> None:
        ours = deal("비밀 거래")
        company("비밀 회사")
        with workspace_scope(cast.rival.pk):
            create_company(actor=cast.actor("mallory"), name="비밀 경쟁사")
        mallory = logged_in("mallory")
        asked = {"q": "비밀", "recent": f"deal:{ours.pk}"}
        text = mallory.get("/w/rival/find/", asked, headers=HTMX).content.decode()
        assert group(text, "deals") == []
        assert group(text, "companies") == ["비밀 경쟁사"]
        text = mallory.get("/w/rival/find/", {"recent": f"deal:{ours.pk}"}, headers=HTMX).content.decode()
        assert "비밀" not in text
        assert mallory.get("/w/acme/find/", asked, headers=HTMX).status_code == 404

    def test_deleted_deals_are_not_found(self, cast: Cast, rep: Client, deal: Make) -> None:
        from deals.services.edit_deal import delete_deal

        gone = deal("지운 딜")
        assert group(answer(rep, "지운"), "deals") == ["지운 딜"]
        with workspace_scope(cast.workspace.pk):
            delete_deal(deal_id=gone.pk, actor=cast.actor())
        assert group(answer(rep, "지운"), "deals") == []
        assert "지운 딜" not in answer(rep, recent=f"deal:{gone.pk}")

    def test_a_viewer_is_offered_only_what_they_may(self, logged_in: Make) -> None:
        text = answer(logged_in("viewer"))
        assert group(text, "acts") == []
        assert "Forecast" in group(text, "pages")
        assert "General" not in group(text, "pages")
        text = answer(logged_in("admin"))
        assert group(text, "acts") == ["Add deal", "Add company", "Add person"]
        assert "General" in group(text, "pages")

    def test_every_place_can_be_opened(self, logged_in: Make) -> None:
        for who in ("viewer", "owner"):
            client = logged_in(who)
            links = re.findall(r'class="find-entry" href="([^"#]+)', answer(client))
            assert len(links) > 10
            assert {client.get(link.replace("&amp;", "&")).status_code for link in links} == {200}

    def test_saved_views_are_acts(self, cast: Cast, rep: Client, logged_in: Make) -> None:
        with workspace_scope(cast.workspace.pk):
            save_view(actor=cast.actor(), kind="list", name="이번 달 큰 딜", query="amount_from=1")
        assert group(answer(rep, "큰딜"), "acts") == ["이번 달 큰 딜"]
        assert group(answer(logged_in("other_rep"), "큰딜"), "acts") == []


class TestRecent:
    def test_in_the_order_given_with_what_is_left_out(
        self, rep: Client, deal: Make, company: Make, person: Make
    ) -> None:
        first, second, third = person("강서윤"), deal("한결 도입"), company("한결모터스")
        kept = f"person:{first.pk},deal:{second.pk},deal:{uuid7()},nonsense,deal:x,company:{third.pk}"
        assert group(answer(rep, recent=kept), "recent") == ["강서윤", "한결 도입", "한결모터스"]

    def test_not_beside_what_is_found(self, rep: Client, deal: Make) -> None:
        kept = f"deal:{deal('한결 도입').pk}"
        assert group(answer(rep, "zzz", recent=kept), "recent") == []


class TestHostile:
    @pytest.mark.parametrize(
        "q",
        [
            "%",
            "%%",
            "__",
            "\\",
            "\\\\",
            "'",
            "a\x00b",
            "x" * 10_000,
            "\u202e\u200b",
            "😀",
            "😀😀",
            "ㅎ",
            "(((",
            NASTY,
        ],
    )
    def test_is_answered_and_finds_only_what_is_called_so(self, rep: Client, deal: Make, q: str) -> None:
        deal("한결모터스 도입")
        text = answer(rep, q)
        assert group(text, "deals") == []
        assert "<img" not in text

    def test_finds_signs_as_they_are(self, rep: Client, deal: Make) -> None:
        deal(NASTY)
        deal("100% 완료")
        assert len(group(answer(rep, "한글😀"), "deals")) == 1
        assert "&lt;img" in answer(rep, "img src")
        assert group(answer(rep, "100%"), "deals") == ["100% 완료"]

    @pytest.mark.parametrize(
        ("q", "enough"), [("a", False), ("ab", True), ("한", True), ("ㅎ", False), ("", False), ("7", False)]
    )
    def test_how_much_is_enough(self, q: str, enough: bool) -> None:
        assert is_enough(q) is enough

    def test_what_is_not_seen_is_not_looked_for(self) -> None:
        assert cleaned(" 한\u200b결\x00 \u202e ") == "한결"
        assert len(cleaned("x" * 10_000)) == 100

    def test_says_what_to_do(self, rep: Client) -> None:
        assert "two letters" in answer(rep, "a")
        assert "Nothing is called “zzzz”" in answer(rep, "zzzz")

    def test_by_its_own_address_it_is_a_page(self, rep: Client, deal: Make) -> None:
        deal("한결 도입")
        page = rep.get("/w/acme/find/", {"q": "한결"}).content.decode()
        assert "<!doctype html>" in page
        assert group(page, "deals") == ["한결 도입"]


class TestCost:
    def test_statements(
        self, rep: Client, deal: Make, company: Make, person: Make, query_count: Make
    ) -> None:
        for n in range(8):
            deal(f"이름 한결 {n}", company=company(f"우리 한결 {n}"))
            person(f"사람 한결 {n}", company=company(f"한결 {n}"))
        answer(rep, "한결")
        with query_count() as counted:
            answer(rep, "한결")
        assert counted() <= 17
        with query_count() as counted:
            answer(rep, "없는말")
        assert counted() <= 17
        kept = ",".join(f"deal:{each}" for each in [uuid7() for _ in range(20)])
        with query_count() as counted:
            answer(rep, recent=kept)
        assert counted() <= 10
