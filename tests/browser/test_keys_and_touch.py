"""Everything that dragging does, without dragging."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from deals.models import Deal
from deals.selectors.criteria import criteria_of
from deals.services.criteria import check_criterion
from tenancy.scope import workspace_scope
from tests.browser.board import SAVING, BoardPage, Totals

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def ready_deal(committed_cast, deal_of):
    def make(**fields) -> Deal:
        deal = deal_of(**fields)
        with workspace_scope(committed_cast.workspace.pk):
            for state in criteria_of(deal):
                check_criterion(
                    deal_id=deal.pk, criterion_id=state.id, met=True, actor=committed_cast.actor()
                )
        return deal

    return make


def focused(page: Page) -> str:
    return page.evaluate(
        "document.activeElement.closest('[data-deal-id]')?.querySelector('.name').textContent"
    )


def menu_of(board: BoardPage):
    return board.page.locator("#move-menu")


class TestKeyboard:
    def test_walk_move_and_keep_the_focus(self, visits, ready_deal):
        ready_deal(name="한결모터스 도입", amount=10_000_000)
        board = visits.board()
        keys = board.page.keyboard
        keys.press("ArrowDown")
        assert focused(board.page) == "한결모터스 도입"
        keys.press("m")
        expect(menu_of(board)).to_be_visible()
        expect(menu_of(board).get_by_role("menuitem").first).to_be_focused()
        keys.press("ArrowDown")
        keys.press("ArrowDown")
        expect(menu_of(board).get_by_role("menuitem", name="온보딩 교육 중")).to_be_focused()
        keys.press("Enter")
        expect(board.in_column("한결모터스 도입", 2)).to_be_visible()
        board.expect_totals(2, Totals(1, 10_000_000, 7_000_000))
        expect(board.notice).to_contain_text("온보딩 교육 중")
        expect(board.card("한결모터스 도입").locator(".name a")).to_be_focused()
        keys.press("Control+z")
        expect(board.in_column("한결모터스 도입", 0)).to_be_visible()

    def test_arrows_go_to_the_next_column(self, visits, deal_of):
        deal_of(name="왼쪽")
        deal_of(name="오른쪽", stage="계약/견적 전달 받음")
        board = visits.board()
        board.card("왼쪽").locator(".name a").focus()
        board.page.keyboard.press("ArrowRight")
        assert focused(board.page) == "오른쪽"
        board.page.keyboard.press("ArrowLeft")
        assert focused(board.page) == "왼쪽"

    def test_a_locked_stage_says_how_much_is_missing_and_opens_what_to_fill(self, visits, deal_of):
        deal_of(name="한결모터스 도입")
        board = visits.board()
        board.card("한결모터스 도입").locator(".name a").focus()
        board.page.keyboard.press("m")
        locked = menu_of(board).get_by_role("menuitem", name="제품 살펴보는 중")
        expect(locked).to_contain_text("기준 3개가 남음")
        locked.press("Enter")
        expect(board.refused).to_be_visible()
        board.page.keyboard.press("Escape")
        expect(board.refused).to_have_count(0)
        expect(board.in_column("한결모터스 도입", 0)).to_be_visible()

    def test_order_in_the_column_is_announced_and_kept(self, visits, deal_of):
        for name in ("둘째", "첫째"):
            deal_of(name=name)
        board = visits.board()
        names = board.column(0).locator(".name").all_inner_texts()
        board.card(names[1]).locator(".name a").focus()
        board.page.keyboard.press("m")
        menu_of(board).locator("[data-menu-within=top]").click()
        board.expect_order(0, [names[1], names[0]])
        expect(board.page.locator("#board-says")).to_contain_text(names[1])
        expect(board.card(names[1])).not_to_have_class(SAVING)
        board.page.reload()
        board.expect_order(0, [names[1], names[0]])

    def test_letters_lose_add_and_help(self, visits, deal_of):
        deal_of(name="한결모터스 도입")
        board = visits.board()
        keys = board.page.keyboard
        board.card("한결모터스 도입").locator(".name a").focus()
        keys.press("l")
        expect(board.page.locator("dialog[data-lose]")).to_be_visible()
        keys.press("Escape")
        keys.press("n")
        expect(board.page.locator("#overlay dialog [name=name]")).to_be_focused()
        keys.type("dnwm")
        expect(board.page.locator("#overlay dialog [name=name]")).to_have_value("dnwm")
        keys.press("Escape")
        keys.press("?")
        expect(board.page.locator("#keys")).to_be_visible()
        board.page.locator("[data-keys-on]").uncheck()
        keys.press("Escape")
        keys.press("n")
        expect(board.page.locator("#overlay dialog")).to_have_count(0)

    def test_search_by_slash_and_enter(self, visits, deal_of):
        deal_of(name="한결모터스 도입")
        deal_of(name="나래소프트 전환")
        board = visits.board()
        board.page.keyboard.press("/")
        board.page.keyboard.type("나래")
        board.page.keyboard.press("Enter")
        expect(board.card("한결모터스 도입")).to_have_count(0)
        expect(board.card("나래소프트 전환")).to_be_visible()
        assert "q=" in board.page.url


class TestPhone:
    def test_moves_by_the_menu(self, visits, ready_deal):
        ready_deal(name="한결모터스 도입", amount=10_000_000)
        board = visits.board(**PHONE)
        expect(board.column(0)).to_be_visible()
        expect(board.column(1)).to_be_hidden()
        button = board.card("한결모터스 도입").locator("[data-move-menu]")
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 44
        button.tap()
        entry = menu_of(board).get_by_role("menuitem", name="제품 살펴보는 중")
        assert entry.bounding_box()["height"] >= 44
        entry.tap()
        expect(board.notice).to_be_visible()
        expect(board.column(0).locator("[data-deal-id]")).to_have_count(0)
        board.page.locator("[data-show-lane]").nth(1).tap()
        expect(board.in_column("한결모터스 도입", 1)).to_be_visible()
        expect(board.page.locator("[data-show-lane]").nth(1)).to_contain_text("1")
        assert board.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_opens_the_deal_over_the_whole_window(self, visits, deal_of):
        deal_of(name="한결모터스 도입")
        board = visits.board(**PHONE)
        board.card("한결모터스 도입").locator(".name a").tap()
        expect(board.panel).to_be_visible()
        assert round(board.panel.bounding_box()["width"]) == 390
        assert board.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        board.page.go_back()
        expect(board.panel).to_be_hidden()

    def test_long_press_drags_within_the_column_a_swipe_changes_it(self, visits, deal_of):
        for name in ("셋째", "둘째", "첫째"):
            deal_of(name=name)
        board = visits.board(**PHONE)
        names = board.column(0).locator(".name").all_inner_texts()
        finger = board.page.context.new_cdp_session(board.page)

        def touch(kind: str, x: float = 0, y: float = 0) -> None:
            points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        first = board.card(names[0]).bounding_box()
        last = board.card(names[2]).bounding_box()
        x, y = first["x"] + 120, first["y"] + 30
        touch("touchStart", x, y)
        expect(board.page.locator(".outcomes.zones")).to_have_class("outcomes zones is-up")
        bottom = last["y"] + last["height"] - 6
        for step in range(1, 11):
            touch("touchMove", x, y + (bottom - y) * step / 10)
        touch("touchEnd")
        board.expect_order(0, [names[1], names[2], names[0]])
        expect(board.card(names[0])).not_to_have_class(SAVING)

        touch("touchStart", 320, 500)
        for at in (260, 180, 90):
            touch("touchMove", at, 502)
        touch("touchEnd")
        expect(board.column(1)).to_be_visible()
        expect(board.column(0)).to_be_hidden()
