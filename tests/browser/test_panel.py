"""The deal over the board, and whole by its own URL."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from deals.models import Deal
from tenancy.scope import workspace_scope

BOARD = re.compile(r"/w/acme/board/$")
DEAL = re.compile(r"/w/acme/deals/[0-9a-f-]{36}/$")


@pytest.fixture
def board(visits, deal_of):
    deal_of(name="나래소프트 전환", amount=5_000_000)
    deal_of(name="한결모터스 도입", amount=10_000_000)
    opened = visits.board()
    opened.page.evaluate("window.kept = true")
    return opened


def open_panel(board, name="한결모터스 도입"):
    board.card(name).locator(".name a").click()
    expect(board.panel.locator("h1")).to_contain_text(name)
    return board.panel


class TestOpening:
    def test_url_back_and_forward_without_a_reload(self, board):
        panel = open_panel(board)
        expect(board.page).to_have_url(DEAL)
        board.page.go_back()
        expect(panel).to_be_hidden()
        expect(board.page).to_have_url(BOARD)
        expect(board.card("한결모터스 도입").locator(".name a")).to_be_focused()
        board.page.go_forward()
        expect(panel.locator("h1")).to_contain_text("한결모터스 도입")
        board.page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        expect(board.page).to_have_url(BOARD)
        assert board.page.evaluate("window.kept")

    def test_next_and_previous(self, board):
        names = board.column(0).locator(".name").all_inner_texts()
        panel = open_panel(board, names[0])
        board.page.keyboard.press("j")
        expect(panel.locator("h1")).to_contain_text(names[1])
        board.page.keyboard.press("k")
        expect(panel.locator("h1")).to_contain_text(names[0])
        panel.locator("[data-panel-close]").click()
        expect(panel).to_be_hidden()
        expect(board.page).to_have_url(BOARD)

    def test_with_a_modifier_the_whole_page(self, board):
        with board.page.context.expect_page() as opened:
            board.card("한결모터스 도입").locator(".name a").click(modifiers=["ControlOrMeta"])
        whole = opened.value
        expect(whole.locator(".deal-page h1")).to_contain_text("한결모터스 도입")
        expect(whole.locator("[data-panel-close]")).to_be_hidden()
        expect(board.panel).to_be_hidden()

    def test_the_board_stays_usable(self, board):
        panel = open_panel(board)
        board.card("나래소프트 전환").locator(".name a").click()
        expect(panel.locator("h1")).to_contain_text("나래소프트 전환")

    def test_no_next_task_leads_to_its_field(self, board):
        for _ in range(2):
            tick = board.card("한결모터스 도입").locator(".tick")
            done = tick.get_attribute("hx-post")
            tick.click()
            expect(board.page.locator(f'[hx-post="{done}"]')).to_have_count(0)
        board.card("한결모터스 도입").locator(".task.none a").click()
        expect(board.panel.locator("[name=t-name]")).to_be_focused()


class TestActions:
    def test_amount_is_edited_in_place_and_the_card_follows(self, board, committed_cast):
        panel = open_panel(board)
        panel.locator("#field-amount button").click()
        field = panel.locator("#field-amount [name=amount]")
        expect(field).to_be_focused()
        field.fill("20,000,000")
        field.press("Enter")
        expect(panel.locator("#field-amount")).to_contain_text("20,000,000원")
        expect(panel.locator("#field-amount button")).to_be_focused()
        expect(board.card("한결모터스 도입").locator(".amount")).to_have_text("2,000만원")
        expect(board.column(0).locator("[data-stage-amount]")).to_have_attribute(
            "data-stage-amount", "25000000"
        )

    def test_a_wrong_amount_keeps_the_text(self, board):
        panel = open_panel(board)
        panel.locator("#field-amount button").click()
        panel.locator("#field-amount [name=amount]").fill("많이")
        panel.locator("#field-amount [name=amount]").press("Enter")
        expect(panel.locator("#field-amount .errorlist")).to_be_visible()
        expect(panel.locator("#field-amount [name=amount]")).to_have_value("많이")
        panel.locator("#field-amount [name=amount]").press("Escape")
        expect(panel.locator("#field-amount")).to_contain_text("10,000,000원")
        expect(panel).to_be_visible()

    def test_tick_task_and_note(self, board):
        panel = open_panel(board)
        panel.locator(".gate [name=met]").first.check()
        expect(board.card("한결모터스 도입").locator(".foot")).to_contain_text("1/3")
        panel.locator("[name=t-name]").fill("제안서 보내기")
        panel.locator("[name=t-name]").press("Enter")
        expect(panel.locator(".todo", has_text="제안서 보내기")).to_be_visible()
        expect(panel.locator("[name=t-name]")).to_be_focused()
        panel.locator(".todo", has_text="미팅 진행").get_by_role("checkbox").check()
        expect(panel.locator(".todo:not(.is-done)", has_text="미팅 진행")).to_have_count(0)
        panel.locator("[name=n-body]").fill("다음 주에 다시 통화\n본부장 참석")
        panel.locator("#note-form button[type=submit]").click()
        expect(panel.locator(".time li").first).to_contain_text("본부장 참석")
        expect(panel.locator("[name=n-body]")).to_have_value("")

    def test_moves_on_from_the_panel_filling_what_is_missing(self, board, committed_cast):
        panel = open_panel(board)
        panel.locator(".gate-foot button").click()
        expect(board.refused).to_be_visible()
        for box in board.refused.get_by_role("checkbox").all():
            box.check()
        board.refused.locator("[data-go]").click()
        expect(board.refused).to_have_count(0)
        expect(panel.locator(".path .now")).to_contain_text("제품 살펴보는 중")
        expect(board.in_column("한결모터스 도입", 1)).to_be_visible()
        expect(board.column(1).locator("[data-stage-count]")).to_have_attribute("data-stage-count", "1")

    def test_lost_and_reopened(self, board):
        panel = open_panel(board)
        panel.locator("[hx-get*='/lose/']").click()
        dialog = board.page.locator("dialog[data-lose]")
        dialog.get_by_role("radio").first.check()
        dialog.locator("button[type=submit]").click()
        expect(dialog).to_have_count(0)
        expect(board.card("한결모터스 도입")).to_have_count(0)
        panel.locator("[hx-post*='/reopen/']").click()
        expect(board.in_column("한결모터스 도입", 0)).to_be_visible()

    def test_deleted_and_brought_back(self, board):
        panel = open_panel(board)
        panel.locator(".side-foot button").click()
        board.page.locator("#confirm [value=yes]").click()
        expect(panel).to_be_hidden()
        expect(board.card("한결모터스 도입")).to_have_count(0)
        board.notice.locator("[data-undo]").click()
        expect(board.in_column("한결모터스 도입", 0)).to_be_visible()


class TestWriting:
    NOTE = "본부장이 다음 주에 답하기로 함"

    def note_of(self, board):
        return board.panel.locator("[name=n-body]")

    def test_a_draft_waits_for_its_deal(self, board):
        names = board.column(0).locator(".name").all_inner_texts()
        panel = open_panel(board, names[0])
        self.note_of(board).fill(self.NOTE)
        panel.locator("[name=t-name]").fill("제안서 보내기")
        panel.focus()
        board.page.keyboard.press("j")
        expect(panel.locator("h1")).to_contain_text(names[1])
        expect(self.note_of(board)).to_have_value("")
        board.page.keyboard.press("k")
        expect(panel.locator("h1")).to_contain_text(names[0])
        expect(self.note_of(board)).to_have_value(self.NOTE)
        expect(panel.locator("[name=t-name]")).to_have_value("제안서 보내기")
        board.page.reload()
        expect(board.page.locator("[name=n-body]")).to_have_value(self.NOTE)

    def test_the_first_escape_leaves_the_field(self, board):
        panel = open_panel(board)
        self.note_of(board).fill(self.NOTE)
        board.page.keyboard.press("Escape")
        expect(panel).to_be_focused()
        expect(self.note_of(board)).to_have_value(self.NOTE)
        board.page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        expect(open_panel(board).locator("[name=n-body]")).to_have_value(self.NOTE)

    def test_ctrl_enter_sends_and_the_draft_is_gone(self, board):
        panel = open_panel(board)
        self.note_of(board).fill(self.NOTE)
        board.page.keyboard.press("ControlOrMeta+Enter")
        expect(panel.locator(".time li").first).to_contain_text(self.NOTE)
        expect(self.note_of(board)).to_have_value("")
        expect(self.note_of(board)).to_be_focused()
        board.page.reload()
        expect(board.page.locator(".time li").first).to_contain_text(self.NOTE)
        expect(board.page.locator("[name=n-body]")).to_have_value("")

    def test_what_could_not_be_sent_is_kept(self, board, visits):
        visits.allow("ERR_INTERNET_DISCONNECTED", "Failed to fetch")
        open_panel(board)
        self.note_of(board).fill(self.NOTE)
        board.page.context.set_offline(True)
        board.page.keyboard.press("ControlOrMeta+Enter")
        expect(board.notice).to_contain_text("연결이 끊겼습니다")
        board.page.context.set_offline(False)
        board.page.reload()
        expect(board.page.locator("[name=n-body]")).to_have_value(self.NOTE)


class TestWholePage:
    def test_works_without_the_board(self, visits, deal_of, committed_cast):
        deal = deal_of(name="한결모터스 도입", amount=10_000_000)
        page = visits.page()
        page.goto(f"/w/acme/deals/{deal.pk}/")
        page.locator("#field-amount button").click()
        page.locator("[name=amount]").fill("30000000")
        page.locator("[name=amount]").press("Enter")
        expect(page.locator("#field-amount")).to_contain_text("30,000,000원")
        page.locator(".gate-foot button").click()
        dialog = page.locator("dialog[data-refused]")
        expect(dialog).to_be_visible()
        for box in dialog.get_by_role("checkbox").all():
            box.check()
        dialog.locator("[data-go]").click()
        expect(page.locator(".path .now")).to_contain_text("제품 살펴보는 중")
        with workspace_scope(committed_cast.workspace.pk):
            assert Deal.objects.get(pk=deal.pk).stage.position == 1
        page.locator(".side-foot button").click()
        page.locator("#confirm [value=yes]").click()
        page.wait_for_url("**/board/**")
