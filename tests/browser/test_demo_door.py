"""A demo's login page: one click and one is in, by mouse, keyboard and thumb."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from integrations.demo.access import LOGINS, PASSWORD, SLUG, address
from tenancy.scope import workspace_scope
from tenancy.services.create_workspace import create_workspace, user_for_email
from tenancy.services.members import add_member
from tests.browser.test_words_and_contrast import violations

LOGIN = "/accounts/login/"


@pytest.fixture
def login(visits: Any, tmp_path: Path, settings: Any) -> Any:
    """Opens the login page of a demo in a browser with these options."""
    workspace, _owner = create_workspace(
        slug=SLUG, name="Demo", owner_email=address("owner"), password=PASSWORD, owner_name="한지원"
    )
    with workspace_scope(workspace.pk):
        for role in LOGINS[1:]:
            user = user_for_email(email=address(role), password=PASSWORD)
            add_member(user=user, display_name="김도윤", role=role)
    settings.DATA_DIR, settings.DEMO = tmp_path, True
    (tmp_path / "demo.json").write_text(json.dumps({"workspace": str(workspace.pk)}))

    def open_login(**options: Any) -> Page:
        page: Page = visits.page(None, **options)
        page.goto(LOGIN)
        return page

    return open_login


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_can_be_read_by_everybody(login: Any, dark: bool) -> None:
    page = login(dark=dark)
    expect(page.get_by_role("heading", name="데모 둘러보기")).to_be_visible()
    assert violations(page) == []


def test_a_click_leads_to_the_page_asked_for(login: Any) -> None:
    page = login()
    page.goto(f"{LOGIN}?next=/w/demo/tasks/")
    page.get_by_role("button", name="팀 리더").click()
    expect(page).to_have_url(re.compile(r"/w/demo/tasks/$"))


def test_the_keyboard_comes_to_it_first(login: Any) -> None:
    page = login()
    button = page.get_by_role("button", name="영업 담당자")
    for _press in range(4):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/w/demo/board/"))


def test_a_phone_has_room_for_a_thumb(login: Any) -> None:
    page = login(viewport={"width": 390, "height": 844})
    for button in page.locator(".demo-door button").all():
        assert button.bounding_box()["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
