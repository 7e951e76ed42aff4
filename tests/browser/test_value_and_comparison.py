"""Value case and comparison as one works with them: by keyboard, by pointer, and without barriers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from deals.models import Deal
from strategy.models import CriterionRating, ValueEntry, ValueLink
from strategy.services.comparison import add_criterion, add_rival, edit_criterion
from strategy.services.value_case import add_line, set_goal
from strategy.services.value_links import link_lines
from tenancy.scope import workspace_scope
from tests.browser.test_words_and_contrast import violations
from tests.factories import Cast


@pytest.fixture
def deal(deal_of: Callable[..., Deal]) -> Deal:
    return deal_of(name="한결모터스 도입")


@pytest.fixture
def written(committed_cast: Cast, deal: Deal) -> Deal:
    """A case with a broken chain, and a comparison with a point in place and one without."""
    actor = committed_cast.actor()
    with workspace_scope(committed_cast.workspace.pk):
        set_goal(deal_id=deal.pk, text="매출 두 배", actor=actor)
        issue, problem = (
            add_line(deal_id=deal.pk, box=box, text=text, actor=actor)
            for box, text in (("issue", "경쟁사에 대한 승률"), ("problem", "강점 자료가 없다"))
        )
        link_lines(deal_id=deal.pk, one=issue.pk, other=problem.pk, actor=actor)
        add_line(deal_id=deal.pk, box="benefit", text="주 2.5시간 절감", actor=actor)
        rival = add_rival(deal_id=deal.pk, name="경쟁사", actor=actor)
        placed = add_criterion(deal_id=deal.pk, text="한글 품의 연동", matters=4, actor=actor)
        edit_criterion(
            deal_id=deal.pk, criterion_id=placed.pk, changes={}, standings={rival.pk: 2}, actor=actor
        )
        add_criterion(deal_id=deal.pk, text="초기 비용", role="구매팀", actor=actor)
    return deal


def path(deal: Deal, tool: str) -> str:
    return f"/w/acme/deals/{deal.pk}/strategy/{tool}/"


def new_line(page: Page, box: str) -> Any:
    return page.locator(f"[data-box={box}] .is-last textarea")


def lines(page: Page, box: str) -> Any:
    return page.locator(f"[data-box={box}] .vc-line[data-line] textarea")


def test_a_case_is_written_linked_and_undone_by_keyboard(
    visits: Any, committed_cast: Cast, deal: Deal
) -> None:
    page = visits.page()
    page.goto(path(deal, "value"))
    page.wait_for_load_state()
    new_line(page, "problem").fill("엑셀로 두 번 적는다")
    new_line(page, "problem").press("Enter")
    page.keyboard.type("단계 이름이 다르다")
    page.keyboard.press("Tab")
    expect(new_line(page, "solution")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("승률")
    page.keyboard.press("Enter")
    expect(page.locator("[data-box=problem] .vc-gap")).to_have_count(2)
    lines(page, "problem").first.focus()
    page.keyboard.press("Alt+l")
    expect(page.get_by_role("menuitemcheckbox", name="승률")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("[data-box=problem] .vc-gap")).to_have_count(1)
    expect(page.locator(".vc-wires path:not(.loose)")).to_have_count(1)
    expect(lines(page, "problem").first).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(lines(page, "problem").nth(1)).to_have_value("엑셀로 두 번 적는다")
    page.keyboard.press("ArrowUp")
    lines(page, "problem").first.fill("")
    page.keyboard.press("Backspace")
    expect(lines(page, "problem")).to_have_count(1)
    page.locator(".notice .undo").click()
    expect(lines(page, "problem")).to_have_count(2)
    expect(lines(page, "problem").first).to_have_value("단계 이름이 다르다")
    with workspace_scope(committed_cast.workspace.pk):
        assert ValueEntry.objects.filter(removed_at=None).count() == 3
        assert ValueLink.objects.filter(removed_at=None).count() == 1


def test_a_wire_is_pulled_and_a_line_carried(visits: Any, committed_cast: Cast, written: Deal) -> None:
    page = visits.page()
    page.goto(path(written, "value"))
    page.wait_for_load_state()
    new_line(page, "solution").fill("비교표")
    new_line(page, "solution").press("Enter")
    expect(page.locator("[data-box=solution] .vc-gap")).to_have_count(1)
    page.locator("[data-box=solution] .vc-line[data-line] .vc-port").drag_to(lines(page, "problem"))
    expect(page.locator("[data-box=solution] .vc-gap")).to_have_count(0)
    page.locator("[data-box=benefit] .vc-line[data-line] .vc-grip").drag_to(lines(page, "issue"))
    expect(lines(page, "issue")).to_have_count(2)
    page.locator("[data-box=issue] .vc-grip").first.click()
    page.get_by_role("menuitem").last.click()
    expect(lines(page, "issue")).to_have_count(1)
    expect(page.locator(".notice .undo")).to_be_visible()
    with workspace_scope(committed_cast.workspace.pk):
        assert ValueEntry.objects.filter(box="issue", removed_at=None).count() == 1


def test_a_point_is_placed_by_arrows_and_by_pointer(visits: Any, committed_cast: Cast, written: Deal) -> None:
    page = visits.page()
    page.goto(path(written, "comparison"))
    page.wait_for_load_state()
    page.locator(".cmp-tray .pt").focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    moved = page.locator(".cell.m3.s-1 .pt")
    expect(moved).to_be_focused()
    expect(page.locator(".cmp-tray")).to_have_count(0)  # the answer has come
    expect(page.locator(".cell.m3.s-1 .pt")).to_be_focused()
    page.locator(".cell.m4.s2 .pt").drag_to(page.locator(".cell.m1.s1"))
    expect(page.locator(".cmp-table small.due")).to_have_count(1)
    expect(page.locator(".cell.m1.s1 .pt")).to_contain_text("한글 품의 연동")
    page.locator("#criterion-text").fill("현장 교육")
    page.locator("#criterion-text").press("Enter")
    expect(page.locator(".cmp-table tbody tr")).to_have_count(3)
    expect(page.locator("#criterion-text")).to_have_value("")
    with workspace_scope(committed_cast.workspace.pk):
        assert sorted(CriterionRating.objects.values_list("standing", "criterion__matters")) == [
            (-1, 3),
            (1, 1),
        ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_without_barriers(visits: Any, written: Deal, dark: bool) -> None:
    page = visits.page(dark=dark)
    for at in (path(written, "value"), path(written, "comparison"), "/w/acme/strategy/competitors/"):
        page.goto(at)
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], at
    page.set_viewport_size({"width": 390, "height": 844})
    for at in (path(written, "value"), path(written, "comparison")):
        page.goto(at)
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], at
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
