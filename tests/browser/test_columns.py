"""Adding deals, filters, dense cards."""

from __future__ import annotations

from playwright.sync_api import expect

from deals.selectors.board import PAGE
from tenancy.scope import workspace_scope
from tests.browser.board import Totals
from tests.factories import make_deal


class TestQuickAdd:
    def test_several_in_a_row(self, visits, worker):
        board = visits.board()
        column = board.column(1)
        column.locator("[data-quick-add]").click()
        name = column.locator("[data-quick-add-form] [name=q-name]")
        expect(name).to_be_focused()
        name.fill("첫 딜")
        column.locator("[name=q-company]").fill("한결모터스")
        column.locator("[name=q-amount]").fill("10,000,000")
        name.press("Enter")
        expect(board.in_column("첫 딜", 1)).to_be_visible()
        board.expect_totals(1, Totals(1, 10_000_000, 4_000_000))
        expect(board.card("첫 딜")).to_contain_text("한결모터스")
        expect(board.card("첫 딜").locator(".task")).to_contain_text("체험 사용 현황 확인")

        expect(name).to_have_value("")
        expect(name).to_be_focused()
        name.fill("둘째 딜")
        name.press("Enter")
        expect(board.in_column("둘째 딜", 1)).to_be_visible()
        board.expect_totals(1, Totals(2, 10_000_000, 4_000_000))
        name.press("Escape")
        expect(name).to_have_count(0)
        expect(column.locator("[data-quick-add]")).to_be_focused()

    def test_what_cannot_be_read_is_said_beside_the_field(self, visits):
        board = visits.board()
        column = board.column(0)
        column.locator("[data-quick-add]").click()
        column.locator("[name=q-name]").fill("딜")
        column.locator("[name=q-amount]").fill("많이")
        column.locator("[data-quick-add-form] button[type=submit]").click()
        expect(column.locator(".errorlist")).to_be_visible()
        expect(column.locator("[name=q-name]")).to_have_value("딜")
        column.locator("[data-cancel-quick-add]").click()
        expect(column.locator("[data-quick-add-form]")).to_have_count(0)

    def test_dialog(self, visits):
        board = visits.board()
        board.page.locator("[data-new-deal]").click()
        dialog = board.page.locator("#overlay dialog")
        expect(dialog.locator("label", has_text="회사")).to_have_text("회사 (선택)")
        expect(dialog.locator("label", has_text="스테이지")).to_have_text("딜 스테이지")
        dialog.locator("[name=name]").fill("새 딜")
        dialog.locator("[name=stage]").select_option(label="온보딩 교육 중")
        dialog.locator("button[type=submit]").click()
        expect(dialog).to_have_count(0)
        expect(board.in_column("새 딜", 2)).to_be_visible()


class TestFilters:
    def test_are_in_the_url_and_hold_after_a_move(self, visits, deal_of):
        deal_of(name="내 딜", amount=1_000_000, stage="제품 살펴보는 중")
        deal_of(name="동료의 딜", who="other_rep", amount=5_000_000, stage="제품 살펴보는 중")
        board = visits.board()
        board.page.locator('.filters summary[data-filter="owner"]').click()
        board.page.locator(".filters .menu-list a", has_text="내 딜").click()
        board.page.wait_for_url("**owner=me*")
        expect(board.card("동료의 딜")).to_have_count(0)
        board.drag("내 딜", board.column(0))
        expect(board.notice).to_be_visible()
        board.expect_totals(0, Totals(1, 1_000_000, 200_000))
        board.expect_totals(1, Totals(0, 0, 0))
        board.notice.locator("[data-undo]").click()
        expect(board.in_column("내 딜", 1)).to_be_visible()
        expect(board.card("동료의 딜")).to_have_count(0)
        board.page.reload()
        expect(board.card("동료의 딜")).to_have_count(0)

    def test_nothing_found_offers_a_way_out(self, visits, deal_of):
        deal_of(name="한결모터스 도입")
        board = visits.board(path="/w/acme/board/?q=없는것")
        board.page.locator(".state a").click()
        expect(board.card("한결모터스 도입")).to_be_visible()


class TestLongColumn:
    def test_the_rest_comes_while_scrolling(self, visits, committed_cast):
        with workspace_scope(committed_cast.workspace.pk):
            for number in range(PAGE + 5):
                make_deal(actor=committed_cast.actor(), name=f"딜 {number:02}")
        board = visits.board()
        cards = board.column(0).locator("[data-deal-id]")
        expect(cards).to_have_count(PAGE)
        board.expect_totals(0, Totals(PAGE + 5, 300_000_000, 60_000_000))
        cards.last.scroll_into_view_if_needed()
        expect(cards).to_have_count(PAGE + 5)
        expect(board.column(0).locator("[data-more]")).to_have_count(0)
        board.card("딜 00").locator("[data-move-menu]").click()
        board.page.locator("#move-menu [data-menu-within=top]").click()
        expect(cards.first).to_contain_text("딜 00")
        expect(cards).to_have_count(PAGE + 5)


class TestDensity:
    def test_is_kept(self, visits, deal_of):
        deal_of(name="한결모터스 도입")
        board = visits.board()
        high = board.card("한결모터스 도입").bounding_box()["height"]
        board.page.locator("[data-density]").click()
        assert board.card("한결모터스 도입").bounding_box()["height"] < high * 0.6
        board.page.reload()
        expect(board.page.locator("[data-density]")).to_have_attribute("aria-pressed", "true")
        assert board.card("한결모터스 도입").bounding_box()["height"] < high * 0.6

    def test_a_task_is_finished_on_the_card(self, visits, deal_of):
        deal_of(name="한결모터스 도입")
        board = visits.board()
        card = board.card("한결모터스 도입")
        expect(card.locator(".task")).to_contain_text("미팅 진행")
        card.locator(".tick").click()
        expect(card.locator(".task")).to_contain_text("체험 계정 발급")
        board.notice.locator("[data-undo]").click()
        expect(card.locator(".task")).to_contain_text("미팅 진행")


class TestViewer:
    def test_sees_and_cannot_move(self, visits, deal_of):
        deal_of(name="한결모터스 도입")
        board = visits.board("viewer")
        expect(board.card("한결모터스 도입")).to_be_visible()
        expect(
            board.page.locator("[data-move-menu], [data-quick-add], [data-new-deal], [data-outcome]")
        ).to_have_count(0)
        board.drag("한결모터스 도입", board.column(1))
        expect(board.in_column("한결모터스 도입", 0)).to_be_visible()
