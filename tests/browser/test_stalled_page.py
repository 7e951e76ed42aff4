"""The stalled page at every width: nothing beside the screen, no words over others, the opened talk in view."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from core import clock

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WIDTHS = {
    390: PHONE,
    1024: {"viewport": {"width": 1024, "height": 768}},
    1440: {"viewport": {"width": 1440, "height": 900}},
}
STALLED = "/w/acme/stalled/"

BAR_TEXTS = """() => [...document.querySelectorAll('.overshoot text')].map((text) => {
  const cell = text.closest('td').getBoundingClientRect();
  return cell.right - text.getBoundingClientRect().right;
})"""


@pytest.fixture
def stalled(deal_of):
    for name, days in (("십 년 된 딜", 3600), ("오래 머문 딜", 40), ("또 머문 딜", 39), ("더 머문 딜", 38)):
        with clock.frozen_at(clock.now() - timedelta(days=days)):
            deal_of(name=name)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_all_of_a_row_is_on_the_screen(visits, stalled, width, language):
    page = visits.page("leader", language=language, **WIDTHS[width])
    page.goto(STALLED)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert min(page.evaluate(BAR_TEXTS)) >= 0
    for button in page.locator(".st [aria-expanded]").all():
        box = button.bounding_box()
        assert box["x"] + box["width"] <= width
        assert width > 640 or box["height"] >= 44


@pytest.mark.parametrize("width", WIDTHS)
def test_an_opened_talk_comes_into_view(visits, stalled, width):
    page = visits.page("leader", **WIDTHS[width])
    page.goto(STALLED)
    page.locator(".st [aria-expanded]").last.click()
    expect(page.locator(".talkbox")).to_be_in_viewport()
    opened = page.locator("tbody", has=page.locator(".talk"))
    expect(opened.locator(".deal-link")).to_be_in_viewport()
    expect(opened.locator("[aria-expanded=true]")).to_be_focused()
    box = page.locator(".talkbox").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_the_rail_counts_anew_once_a_deal_is_put_aside(visits, stalled):
    page = visits.page("leader")
    page.goto(STALLED)
    badge = page.locator("#nav-stalled [data-count]")
    expect(badge).to_have_attribute("data-count", "4")
    page.locator(".st [aria-expanded]").first.click()
    page.locator("[name=body]").fill("예산 심의를 기다림")
    page.locator("[value=snooze]").click()
    expect(badge).to_have_attribute("data-count", "3")
