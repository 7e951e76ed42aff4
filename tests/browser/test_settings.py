"""The settings in a browser: letting somebody go, a secret that is shown once, pages without barriers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from deals.models import Deal
from tenancy.models import Membership
from tenancy.scope import workspace_scope
from tenancy.services.invite import invite_member
from tenancy.services.members import add_member, add_team
from tests.browser.test_words_and_contrast import ALL_TEXT, HANGUL, LATIN, NAMES, violations

ROOT = "/w/acme/settings/"
PAGES = ("members/", "members/?show=no_login", "teams/", "general/", "history/", "profile/", "tokens/")
ACCOUNT = ("email/", "password/change/", "2fa/", "2fa/totp/activate/", "reauthenticate/")
SECRET = re.compile(r"^sc_[\w-]{43}$")


@pytest.fixture
def busy(committed_cast, deal_of):
    """Something in every list."""
    deal_of(name="한결모터스 도입")
    with workspace_scope(committed_cast.workspace.pk):
        invite_member(
            email="new@acme.test", actor=committed_cast.actor("owner"), team_id=committed_cast.team.pk
        )
        add_member(user=None, display_name="강하늘")
        add_team(name="영업 2팀")
    return committed_cast


def row(page: Page, name: str):
    return page.locator(".person-row", has_text=name)


class TestLettingGo:
    def test_deals_go_to_whom_one_chooses(self, visits, busy):
        page = visits.page("admin")
        page.goto(ROOT + "members/")
        expect(row(page, "김도현")).to_contain_text("열린 딜 1건")
        row(page, "김도현").locator("summary").click()
        page.get_by_role("button", name="비활성화…").locator("visible=true").click()
        dialog = page.locator("dialog[open]")
        expect(dialog).to_contain_text("김도현 님을 비활성화하시겠습니까?")
        # Nothing is chosen for one: the browser asks.
        dialog.locator("button[type=submit]").click()
        expect(dialog).to_be_visible()
        dialog.locator("select").first.select_option(label="최하은")
        dialog.locator("button[type=submit]").click()
        expect(page.locator("#notices")).to_contain_text("김도현 님을 비활성화했습니다.")
        expect(row(page, "김도현")).to_have_count(0)
        expect(row(page, "최하은")).to_contain_text("열린 딜 1건")
        with workspace_scope(busy.workspace.pk):
            assert Deal.objects.get().owner == busy.other_rep
            assert not Membership.objects.get(pk=busy.rep.pk).is_active

    def test_a_role_is_changed_by_keyboard_and_the_focus_stays(self, visits, busy):
        page = visits.page("owner")
        page.goto(ROOT + "members/")
        field = page.get_by_label("김도현 님의 역할")
        field.focus()
        field.press("ArrowDown")
        expect(page.locator("#notices")).to_contain_text("김도현 님의 역할은 이제 팀 리더입니다.")
        expect(page.get_by_label("김도현 님의 역할")).to_be_focused()


class TestSecrets:
    def test_a_token_is_shown_once(self, visits, busy):
        page = visits.page("rep")
        page.goto(ROOT + "tokens/")
        page.get_by_label("어디에 씁니까?").fill("야간 내보내기")
        page.get_by_role("button", name="토큰 만들기").click()
        field = page.locator("#token-secret")
        expect(field).to_have_value(SECRET)
        page.locator("[data-copy]").click()
        expect(page.locator("#notices")).to_contain_text(re.compile("복사"))
        page.goto("/w/acme/board/")
        page.go_back()
        expect(page.get_by_text("야간 내보내기", exact=True)).to_be_visible()
        expect(field).to_have_count(0)
        page.reload()
        expect(field).to_have_count(0)

    def test_a_name_with_a_bar_is_asked_about_whole(self, visits, busy):
        page = visits.page("rep")
        page.goto(ROOT + "tokens/")
        page.get_by_label("어디에 씁니까?").fill("ERP|야간")
        page.get_by_role("button", name="토큰 만들기").click()
        page.locator("[hx-post$='/revoke/']").first.click()
        expect(page.locator("#confirm-text")).to_contain_text("‘ERP|야간’")
        expect(page.locator("#confirm [value=yes]")).to_have_text("폐기")

    def test_an_invitation_lets_a_new_person_in(self, visits, busy):
        page = visits.page("admin")
        page.goto(ROOT + "members/")
        page.get_by_role("button", name="멤버 초대").click()
        page.locator("dialog[open] [name=email]").fill("fresh@acme.test")
        page.locator("dialog[open] button[type=submit]").click()
        link = page.locator("#invitation-link").input_value()
        page.locator("dialog[open] [data-close-dialog]").click()
        expect(page.locator("#asked")).to_contain_text("fresh@acme.test")
        newcomer = visits.page(None)
        newcomer.goto("/join/" + link.split("/join/")[1])
        assert violations(newcomer) == []
        newcomer.locator("[name=name]").fill("새 사람")
        newcomer.locator("[name=password]").fill("correct horse battery")
        newcomer.get_by_role("button", name="참여하기").click()
        expect(newcomer.locator(".rail")).to_be_visible()
        assert "/w/acme/board/" in newcomer.url


class TestAccessibility:
    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    def test_pages(self, visits, busy, dark):
        page = visits.page("owner", dark=dark)
        for at in PAGES:
            page.goto(ROOT + at)
            assert violations(page) == [], at

    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    def test_dialogs(self, visits, busy, dark):
        page = visits.page("owner", dark=dark)
        page.goto(ROOT + "members/")
        for button in ("비활성화…", "이름 변경…"):
            row(page, "김도현").locator("summary").click()
            page.get_by_role("button", name=button).locator("visible=true").click()
            expect(page.locator("dialog[open]")).to_be_visible()
            assert violations(page) == [], button
            page.keyboard.press("Escape")
        page.goto(ROOT + "teams/")
        page.get_by_role("button", name="‘영업 1팀’ 팀 보관").click()
        expect(page.locator("dialog[open]")).to_be_visible()
        assert violations(page) == []

    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    def test_the_logins_own_pages(self, visits, busy, dark):
        page = visits.page("rep", dark=dark)
        for at in ACCOUNT:
            page.goto(f"/accounts/{at}")
            assert violations(page) == [], at

    def test_phone(self, visits, busy):
        options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
        page = visits.page("owner", **options)
        for at in PAGES:
            page.goto(ROOT + at)
            assert violations(page) == [], at
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), at


class TestLanguages:
    def test_korean_pages_have_no_english_words(self, visits, busy):
        page = visits.page("owner")
        known = NAMES | {"Acme", "API", "REST", "Seoul", "com", "test", "acme", "Korean"}
        for at in PAGES:
            page.goto(ROOT + at)
            text = page.evaluate(ALL_TEXT)
            # Cities and addresses are names.
            text = re.sub(r"\S+@\S+", "", text)
            if at in ("profile/", "general/"):
                text = page.locator(".settings-page").evaluate(
                    "(root) => { const copy = root.cloneNode(true); copy.querySelectorAll('select').forEach((each) => each.remove()); return copy.textContent; }"
                )
                text = re.sub(r"\S+@\S+", "", text)
            assert set(LATIN.findall(text)) <= known, at

    def test_english_pages_have_no_korean_words(self, visits, busy):
        page = visits.page("mallory", language="en")
        for at in PAGES:
            page.goto("/w/rival/settings/" + at)
            text = page.evaluate(ALL_TEXT).replace("한국어", "")
            assert HANGUL.findall(text) == [], at
