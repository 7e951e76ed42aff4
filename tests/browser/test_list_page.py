"""The list in a real browser: finding while typing, a cell edited by keyboard, the panel over it, columns, the phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_words_and_contrast import violations

LIST = "/w/acme/deals/"


@pytest.fixture
def rows(deal_of):
    for number, name in enumerate(("한결모터스 도입", "세진정밀 교체", "새빛캐피탈 확대")):
        deal_of(name=name, amount=10_000_000 * (number + 1))


def opened(visits, path: str = LIST, **options):
    page = visits.page("leader", **options)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return page


def test_typing_finds_and_a_cross_takes_it_away(visits, rows):
    page = opened(visits)
    links = page.locator("[data-open-deal]")
    expect(links).to_have_count(3)
    page.keyboard.press("/")
    page.keyboard.type("세진")
    expect(links).to_have_text(["세진정밀 교체"])
    expect(page).to_have_url(re.compile(r"\?q="))
    expect(page.locator("#board-q")).to_be_focused()
    page.locator('[data-filter="chip-q"]').click()
    expect(links).to_have_count(3)
    expect(page.locator("#board-q")).to_have_value("")
    assert "?" not in page.url


def test_a_cell_is_edited_and_taken_back_by_keyboard(visits, rows):
    page = opened(visits)
    amount = page.locator("tr", has_text="세진정밀").locator('[data-cell="amount"]')
    amount.focus()
    page.keyboard.press("Enter")
    field = page.locator("[data-cell-form] [name=amount]")
    expect(field).to_be_focused()
    field.fill("77,000,000")
    page.keyboard.press("Enter")
    expect(amount).to_contain_text("7,700")
    expect(amount).to_be_focused()
    expect(page.locator("#list-totals")).to_have_attribute("data-amount", "117000000")
    page.keyboard.press("Control+z")
    expect(amount).to_contain_text("2,000")
    amount.click()
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-cell-form]")).to_have_count(0)


def test_a_deal_opens_over_the_list_and_back_leads_to_it(visits, rows):
    page = opened(visits, f"{LIST}?sort=name")
    page.locator("[data-open-deal]").first.click()
    expect(page.locator("#panel h1")).to_contain_text("새빛캐피탈")
    page.keyboard.press("j")
    expect(page.locator("#panel h1")).to_contain_text("세진정밀")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/deals/\?sort=name$"))


def test_columns_are_put_in_order_by_keys(visits, rows):
    page = opened(visits)
    page.locator(".list-tools > button").click()
    box = page.locator("#column-company")
    expect(box).to_be_visible()
    assert violations(page) == []
    box.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(box).to_be_focused()
    page.locator("#column-weighted").uncheck()
    page.locator("#overlay button.btn-primary").click()
    page.wait_for_load_state()
    heads = page.locator(".deals thead th:not(.pick)")
    expect(heads.nth(1)).to_have_text("딜 스테이지")
    expect(heads.nth(2)).to_have_text("회사")
    expect(heads).to_have_count(9)


def test_on_the_phone_the_name_stays_and_the_page_does_not_scroll_aside(visits, rows):
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = opened(visits, **options)
    assert page.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [390, 390]
    name = page.locator("tbody th.first").first
    before = name.bounding_box()
    page.evaluate("document.querySelector('.table-scroll').scrollLeft = 400")
    assert name.bounding_box()["x"] == before["x"]
    assert violations(page) == []


def test_the_boards_filter_acts_without_loading_and_keeps_its_place(visits, rows, deal_of):
    for number in range(12):
        deal_of(name=f"한결 {number}")
    board = visits.board("leader")
    page = board.page
    page.wait_for_load_state("networkidle")
    page.evaluate("window.stays = true; document.querySelector('[data-board]').scrollTop = 200")
    page.locator('[data-filter="sheet"]').click()
    expect(page.locator("#id_f-amount_from")).to_be_visible()
    assert violations(page) == []
    page.locator("#id_f-q").fill("한결")
    page.locator("#overlay button.btn-primary").click()
    expect(page.locator("[data-board] [data-deal-id]")).to_have_count(13)
    expect(page.locator("#board-sums")).to_contain_text("13건")
    assert page.evaluate("[window.stays, document.querySelector('[data-board]').scrollTop]") == [True, 200]
    expect(page.locator('[data-filter="chip-q"]')).to_contain_text("한결")
