"""Added fields by keyboard alone, on the deal's page and in the list, and without barriers wherever they are asked for."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from contacts.services.companies import create_company
from tenancy.scope import workspace_scope
from tests.browser.test_words_and_contrast import violations
from tests.fields.conftest import add_fields

COLUMNS = "name,cf_note,cf_region,cf_renewal,cf_products"


@pytest.fixture
def deal(deal_of, committed_cast):
    add_fields(committed_cast)
    return deal_of(name="한결모터스 도입")


def fill(page, key: str, *keys: str, typed: str = "", read: str) -> None:
    """Open the field by Enter, fill it, save it by Enter, and read it where it stands."""
    place = page.locator(f"#field-cf_{key}")
    place.locator("button").press("Enter")
    field = place.locator(f"[name=cf_{key}]")
    expect(field.first).to_be_focused()
    if typed and key == "renewal":
        field.fill(typed)
    elif typed:
        page.keyboard.type(typed)
    for each in keys:
        page.keyboard.press(each)
    place.locator("button[type=submit]").press("Enter")
    expect(place.locator("form")).to_have_count(0)
    expect(place).to_contain_text(read)


def test_filled_by_keyboard_and_seen_in_the_list(visits, deal):
    page = visits.page("rep")
    page.goto(f"/w/acme/deals/{deal.pk}/")
    page.wait_for_load_state("networkidle")
    fill(page, "note", typed="내년 예산", read="내년 예산")
    fill(page, "region", "ArrowDown", "ArrowDown", read="부산")
    fill(page, "renewal", typed="2031-03-31", read="2031")
    assert violations(page) == []
    page.goto(f"/w/acme/deals/?columns={COLUMNS}")
    page.wait_for_load_state("networkidle")
    row = page.locator("[data-deal-id]")
    expect(page.locator("thead")).to_contain_text("갱신일")
    for read in ("내년 예산", "부산", "2031"):
        expect(row).to_contain_text(read)
    # Several choices in their cell.
    page.locator(f"#cell-{deal.pk}-cf_products button").press("Enter")
    expect(page.get_by_label("CRM")).to_be_focused()
    page.keyboard.press("Space")
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.locator(f"#cell-{deal.pk}-cf_products")).to_contain_text("CRM")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_sheets_and_settings_without_barriers(visits, deal, committed_cast, dark):
    add_fields(committed_cast, "company")
    with workspace_scope(committed_cast.workspace.pk):
        actor = committed_cast.actor()
        for name in ("한결모터스", "(주)한결모터스"):
            create_company(actor=actor, name=name, cf_region="서울", cf_note=name)
    page = visits.page("admin", dark=dark)
    page.goto("/w/acme/deals/?view=none")
    page.wait_for_load_state("networkidle")
    page.locator("[data-filter=sheet]").click()
    expect(page.get_by_role("group", name="지역: 다음 중 하나")).to_be_visible()
    assert violations(page) == []
    page.goto("/w/acme/companies/")
    page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="필터").click()
    dialog = page.locator("#overlay dialog")
    dialog.get_by_label("부산").check()
    assert violations(page) == []
    dialog.locator("button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("맞는 회사가 없습니다")
    expect(page.locator(".chosen .chip")).to_contain_text("지역: 부산")
    assert violations(page) == []
    page.goto("/w/acme/settings/fields/")
    assert violations(page) == []
