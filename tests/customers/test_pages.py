"""The pages of companies and people, as people use them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from contacts.models import Change, Company, Contact
from core import clock
from deals.models import Activity, ActivityParticipant, Deal, DealContact
from deals.services.close_deal import win_deal
from deals.services.notes import add_note
from pipeline.models import Stage, StageKind
from tenancy.scope import workspace_scope
from tests.customers.conftest import HTMX
from tests.factories import Cast, give_rate

Make = Callable[..., Any]
NASTY = '<img src=x onerror=alert(1)> \u202e"&한글😀'


def names(response: Any) -> list[str]:
    """Of the rows of a list, in order."""
    return re.findall(r'class="row-link"[^>]*>([^<]*)<', response.content.decode())


def notice_of(response: Any) -> dict[str, str]:
    return json.loads(response.headers["HX-Trigger"])["notice"]


class TestLists:
    def test_companies_with_their_figures(self, cast: Cast, rep: Client, make_company: Make, deal_of: Make):
        company = make_company("(주)한결모터스", domain="hangyeol.example", industry="제조", owner=cast.rep)
        deal_of(company, amount=20_000_000)
        with workspace_scope(cast.workspace.pk):
            Stage.objects.create(pipeline=cast.pipeline, name="리드", kind=StageKind.LEAD, position=99)
        deal_of(company, amount=99_000_000, stage="리드")
        won = deal_of(company, amount=30_000_000)
        with workspace_scope(cast.workspace.pk):
            win_deal(deal_id=won.pk, actor=cast.actor("owner"), override_reason="구두 합의")
        page = rep.get("/w/acme/companies/").content.decode()
        assert "hangyeol.example" in page
        assert ">₩20,000,000" in page or 'title="₩20,000,000"' in page
        assert 'title="₩30,000,000"' in page
        assert "99,000,000" not in page  # a lead is in no number

    @pytest.mark.parametrize("typed", ["한결", "한결 모터", "주식회사 한결", "HANGYEOL", "  모터스 "])
    def test_search(self, rep: Client, make_company: Make, typed: str):
        make_company("(주)한결모터스", domain="hangyeol.example")
        make_company("세진정밀", domain="sejin.example")
        assert names(rep.get("/w/acme/companies/", {"q": typed}, headers=HTMX)) == ["(주)한결모터스"]

    @pytest.mark.parametrize("typed", ["강 서", "SEOYUN@", "1234-56", "한결"])
    def test_search_for_people(self, rep: Client, make_company: Make, make_person: Make, typed: str):
        company = make_company("한결모터스")
        make_person("강서윤", email="seoyun@hangyeol.example", phone="010-1234-5678", company=company)
        make_person("이지은", email="jieun@sejin.example")
        assert names(rep.get("/w/acme/people/", {"q": typed}, headers=HTMX)) == ["강서윤"]

    def test_nothing_found_and_nothing_there(self, rep: Client, logged_in: Make):
        assert "No companies yet" in rep.get("/w/acme/companies/").content.decode()
        assert (
            "Nothing found for “없는 회사”"
            in rep.get("/w/acme/companies/", {"q": "없는 회사"}).content.decode()
        )
        assert "Add company" not in logged_in("viewer").get("/w/acme/companies/").content.decode()

    @pytest.mark.parametrize("sort", ["name", "newest", "amount", "heard"])
    def test_pages_lose_and_repeat_nobody(
        self, cast: Cast, rep: Client, make_company: Make, deal_of: Make, monkeypatch: Any, sort: str
    ):
        monkeypatch.setattr("customers.selectors.lists.PAGE", 3)
        for place in range(8):
            company = make_company(f"회사 {place}")
            if place % 2:
                deal = deal_of(company, amount=1_000_000 * (place // 3))
                with workspace_scope(cast.workspace.pk):
                    Deal.objects.filter(pk=deal.pk).update(last_heard_at=clock.now())
        seen, url = [], f"/w/acme/companies/?sort={sort}"
        while url:
            response = rep.get(url, headers=HTMX)
            seen += names(response)
            found = re.search(r'hx-get="([^"]*after=[^"]*)"', response.content.decode())
            url = found[1].replace("&amp;", "&") if found else ""
        assert sorted(seen) == [f"회사 {place}" for place in range(8)]
        if sort == "name":
            assert seen == sorted(seen)
        if sort == "amount":
            assert seen[:4] == ["회사 7", "회사 5", "회사 3", "회사 1"]

    @pytest.mark.parametrize("path", ["companies/", "people/"])
    def test_queries_do_not_grow(
        self,
        cast: Cast,
        rep: Client,
        make_company: Make,
        make_person: Make,
        deal_of: Make,
        query_count: Any,
        path: str,
    ):
        counts = []
        for _ in range(2):
            for place in range(5):
                company = make_company(f"회사 {place}", owner=cast.rep)
                make_person(company=company)
                deal_of(company)
            with query_count() as counted:
                rep.get(f"/w/acme/{path}?q=회사", headers=HTMX)
            counts.append(counted())
        assert counts[0] == counts[1] <= 12


class TestCompany:
    def test_amounts_of_other_currencies_count_by_their_rate(
        self, cast: Cast, rep: Client, make_company: Make, deal_of: Make
    ):
        dollars, won = make_company("달러 회사"), make_company("원화 회사")
        deal_of(dollars, amount=1000, currency="USD")
        deal_of(won, amount=1_000_000)
        with workspace_scope(cast.workspace.pk):
            page = rep.get(f"/w/acme/companies/{dollars.pk}/").content.decode()
            assert "1 in another currency" in page
            give_rate(cast, "USD", "1385.5")
        page = rep.get(f"/w/acme/companies/{dollars.pk}/").content.decode()
        assert "₩1,385,500" in page
        assert "USD at 1,385.5 (" in page
        assert "in another currency" not in page
        assert names(rep.get("/w/acme/companies/?sort=amount", headers=HTMX)) == ["달러 회사", "원화 회사"]

    def test_deals_people_and_history(
        self, cast: Cast, rep: Client, make_company: Make, make_person: Make, deal_of: Make
    ):
        company = make_company("한결모터스")
        make_person("강서윤", company=company, title="팀장")
        deal = deal_of(company, name="도입 1차", amount=10_000_000)
        with workspace_scope(cast.workspace.pk):
            add_note(deal_id=deal.pk, body="예산은 확정", actor=cast.actor())
            Activity.objects.create(deal=deal, kind="call", subject="견적 통화", occurred_at=clock.now())
        page = rep.get(f"/w/acme/companies/{company.pk}/").content.decode()
        for text in ("도입 1차", "강서윤", "예산은 확정", "견적 통화", "created the deal", "₩10,000,000"):
            assert text in page, text

    def test_queries_do_not_grow(
        self, cast: Cast, rep: Client, make_company: Make, make_person: Make, deal_of: Make, query_count: Any
    ):
        company, counts = make_company(), []
        for _ in range(2):
            for _each in range(4):
                deal_of(company)
                make_person(company=company)
            with query_count() as counted:
                rep.get(f"/w/acme/companies/{company.pk}/", headers=HTMX)
            counts.append(counted())
        assert counts[0] == counts[1] <= 26

    def test_older_history_follows_without_a_gap(
        self, cast: Cast, rep: Client, make_company: Make, deal_of: Make, monkeypatch: Any
    ):
        monkeypatch.setattr("customers.selectors.history.PAGE", 3)
        company = make_company()
        with clock.frozen_at(clock.now()):  # all in one moment
            for place in range(8):
                deal_of(company, name=f"딜 {place}")
        url, seen = f"/w/acme/companies/{company.pk}/history/", []
        while url:
            text = rep.get(url, headers=HTMX).content.decode()
            seen += re.findall(r">(딜 \d)</a>", text)
            found = re.search(r'hx-get="([^"]*before=[^"]*)"', text)
            url = found[1] if found else ""
        assert sorted(seen) == [f"딜 {place}" for place in range(8)]

    def test_a_fact_is_edited_in_place_and_taken_back(self, rep: Client, make_company: Make):
        company = make_company(domain="old.example")
        url = f"/w/acme/companies/{company.pk}/edit/domain/"
        form = rep.get(url, headers=HTMX)
        assert form.headers["HX-Retarget"] == "#fact-domain"
        answer = rep.post(url, {"domain": "new.example", "was": '"old.example"'}, headers=HTMX)
        assert "new.example" in answer.content.decode()
        undo = notice_of(answer)["undo_url"]
        assert rep.post(undo, headers=HTMX).headers["HX-Redirect"] == f"/w/acme/companies/{company.pk}/"
        assert rep.get(f"/w/acme/companies/{company.pk}/").content.decode().count("Undone by") == 1
        assert "undone already" in notice_of(rep.post(undo, headers=HTMX))["text"]

    def test_who_comes_second_is_told(self, cast: Cast, rep: Client, make_company: Make):
        company = make_company(domain="theirs.example")
        url = f"/w/acme/companies/{company.pk}/edit/domain/"
        answer = rep.post(url, {"domain": "mine.example", "was": '"before.example"'}, headers=HTMX)
        assert notice_of(answer)["kind"] == "error"
        with workspace_scope(cast.workspace.pk):
            assert Company.objects.get(pk=company.pk).domain == "theirs.example"

    def test_an_edit_that_cannot_be(self, rep: Client, make_company: Make):
        company = make_company()
        url = f"/w/acme/companies/{company.pk}/edit/name/"
        for name in ("", "x" * 201):
            answer = rep.post(url, {"name": name}, headers=HTMX)
            assert answer.status_code == 200
            assert "errorlist" in answer.content.decode()
        assert rep.get(f"/w/acme/companies/{company.pk}/edit/deleted_at/").status_code == 404

    def test_deleting_asks_says_what_hangs_on_it_and_is_taken_back(
        self, rep: Client, make_company: Make, deal_of: Make
    ):
        busy, free = make_company("가"), make_company("나")
        deal_of(busy)
        asked = rep.get(f"/w/acme/companies/{busy.pk}/delete/", headers=HTMX).content.decode()
        assert "1 deal" in asked
        assert "cannot be deleted" in asked
        refused = rep.post(f"/w/acme/companies/{busy.pk}/delete/", headers=HTMX)
        assert notice_of(refused)["kind"] == "error"
        gone = rep.post(f"/w/acme/companies/{free.pk}/delete/", headers=HTMX)
        assert gone.headers["HX-Redirect"] == "/w/acme/companies/"
        undo = re.search(
            r"/w/acme/people/changes/[^\"]*/undo/", rep.get("/w/acme/companies/").content.decode()
        )
        assert undo is not None
        assert rep.get(f"/w/acme/companies/{free.pk}/").status_code == 404
        rep.post(undo[0], headers=HTMX)
        assert rep.get(f"/w/acme/companies/{free.pk}/").status_code == 200


class TestPerson:
    def test_facts_deals_and_talks(
        self, cast: Cast, rep: Client, make_company: Make, make_person: Make, deal_of: Make
    ):
        person = make_person(
            "강서윤", company=make_company("한결모터스"), ad_consent="given", email="k@h.example"
        )
        deal = deal_of(name="도입 1차")
        with workspace_scope(cast.workspace.pk):
            DealContact.objects.create(deal=deal, contact=person, role="결재자")
            talk = Activity.objects.create(
                deal=deal, kind="meeting", subject="첫 미팅", occurred_at=clock.now()
            )
            ActivityParticipant.objects.create(activity=talk, contact=person)
        page = rep.get(f"/w/acme/people/{person.pk}/").content.decode()
        for text in ("한결모터스", "도입 1차", "결재자", "첫 미팅", "k@h.example", "Given ·"):
            assert text in page, text

    def test_consent_and_its_day_are_taken_back_together(self, cast: Cast, rep: Client, make_person: Make):
        person = make_person()
        answer = rep.post(
            f"/w/acme/people/{person.pk}/edit/ad_consent/", {"ad_consent": "given"}, headers=HTMX
        )
        with workspace_scope(cast.workspace.pk):
            assert Contact.objects.get(pk=person.pk).ad_consent_at is not None
        rep.post(notice_of(answer)["undo_url"], headers=HTMX)
        with workspace_scope(cast.workspace.pk):
            person = Contact.objects.get(pk=person.pk)
            assert (person.ad_consent, person.ad_consent_at) == ("unknown", None)

    def test_another_company_by_its_name(
        self, cast: Cast, rep: Client, make_company: Make, make_person: Make
    ):
        person, company = make_person(), make_company("한결모터스")
        rep.post(f"/w/acme/people/{person.pk}/edit/company/", {"company": "한결모터스"}, headers=HTMX)
        with workspace_scope(cast.workspace.pk):
            assert Contact.objects.get(pk=person.pk).company_id == company.pk
        rep.post(f"/w/acme/people/{person.pk}/edit/company/", {"company": ""}, headers=HTMX)
        with workspace_scope(cast.workspace.pk):
            assert Contact.objects.get(pk=person.pk).company_id is None


class TestDuplicates:
    def test_noticed_while_typing(self, rep: Client, make_company: Make, make_person: Make):
        company = make_company("(주)한결모터스", domain="hangyeol.example")
        make_person("강서윤", email="seoyun@h.example", phone="010-1234-5678")
        for path, asked, found in (
            ("companies", {"new-name": "한결모터스"}, "Same name"),
            ("companies", {"new-name": "한결"}, "(주)한결모터스"),
            (
                "companies",
                {"new-name": "다른 이름", "new-domain": "https://www.hangyeol.example/"},
                "Same domain",
            ),
            ("people", {"new-name": "x", "new-email": "SEOYUN@h.example"}, "Same e-mail"),
            ("people", {"new-phone": "+82 10-1234-5678"}, "Same phone number"),
        ):
            text = rep.get(f"/w/acme/{path}/similar/", asked, headers=HTMX).content.decode()
            assert found in text, asked
        asked = {"company": "한결모", "use": "1"}
        assert (
            'data-use-name="(주)한결모터스"' in rep.get("/w/acme/companies/similar/", asked).content.decode()
        )
        for nothing in (
            {"name": "한"},
            {"name": ""},
            {"name": "세진"},
            {"name": "한결모터스", "not": str(company.pk)},
        ):
            assert rep.get("/w/acme/companies/similar/", nothing).content.decode().strip() == "", nothing

    def test_groups_lead_to_the_merge(self, logged_in: Make, make_company: Make, make_person: Make):
        first, second = make_company("한결모터스"), make_company("한결모터스 주식회사")
        make_company("가", domain="gmail.com"), make_company("나", domain="gmail.com")
        one, other = make_person("강서윤", phone="010-1234-5678"), make_person("강 서윤", phone="01012345678")
        page = logged_in("rep").get("/w/acme/companies/duplicates/").content.decode()
        assert f"/w/acme/companies/{first.pk}/merge/?other={second.pk}" in page
        assert "gmail.com" not in page
        page = logged_in("rep").get("/w/acme/people/duplicates/").content.decode()
        assert f"/w/acme/people/{one.pk}/merge/?other={other.pk}" in page
        assert "/merge/" not in logged_in("viewer").get("/w/acme/people/duplicates/").content.decode()

    def test_preview_merge_undo(self, cast: Cast, rep: Client, make_company: Make, deal_of: Make):
        kept, gone = make_company("한결모터스"), make_company("한결", domain="hangyeol.example")
        deal_of(gone, name="도입 1차")
        url = f"/w/acme/companies/{kept.pk}/merge/"
        preview = rep.get(url, {"other": gone.pk}).content.decode()
        assert "1 deal" in preview
        answer = rep.post(url, {"other": gone.pk, "fact-domain": "theirs", "fact-name": "ours"}, headers=HTMX)
        assert answer.headers["HX-Redirect"] == f"/w/acme/companies/{kept.pk}/"
        page = rep.get(f"/w/acme/companies/{kept.pk}/").content.decode()
        assert "도입 1차" in page
        assert "hangyeol.example" in page
        # The old address leads on; the merge is sent once, however often the button is pressed.
        assert rep.get(f"/w/acme/companies/{gone.pk}/").headers["Location"] == f"/w/acme/companies/{kept.pk}/"
        assert rep.post(url, {"other": gone.pk}).status_code == 404
        with workspace_scope(cast.workspace.pk):
            change = Change.objects.get(kind="merged")
        assert f"/w/acme/people/changes/{change.pk}/undo/" in page
        rep.post(f"/w/acme/people/changes/{change.pk}/undo/", headers=HTMX)
        assert "도입 1차" in rep.get(f"/w/acme/companies/{gone.pk}/").content.decode()


class TestAdding:
    def test_company_and_person(self, cast: Cast, rep: Client):
        answer = rep.post(
            "/w/acme/companies/new/", {"new-name": NASTY, "new-domain": "x.example"}, headers=HTMX
        )
        url = answer.headers["HX-Redirect"]
        page = rep.get(url).content.decode()
        assert "<img src=x" not in page
        with workspace_scope(cast.workspace.pk):
            company = Company.objects.get()
        sent = {"new-name": "강서윤", "new-company": company.name, "new-email": "K@x.example"}
        answer = rep.post(f"/w/acme/people/new/?company={company.pk}", sent, headers=HTMX)
        assert answer.status_code == 200
        with workspace_scope(cast.workspace.pk):
            assert Contact.objects.get().company_id == company.pk

    def test_what_is_wrong_stays_in_the_form(self, rep: Client):
        sent = {"new-name": "", "new-email": "no address", "new-title": "팀장\x00"}
        text = rep.post("/w/acme/people/new/", sent, headers=HTMX).content.decode()
        assert text.count("errorlist") >= 3
        assert "no address" in text

    @pytest.mark.parametrize(
        "path",
        [
            "companies/new/",
            "people/new/",
            "companies/{company}/edit/name/",
            "companies/{company}/delete/",
            "companies/{company}/merge/",
            "people/{person}/edit/name/",
            "people/{person}/delete/",
        ],
    )
    def test_a_viewer_only_looks(
        self, cast: Cast, logged_in: Make, make_company: Make, make_person: Make, path: str
    ):
        viewer = logged_in("viewer")
        path = "/w/acme/" + path.format(company=make_company().pk, person=make_person().pk)
        assert viewer.get(path).status_code == 403
        assert viewer.post(path, {"name": "x", "new-name": "x"}).status_code == 403
        with workspace_scope(cast.workspace.pk):
            assert (Company.objects.count(), Contact.objects.count()) == (1, 1)
