"""The finder by keyboard alone, and by touch."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_words_and_contrast import violations

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_by_keyboard(visits, deal_of):
    deal = deal_of(name="한결모터스 도입")
    deal_of(name="한결모터스 교육")
    page = visits.page()
    page.goto("/w/acme/forecast/")
    page.wait_for_load_state()
    keys = page.keyboard
    keys.press("Control+k")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    expect(page.locator("#find-head-pages")).to_be_visible()
    keys.type("한결")
    options = page.locator("#find-head-deals ~ [role=option]")
    expect(options).to_have_count(2)
    expect(options.first).to_have_attribute("aria-selected", "true")
    keys.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "find-1")
    expect(field).to_be_focused()
    keys.press("Enter")
    page.wait_for_url(f"**/deals/{deal.pk}/")
    # What was opened stands first now.
    keys.press("Control+k")
    expect(page.locator("[role=option]").first).to_contain_text("한결모터스 도입")
    keys.press("Escape")
    expect(page.locator("#find")).to_be_hidden()


def test_begins_a_deal_from_anywhere(visits, deal_of):
    page = visits.page()
    page.goto("/w/acme/companies/")
    page.wait_for_load_state()
    page.keyboard.press("Control+k")
    page.keyboard.type("딜 추가")
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text("딜 추가")
    page.keyboard.press("Enter")
    expect(page.locator("#new-deal-title")).to_be_visible()
    assert re.search(r"/board/\?view=none$", page.url)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_without_barriers(visits, deal_of, dark):
    deal_of(name="한결모터스 도입")
    page = visits.page(dark=dark, **PHONE)
    page.goto("/w/acme/stalled/")
    page.wait_for_load_state()
    page.locator(".rail [data-find]").tap()
    expect(page.locator("[role=option]").first).to_be_visible()
    assert violations(page) == []
    page.get_by_role("combobox").fill("한결")
    expect(page.locator("[role=option]").first).to_contain_text("한결모터스 도입")
    assert violations(page) == []
    assert page.locator("[role=option]").first.bounding_box()["height"] >= 44
    page.get_by_role("combobox").fill("zzzz")
    expect(page.locator(".find-none")).to_be_visible()
    assert violations(page) == []
