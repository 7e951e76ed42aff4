"""What comes out on paper: ink on white, all that is known, nothing to press."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core import clock
from deals.models import Deal
from deals.services.criteria import check_criterion
from tenancy.scope import workspace_scope
from tests.browser.board import BoardPage

PAGES = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture
def deal(deal_of: Any, committed_cast: Any) -> Deal:
    """Its first criterion is met; its date is near enough to be in the forecast."""
    made = deal_of(name="한결모터스 도입", expected_close_date=clock.now().date() + timedelta(days=40))
    with workspace_scope(committed_cast.workspace.pk):
        criterion = made.stage.exit_criteria.order_by("position")[0]
        check_criterion(
            deal_id=made.pk, criterion_id=criterion.pk, met=True, actor=committed_cast.actor("rep")
        )
    return made


def put_on_paper(page: Page) -> int:
    """Show what the printer gets, and say on how many sheets."""
    page.wait_for_load_state("networkidle")
    page.emulate_media(media="print")
    return len(PAGES.findall(page.pdf(prefer_css_page_size=True)))


def expect_nothing_to_press(page: Page) -> None:
    for what in (".rail", ".skip", ".btn", "form.edit-form", ".note-form", ".menu-list", ".notices"):
        assert page.locator(what).locator("visible=true").count() == 0, what


def ground(page: Page, of: str = "body") -> str:
    return str(page.locator(of).first.evaluate("(each) => getComputedStyle(each).backgroundColor"))


class TestTheDeal:
    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    def test_one_sheet_with_what_is_known(self, visits: Any, deal: Deal, dark: bool) -> None:
        page = visits.page("rep", dark=dark)
        page.goto(f"/w/acme/deals/{deal.pk}/")
        assert put_on_paper(page) == 1
        expect_nothing_to_press(page)
        for part in ("h1", ".facts", ".path", ".gate", ".time", ".stays"):
            expect(page.locator(part).first).to_be_visible()
        assert ground(page) == "rgb(255, 255, 255)"

    def test_a_criterion_that_is_met_is_seen_to_be(self, visits: Any, deal: Deal) -> None:
        page = visits.page("rep", dark=True)
        page.goto(f"/w/acme/deals/{deal.pk}/")
        put_on_paper(page)
        met, open_one = page.locator(".gate input").nth(0), page.locator(".gate input").nth(1)
        # Printers leave out grounds unless they are asked for.
        expect(met).to_have_css("print-color-adjust", "exact")
        expect(met).to_have_css("background-color", "rgb(26, 32, 28)")
        expect(open_one).to_have_css("background-color", "rgb(255, 255, 255)")

    def test_over_the_board_it_is_printed_instead_of_it(self, visits: Any, deal: Deal) -> None:
        board: BoardPage = visits.board()
        board.card(deal.name).locator(".name a").click()
        expect(board.panel.locator("h1")).to_contain_text(deal.name)
        assert put_on_paper(board.page) == 1
        expect(board.page.locator(".board")).to_be_hidden()
        expect(board.panel.locator("h1")).to_be_visible()
        expect_nothing_to_press(board.page)


class TestTheForecast:
    def test_all_months_on_the_first_sheet(self, visits: Any, deal: Deal) -> None:
        page = visits.page("leader", dark=True)
        page.goto("/w/acme/forecast/")
        put_on_paper(page)
        expect_nothing_to_press(page)
        assert ground(page) == "rgb(255, 255, 255)"
        # Nothing scrolls on paper: the first month stands in full beside the rows' names.
        assert page.locator(".fc-scroll").evaluate(
            "(each) => [each.scrollLeft, getComputedStyle(each).overflowX]"
        ) == [
            0,
            "visible",
        ]
        expect(page.locator(".topbar .chip").first).to_be_visible()  # of what the figures are

    def test_the_button_prints(self, visits: Any, deal: Deal) -> None:
        for path in ("/w/acme/forecast/", f"/w/acme/deals/{deal.pk}/"):
            page = visits.page("leader")
            page.goto(path)
            page.wait_for_load_state("networkidle")
            page.evaluate("addEventListener('beforeprint', () => { window.printed = true; })")
            page.get_by_role("button", name="인쇄").click()
            assert page.evaluate("window.printed"), path


def test_the_board_goes_across_the_sheet(visits: Any, deal: Deal) -> None:
    board: BoardPage = visits.board()
    put_on_paper(board.page)
    expect_nothing_to_press(board.page)
    expect(board.card(deal.name)).to_be_visible()
    expect(board.page.locator("main")).to_have_css("page", "wide")
