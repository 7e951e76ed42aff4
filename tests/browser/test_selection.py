"""Several cards at once: chosen by click, key and box, dragged together, taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from deals.models import Deal
from deals.selectors.criteria import criteria_of
from deals.services.criteria import check_criterion
from tenancy.scope import workspace_scope
from tests.browser.board import Totals

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def ready(committed_cast, deal_of):
    def make(name: str, **fields) -> Deal:
        deal = deal_of(name=name, **fields)
        with workspace_scope(committed_cast.workspace.pk):
            for state in criteria_of(deal):
                check_criterion(
                    deal_id=deal.pk, criterion_id=state.id, met=True, actor=committed_cast.actor()
                )
        return deal

    return make


def test_dragged_together_to_where_the_hand_lets_go_and_undone_by_key(visits, ready, deal_of):
    for name in ("셋째", "둘째", "첫째"):
        ready(name)
    deal_of(name="남는 딜")
    deal_of(name="거기 있던 딜", stage="제품 살펴보는 중")
    board = visits.board()
    page = board.page
    board.card("첫째").locator(".name a").click(modifiers=["Shift"])
    board.card("셋째").locator("[data-select]").check()
    bar = page.locator("#bulk-bar")
    expect(bar).to_contain_text("2건 고름")
    expect(board.panel).to_be_hidden()

    board.drag("첫째", board.card("거기 있던 딜"))
    expect(board.in_column("첫째", 1)).to_be_visible()
    expect(board.in_column("셋째", 1)).to_be_visible()
    expect(board.notice).to_contain_text("딜 2건을 제품 살펴보는 중으로 옮겼습니다")
    board.expect_totals(1, Totals(3, 30_000_000, 12_000_000))
    names = board.column(1).locator(".name").all_text_contents()
    assert names.index("셋째") == names.index("첫째") + 1
    board.expect_order(0, ["남는 딜", "둘째"])
    expect(bar).to_be_hidden()

    page.keyboard.press("Control+z")
    expect(board.column(0).locator("[data-deal-id]")).to_have_count(4)
    board.expect_totals(1, Totals(1, 10_000_000, 4_000_000))


def test_some_are_refused_and_it_is_said_why(visits, ready, deal_of):
    ready("준비된 딜")
    deal_of(name="덜 된 딜")
    board = visits.board()
    page = board.page
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+X")
    expect(page.locator("#bulk-bar")).to_contain_text("2건 고름")
    board.drag("준비된 딜", board.column(1))
    dialog = page.locator("#overlay dialog[open]")
    expect(dialog).to_contain_text("덜 된 딜")
    expect(dialog).to_contain_text("데모 미팅 진행 완료")
    page.keyboard.press("Escape")
    expect(board.in_column("준비된 딜", 1)).to_be_visible()
    expect(board.in_column("덜 된 딜", 0)).to_be_visible()
    # What was refused is still chosen: one can look at it.
    expect(page.locator("#bulk-bar")).to_contain_text("1건 고름")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk-bar")).to_be_hidden()


def test_a_dialog_shows_first_what_would_happen(visits, committed_cast, ready, deal_of):
    ready("하나")
    deal_of(name="둘")
    board = visits.board()
    page = board.page
    for name in ("하나", "둘"):
        board.card(name).hover()
        board.card(name).locator("[data-select]").check()
    page.locator('[data-bulk="move"]').click()
    dialog = page.locator("dialog[data-bulk-dialog]")
    dialog.get_by_label("옮길 단계").select_option(label="제품 살펴보는 중")
    expect(dialog.locator("#bulk-plan")).to_contain_text("딜 1건이 바뀝니다")
    expect(dialog.locator("#bulk-plan")).to_contain_text("데모 미팅 진행 완료")
    dialog.locator("button[type=submit]").click()
    expect(board.in_column("하나", 1)).to_be_visible()
    expect(board.in_column("둘", 0)).to_be_visible()
    expect(dialog).to_have_count(0)

    page.locator('[data-bulk="owner"]').click()
    dialog.get_by_label("새 담당").select_option(label="최하은")
    dialog.locator("button[type=submit]").click()
    expect(board.card("둘").locator(".person")).to_contain_text("하은")
    board.notice.locator(".undo").click()
    expect(board.card("둘").locator(".person.me")).to_contain_text("도현")


def test_chosen_and_moved_on_a_phone(visits, ready):
    ready("하나")
    ready("둘")
    board = visits.board(**PHONE)
    page = board.page
    for name in ("하나", "둘"):
        board.card(name).locator("[data-move-menu]" if name == "하나" else "[data-select]").tap()
        if name == "하나":
            page.locator("[data-menu-choose]").tap()
    bar = page.locator("#bulk-bar")
    expect(bar).to_contain_text("2건 고름")
    bar.locator('[data-bulk="move"]').tap()
    dialog = page.locator("dialog[data-bulk-dialog]")
    dialog.get_by_label("옮길 단계").select_option(label="제품 살펴보는 중")
    dialog.locator("button[type=submit]").tap()
    expect(board.notice).to_contain_text("2건")
    expect(bar).to_be_hidden()


def test_ctrl_z_takes_back_one_after_the_other_even_on_the_next_page(visits, ready):
    ready("하나")
    ready("둘")
    board = visits.board()
    page = board.page
    board.drag("하나", board.column(1))
    expect(board.notice).to_contain_text("하나")
    board.drag("둘", board.column(2))
    expect(board.notice).to_contain_text("둘")
    page.reload()
    page.wait_for_load_state()
    page.keyboard.press("Control+z")
    expect(board.in_column("둘", 0)).to_be_visible()
    page.keyboard.press("Control+z")
    expect(board.in_column("하나", 0)).to_be_visible()


def test_ctrl_z_puts_a_card_back_to_its_place_in_the_column(visits, deal_of):
    for name in ("셋째", "둘째", "첫째"):
        deal_of(name=name)
    board = visits.board()
    board.expect_order(0, ["첫째", "둘째", "셋째"])
    board.card("첫째").locator(".name a").focus()
    board.page.keyboard.press("m")
    board.page.get_by_role("menuitem", name="맨 아래로").click()
    board.expect_order(0, ["둘째", "셋째", "첫째"])
    expect(board.card("첫째")).not_to_have_class("is-saving")
    board.page.wait_for_load_state("networkidle")
    board.page.keyboard.press("Control+z")
    board.expect_order(0, ["첫째", "둘째", "셋째"])


def test_in_the_list_all_that_is_found_is_changed_at_once(visits, deal_of):
    for number in range(3):
        deal_of(name=f"딜 {number}")
    page = visits.page("rep")
    page.goto("/w/acme/deals/")
    page.wait_for_load_state()
    page.locator("[data-select-all]").check()
    bar = page.locator("#bulk-bar")
    expect(bar).to_contain_text("3건 고름")
    bar.locator('[data-bulk="owner"]').click()
    dialog = page.locator("dialog[data-bulk-dialog]")
    dialog.get_by_label("새 담당").select_option(label="최하은")
    dialog.locator("button[type=submit]").click()
    expect(page.locator("tbody .person", has_text="하은")).to_have_count(3)
    expect(bar).to_be_hidden()
    page.keyboard.press("Control+z")
    expect(page.locator("tbody .person.me")).to_have_count(3)
