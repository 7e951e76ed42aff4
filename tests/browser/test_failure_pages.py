"""The pages of failures in a browser: readable in both themes, on a phone; and what an open board says meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from core.maintenance import begin_maintenance, end_maintenance
from tests.browser.test_words_and_contrast import violations

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def closing(settings: Any, tmp_path: Path, visits: Any) -> None:
    """The switch lies in a directory of the test; what its answers write to the console is expected."""
    settings.DATA_DIR = tmp_path
    visits.allow("503", "404")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_maintenance_page_on_a_phone(visits, closing, language, dark):
    begin_maintenance(message="서버를 옮깁니다. We are moving.")
    page = visits.page(None, language=language, dark=dark, **PHONE)
    answer = page.goto("/w/acme/board/")
    assert answer is not None
    assert answer.status == 503
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    button = page.locator("a.btn")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    end_maintenance()
    button.click()
    expect(page).to_have_url("/accounts/login/?next=/w/acme/board/")


def test_an_open_board_says_that_the_site_is_closed_and_keeps_what_is_written(visits, closing, deal_of):
    deal_of(name="열린 딜")
    board = visits.board()
    begin_maintenance()
    board.page.locator("[data-deal-id] a").first.click()
    expect(board.page.locator("#notices")).to_contain_text("점검 중이라")
    expect(board.page.locator("[data-deal-id]").first).to_be_visible()
    end_maintenance()
