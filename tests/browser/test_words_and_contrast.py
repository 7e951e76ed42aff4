"""Both languages, both themes, and what a screen reader is told, on every page there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipeline.models import Pipeline
from tenancy.scope import workspace_scope
from tests.browser.board import BoardPage
from tests.factories import make_deal, make_pipeline

AXE = (Path(__file__).parent / "vendor/axe-core-4.14.1/axe.min.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = {
    "board": "/w/acme/board/",
    "list": "/w/acme/deals/?amount_to=900000000",
    "forecast": "/w/acme/forecast/",
    "stalled": "/w/acme/stalled/",
    "tasks": "/w/acme/tasks/",
    "notifications": "/w/acme/notifications/",
    "companies": "/w/acme/companies/",
    "people": "/w/acme/people/",
}
HANGUL = re.compile(r"[가-힣]+")
LATIN = re.compile(r"[A-Za-z]{2,}")
# Names of keys and things that have no other name.
NAMES = {"Ctrl", "Shift", "Esc", "Enter", "Stagecraft", "English", "ID", "KRW"}

ALL_TEXT = """() => {
  const words = [];
  const walk = (node) => {
    for (const child of node.childNodes) {
      if (child.nodeType === 3) words.push(child.textContent);
      else if (child.nodeType === 1 && !["SCRIPT", "STYLE", "TEMPLATE"].includes(child.tagName)) walk(child);
    }
    for (const name of ["title", "aria-label", "placeholder"]) if (node.getAttribute?.(name)) words.push(node.getAttribute(name));
    for (const [key, value] of Object.entries(node.dataset ?? {})) if (key.startsWith("say")) words.push(value);
  };
  walk(document.body);
  return words.join("\\n");
}"""


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate(
        "(tags) => axe.run(document, {runOnly: tags}).then((result) => result.violations)", WCAG
    )
    # WCAG 2.2 no longer asks it, but a label leads to the first field of its id, whichever form that stands in.
    twice = page.evaluate(
        "() => [...document.querySelectorAll('[id]')].map((e) => e.id).filter((id, at, all) => all.indexOf(id) !== at)"
    )
    return [f"two elements have the id {ident}" for ident in twice] + [
        f"{problem['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for problem in found
        for node in problem["nodes"]
    ]


@pytest.fixture
def busy_board(deal_of):
    """Cards in every state that has a look of its own."""
    from datetime import timedelta

    from core import clock

    today = clock.now().date()
    with clock.frozen_at(clock.now() - timedelta(days=40)):
        deal_of(name="오래 머문 딜", expected_close_date=today - timedelta(days=3))
    with clock.frozen_at(clock.now() - timedelta(days=12)):
        deal_of(name="곧 정체될 딜", expected_close_date=today + timedelta(days=30))
    deal_of(name="날짜 없는 딜", who="other_rep", amount=None)
    deal_of(name="회사 있는 딜", stage="온보딩 교육 중", expected_close_date=today)


class TestAccessibility:
    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    @pytest.mark.parametrize("name", PAGES)
    def test_pages(self, visits, busy_board, name, dark):
        page = visits.page("leader", dark=dark)
        response = page.goto(PAGES[name])
        assert response is not None
        assert response.status == 200
        page.wait_for_load_state("networkidle")
        assert violations(page) == []

    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    def test_login(self, visits, dark):
        page = visits.page(None, dark=dark)
        page.goto("/accounts/login/")
        assert violations(page) == []

    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    def test_deal_dialogs_and_menu(self, visits, busy_board, dark):
        board = visits.board("leader", dark=dark)
        board.card("오래 머문 딜").locator(".name a").click()
        expect(board.panel.locator("h1")).to_contain_text("오래 머문 딜")
        assert violations(board.page) == []
        for opener, form in {
            ".compose-tools button >> nth=0": ".activity-form",
            "#people h2 button": "#person-search",
            "#tags button": "#tags form",
        }.items():
            board.panel.locator(opener).click()
            expect(board.panel.locator(form)).to_be_visible()
        assert violations(board.page) == []
        board.panel.locator("#person-options button").last.click()
        expect(board.panel.locator(".person-form")).to_be_visible()
        assert violations(board.page) == []
        board.panel.locator(".gate-foot button").click()
        expect(board.refused).to_be_visible()
        board.refused.locator("summary").click()
        assert violations(board.page) == []
        board.page.keyboard.press("Escape")
        board.panel.locator("[hx-get*='/lose/']").click()
        expect(board.page.locator("dialog[data-lose]")).to_be_visible()
        assert violations(board.page) == []
        board.page.keyboard.press("Escape")
        board.panel.locator("[data-panel-close]").click()
        board.column(0).locator("[data-quick-add]").click()
        expect(board.page.locator("[data-quick-add-form]")).to_be_visible()
        board.card("날짜 없는 딜").locator("[data-move-menu]").click()
        expect(board.page.locator("#move-menu")).to_be_visible()
        assert violations(board.page) == []

    def test_phone(self, visits, busy_board):
        options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
        board = visits.board("leader", **options)
        assert violations(board.page) == []
        board.page.locator("[data-density]").dispatch_event("click")
        assert violations(board.page) == []

    def test_compact(self, visits, busy_board):
        board = visits.board("leader")
        board.page.locator("[data-density]").click()
        assert violations(board.page) == []


class TestLanguages:
    def test_english_has_no_korean_words(self, visits, committed_cast):
        with workspace_scope(committed_cast.rival.pk):
            Pipeline.objects.all().update(is_default=False)
            pipeline = make_pipeline(language="en")
            committed_cast.rival_pipeline.refresh_from_db()
            own = committed_cast.rival_pipeline.name
            make_deal(actor=committed_cast.actor("mallory"), pipeline=pipeline, name="Fleet rollout")
        board = visits.board("mallory", f"/w/rival/board/{pipeline.pk}/", language="en")
        self.open_everything(board, "Fleet rollout")
        text = board.page.evaluate(ALL_TEXT).replace(own, "").replace("한국어", "")
        assert HANGUL.findall(text) == []

    def test_korean_has_no_english_words(self, visits, deal_of, committed_cast):
        deal_of(name="한결모터스 도입")
        board = visits.board("leader")
        assert board.page.evaluate("document.documentElement.lang") == "ko"
        self.open_everything(board, "한결모터스 도입")
        text = re.sub(r"\{\w+\}", "", board.page.evaluate(ALL_TEXT).replace("Acme", ""))
        assert set(LATIN.findall(text)) <= NAMES

    def open_everything(self, board: BoardPage, name: str) -> None:
        board.column(0).locator("[data-quick-add]").click()
        expect(board.page.locator("[data-quick-add-form]")).to_be_visible()
        board.card(name).locator("[data-move-menu]").click()
        board.page.keyboard.press("Escape")
        board.card(name).locator(".name a").click()
        expect(board.panel.locator("h1")).to_contain_text(name)
        board.panel.locator(".gate-foot button").click()
        expect(board.refused).to_be_visible()


class TestHostileNames:
    STRINGS = [
        "<script>window.ran=1</script>",
        "<img src=x onerror=window.ran=1>",
        '"><svg onload=window.ran=1>',
        "'-window.ran-'",
        "{{ 7 * 7 }}${window.ran=1}",
        "</textarea><script>window.ran=1</script>",
        "<hx-partial hx-target='body'>x</hx-partial>",
    ]

    def test_none_runs_and_all_are_shown(self, visits, committed_cast):
        with workspace_scope(committed_cast.workspace.pk):
            from contacts.services.find_company import get_or_create_company

            for text in self.STRINGS:
                make_deal(
                    actor=committed_cast.actor(),
                    name=text,
                    owner=committed_cast.rep,
                    company=get_or_create_company(name=text),
                )
        board = visits.board()
        expect(board.column(0).locator("[data-deal-id]")).to_have_count(len(self.STRINGS))
        for text in self.STRINGS[:3]:
            card = board.column(0).locator(
                "[data-deal-id]", has=board.page.get_by_text(text, exact=True).first
            )
            card.first.locator("[data-move-menu]").click()
            expect(board.page.locator("[data-menu-title]")).to_have_text(text)
            board.page.locator("#move-menu [data-menu-stage]").nth(1).click()
            expect(board.refused).to_contain_text(text)
            board.page.keyboard.press("Escape")
            card.first.locator(".name a").click()
            expect(board.panel.locator("h1")).to_contain_text(text)
            board.page.keyboard.press("Escape")
            expect(board.panel).to_be_hidden()
        assert board.page.evaluate("window.ran === undefined")
