"""Pipelines, designer and loss reasons under axe: every page and dialog, in both themes, at a desk and on a phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core import clock
from pipeline.models import LossReason
from pipeline.services.loss_reasons import archive_loss_reason
from tenancy.scope import workspace_scope
from tests.browser.test_words_and_contrast import violations

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SETTINGS = "/w/acme/settings/"


@pytest.fixture
def pages(committed_cast: Any, deal_of: Any) -> list[str]:
    """Their addresses, with a stalled deal in the first stage and something archived."""
    with clock.frozen_at(clock.now() - timedelta(days=40)):
        deal_of(name="한결모터스 도입")
    with workspace_scope(committed_cast.workspace.pk):
        archive_loss_reason(
            reason_id=LossReason.objects.order_by("-position")[0].pk, actor=committed_cast.actor("admin")
        )
        pipeline = committed_cast.pipeline
        stage = pipeline.stages.order_by("position")[0]
    at = f"{SETTINGS}pipelines/"
    return [
        at,
        f"{at}new/",
        f"{at}{pipeline.pk}/",
        f"{at}{pipeline.pk}/copy/",
        f"{SETTINGS}stages/{stage.pk}/",
        f"{SETTINGS}loss-reasons/",
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page(visits: Any, pages: list[str], dark: bool) -> None:
    page = visits.page("admin", dark=dark)
    for at in pages:
        page.goto(at)
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], at


@pytest.mark.parametrize("who", ["admin", "viewer"])
def test_every_page_on_a_phone(visits: Any, pages: list[str], who: str) -> None:
    page = visits.page(who, **PHONE)
    for at in pages:
        if who == "viewer" and at.endswith(("new/", "copy/")):
            continue  # not theirs
        page.goto(at)
        page.wait_for_load_state("networkidle")
        assert violations(page) == [], at
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), at


def expect_a_dialog_without_barriers(page: Page) -> None:
    expect(page.locator("dialog[open]")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_dialog_of_the_designer(visits: Any, pages: list[str], dark: bool) -> None:
    page = visits.page("admin", dark=dark, language="en")
    page.goto(pages[4])
    page.wait_for_load_state("networkidle")
    for button in ("Add criterion", "Add task", "Retire this stage…"):
        page.get_by_role("button", name=button).first.click()
        expect_a_dialog_without_barriers(page)
    page.locator(".settings-head .menu summary").click()
    assert violations(page) == []
    page.get_by_role("button", name="Archive…").click()
    expect_a_dialog_without_barriers(page)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_effects_of_what_is_typed_and_what_is_refused(visits: Any, pages: list[str], dark: bool) -> None:
    page = visits.page("admin", dark=dark, language="en")
    page.goto(pages[4])
    page.wait_for_load_state("networkidle")
    page.get_by_role("textbox", name="Stall days").fill("60")
    expect(page.locator("#effects .effects")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("textbox", name="Win rate").fill("120")
    page.locator("#stage-form").get_by_role("button", name="Save").click()
    expect(page.locator("#stage-form .errorlist")).to_be_visible()
    assert violations(page) == []
