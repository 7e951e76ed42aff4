"""The designer in a browser: order by drag and by keys, effects told while typing, undo, retiring."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from core import clock
from tenancy.scope import workspace_scope
from tests.browser.conftest import Visits
from tests.factories import Cast, make_deal

ORDER = [
    "미팅 약속 완료",
    "제품 살펴보는 중",
    "온보딩 교육 중",
    "계약/견적 전달 받음",
    "최종 결정 및 계약 싸인 완료",
]


@pytest.fixture
def designer(visits: Visits, committed_cast: Cast) -> Page:
    page = visits.page("admin", language="en")
    page.goto(f"/w/acme/settings/pipelines/{committed_cast.pipeline.pk}/")
    return page


def expect_order(page: Page, names: list[str]) -> None:
    expect(page.locator("#ledger .name")).to_have_text(names)


def open_stage(page: Page, name: str) -> None:
    page.locator("#ledger .name", has_text=name).click()
    expect(page.locator("#stage-title")).to_have_text(name)
    page.wait_for_load_state()  # the scripts too: a click before them would be lost


def test_stages_are_put_in_order_by_keys(designer: Page) -> None:
    designer.locator(".grip").first.focus()
    designer.keyboard.press("ArrowDown")
    designer.keyboard.press("ArrowDown")
    wanted = [ORDER[1], ORDER[2], ORDER[0], *ORDER[3:]]
    expect_order(designer, wanted)
    expect(designer.locator("#designer-says")).to_have_text(f"“{ORDER[0]}” is now 3 of 5.")
    expect(designer.locator("#notices")).to_contain_text("The order is saved.")
    expect(designer.locator(".grip").nth(2)).to_be_focused()
    designer.reload()
    expect_order(designer, wanted)


def test_stages_are_put_in_order_by_drag(designer: Page) -> None:
    grip, first = designer.locator(".grip").nth(3), designer.locator(".ledger-row").first
    start, end = grip.bounding_box(), first.bounding_box()
    assert start
    assert end
    designer.mouse.move(start["x"] + 8, start["y"] + 20)
    designer.mouse.down()
    designer.mouse.move(start["x"] + 8, end["y"] + 40, steps=12)
    designer.mouse.move(start["x"] + 8, end["y"] + 4, steps=4)
    designer.mouse.up()
    wanted = [ORDER[3], *ORDER[:3], ORDER[4]]
    expect_order(designer, wanted)
    expect(designer.locator("#notices")).to_contain_text("The order is saved.")
    designer.reload()
    expect_order(designer, wanted)


def test_what_a_change_does_is_told_while_it_is_typed(designer: Page, committed_cast: Cast) -> None:
    cast = committed_cast
    with workspace_scope(cast.workspace.pk):
        soon = clock.local_date(clock.now(), cast.workspace.zone) + timedelta(days=9)
        with clock.frozen_at(clock.now() - timedelta(days=10)):
            make_deal(actor=cast.actor("admin"), expected_close_date=soon)
    open_stage(designer, ORDER[0])
    designer.get_by_role("textbox", name="Win rate").fill("50")
    designer.get_by_role("textbox", name="Stall days").fill("7")
    effects = designer.locator("#effects")
    expect(effects).to_contain_text("₩2M → becomes ₩5M")
    expect(effects).to_contain_text("0 at 14 d → becomes 1 at 7 d")
    designer.locator("#stage-form").get_by_role("button", name="Save").click()
    expect(designer.locator("#notices")).to_contain_text("Saved")
    expect(designer.locator("#ledger .rate").first).to_have_text("50%")
    expect(designer.locator("#changes li")).to_have_count(2)


def test_a_criterion_is_added_in_a_dialog_and_removed_with_undo(designer: Page) -> None:
    open_stage(designer, ORDER[0])
    designer.get_by_role("textbox", name="Win rate").fill(
        "33"
    )  # not saved yet: it must outlive what happens below
    rows = designer.locator("#criteria .rule-row")
    before = rows.count()
    designer.get_by_role("button", name="Add criterion").nth(2).click()
    dialog = designer.get_by_role("dialog")
    dialog.get_by_label("What holds then").fill("예산이 있음")
    dialog.get_by_label("How it is met").select_option(label="Amount")
    dialog.get_by_role("button", name="Add criterion").click()
    expect(dialog).to_have_count(0)
    expect(rows).to_have_count(before + 1)
    designer.get_by_role("button", name="Remove “예산이 있음”").click()
    expect(rows).to_have_count(before)
    designer.keyboard.press("Control+z")
    expect(rows).to_have_count(before + 1)
    expect(designer.get_by_role("textbox", name="Win rate")).to_have_value("33")


def test_a_stage_with_deals_is_retired(designer: Page, committed_cast: Cast) -> None:
    with workspace_scope(committed_cast.workspace.pk):
        make_deal(actor=committed_cast.actor("admin"))
    open_stage(designer, ORDER[0])
    designer.get_by_role("button", name="Retire this stage").click()
    dialog = designer.get_by_role("dialog")
    dialog.get_by_label("The deals go to").select_option(label=ORDER[1])
    dialog.get_by_role("button", name="Retire").click()
    expect(designer.locator("#notices")).to_contain_text(f"1 deal went to “{ORDER[1]}”")
    expect_order(designer, ORDER[1:])
    expect(designer.locator(".retired")).to_contain_text("1 retired stage")


def test_on_a_phone_the_stage_stands_alone_with_a_way_back(visits: Visits, committed_cast: Cast) -> None:
    page = visits.page("admin", language="en", viewport={"width": 390, "height": 800}, has_touch=True)
    page.goto(f"/w/acme/settings/pipelines/{committed_cast.pipeline.pk}/")
    page.locator("#ledger .name").nth(1).tap()
    expect(page.locator("#stage-title")).to_be_visible()
    expect(page.locator("#ledger")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="All stages of").tap()
    expect(page.locator("#ledger")).to_be_visible()
