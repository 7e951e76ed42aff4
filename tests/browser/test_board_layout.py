"""Where things stand on the board: heads on one line, room around what is empty, the phone's search, a quiet start."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from core import clock
from deals.models import Deal
from pipeline.models import Stage
from tenancy.scope import workspace_scope

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

FADERS = "() => [...document.querySelectorAll('.lane-head .fader')].map((each) => Math.round(each.getBoundingClientRect().y))"

WITHIN = """(foot) => [foot, ...foot.querySelectorAll(".line, .push")].every((each) => each.scrollWidth <= each.clientWidth + 1)"""
# Each corner of each control of the form is the form's own: nothing lies over it, and it is within the window.
ON_TOP = """(form) => [...form.querySelectorAll("input:not([type=hidden], .sr), select, button")].every((each) => {
  const box = each.getBoundingClientRect();
  return [box.left + 3, box.right - 3].every((x) => form.contains(document.elementFromPoint(x, box.top + box.height / 2)));
})"""


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    return one["y"] + one["height"] > other["y"] + 0.5 and other["y"] + other["height"] > one["y"] + 0.5


class TestHeads:
    @pytest.mark.parametrize("width", [1024, 1440])
    def test_faders_share_a_line_whatever_wraps(self, visits, committed_cast, width):
        with workspace_scope(committed_cast.workspace.pk):
            long = "계약과 견적을 함께 전달하고 답을 기다리는 아주 긴 이름의 단계"
            Stage.objects.filter(pipeline=committed_cast.pipeline, position=1).update(name=long)
        board = visits.board(viewport={"width": width, "height": 800})
        assert len(set(board.page.evaluate(FADERS))) == 1

    def test_quick_add_pushes_its_own_cards_alone(self, visits, deal_of):
        deal_of(name="한결모터스 도입")
        deal_of(name="나래소프트 전환", stage="제품 살펴보는 중")
        board = visits.board()
        other = board.card("나래소프트 전환").bounding_box()
        board.column(0).locator("[data-quick-add]").click()
        form = board.page.locator("[data-quick-add-form]")
        expect(form.locator("[name=q-name]")).to_be_focused()
        assert not overlap(form.bounding_box(), board.card("한결모터스 도입").bounding_box())
        assert board.card("나래소프트 전환").bounding_box() == other
        assert len(set(board.page.evaluate(FADERS))) == 1
        board.page.keyboard.press("Escape")
        assert board.card("한결모터스 도입").bounding_box()["y"] == other["y"]

    def test_the_lock_covers_no_card(self, visits, deal_of):
        deal_of(name="한결모터스 도입")
        deal_of(name="나래소프트 전환", stage="제품 살펴보는 중")
        board = visits.board()
        card = board.card("한결모터스 도입").bounding_box()
        there = board.card("나래소프트 전환").bounding_box()
        board.page.mouse.move(card["x"] + 40, card["y"] + 30)
        board.page.mouse.down()
        board.page.mouse.move(card["x"] + 60, card["y"] + 60, steps=4)
        lock = board.column(1).locator(".why")
        expect(lock).to_be_visible()
        assert board.card("나래소프트 전환").bounding_box() == there
        assert not overlap(lock.bounding_box(), there)
        assert not overlap(lock.bounding_box(), board.column(1).locator(".title").bounding_box())
        board.page.keyboard.press("Escape")
        board.page.mouse.up()


class TestEmpty:
    @pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
    def test_what_says_so_stands_free(self, visits, deal_of, options):
        deal_of(name="한결모터스 도입")
        board = visits.board(path="/w/acme/board/?q=없는것", **options)
        width = board.page.viewport_size["width"]
        box = board.page.locator(".state").bounding_box()
        left = 0 if options else board.page.locator("main").bounding_box()["x"]
        assert box["x"] - left >= 12
        assert width - (box["x"] + box["width"]) >= 12
        assert board.page.evaluate("document.documentElement.scrollHeight <= innerHeight")


class TestPhoneSearch:
    def test_the_icon_opens_the_field(self, visits, deal_of):
        deal_of(name="한결모터스 도입")
        deal_of(name="나래소프트 전환")
        board = visits.board(**PHONE)
        field = board.page.locator("#board-q")
        expect(field).to_be_hidden()
        board.page.locator("[data-search-toggle]").click()
        expect(field).to_be_focused()
        field.fill("한결")
        field.press("Enter")
        board.page.wait_for_url("**q=*")
        expect(board.card("한결모터스 도입")).to_be_visible()
        expect(board.card("나래소프트 전환")).to_have_count(0)
        expect(field).to_have_value("한결")


class TestDoors:
    def test_the_login_is_ready_to_type_and_the_deal_page_leads_back(self, visits, deal_of):
        deal = deal_of(name="한결모터스 도입")
        door = visits.page(None)
        door.goto("/accounts/login/")
        expect(door.locator("[name=login]")).to_be_focused()
        page = visits.page()
        page.goto(f"/w/acme/deals/{deal.pk}/")
        expect(page.locator("[data-to-board] svg")).to_be_visible()
        page.locator("[data-to-board]").click()
        expect(page.locator(".board")).to_be_visible()


FONTS = "[...document.fonts].filter((font) => font.status === 'loaded').length"


class TestQuietStart:
    @pytest.mark.parametrize("language", ["ko", "en"])
    def test_the_font_is_drawn_with_from_the_second_page_on(self, visits, deal_of, language):
        for number in range(6):
            deal_of(name=f"Fleet rollout for the northern depots {number} 도입", amount=12_345_678)
        page = visits.page(language=language)
        for has_font in (False, True, True):
            page.goto("/w/acme/board/")
            page.wait_for_load_state("networkidle")
            assert (page.evaluate(FONTS) > 0) is has_font


class TestNarrowCards:
    @pytest.mark.parametrize("language", ["ko", "en"])
    def test_what_a_stalled_card_says_stays_on_it(self, visits, deal_of, committed_cast, language):
        long_ago = clock.now() - timedelta(days=130)
        with clock.frozen_at(long_ago):
            deal = deal_of(name="한결모터스 도입")
        with workspace_scope(committed_cast.workspace.pk):
            Deal.objects.filter(pk=deal.pk).update(last_heard_at=long_ago)
        board = visits.board(language=language, viewport={"width": 1024, "height": 800})
        foot = board.card("한결모터스 도입").locator(".foot")
        expect(foot.locator(".late")).to_be_visible()
        assert foot.evaluate(WITHIN)


class TestAFieldInItsPlace:
    @pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
    @pytest.mark.parametrize("field", ["amount", "expected_close_date", "owner"])
    def test_it_lies_over_its_neighbours(self, visits, deal_of, options, field):
        deal = deal_of(name="한결모터스 도입")
        page = visits.page(**options)
        page.goto(f"/w/acme/deals/{deal.pk}/")
        page.locator(f"#field-{field} button").click()
        form = page.locator(f"#field-{field} .edit-form")
        expect(form).to_be_visible()
        assert form.evaluate(ON_TOP)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
