"""The stage review walked by keyboard at a desk and by touch on a phone; read by axe in both themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pipeline.models import Stage
from pipeline.selectors.review import journey_steps
from pipeline.services.journey import add_journey_step
from tenancy.scope import workspace_scope
from tests.browser.test_words_and_contrast import violations
from tests.factories import Cast

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TOUCHED = ".review :is(button, select, textarea, input, a):not(.sr)"
SIZES = """(selector) => [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility()).map((element) => {
  // A radio is pressed by its whole label, a small button by what surrounds it.
  const felt = element.closest("label") ?? element;
  const more = parseFloat(getComputedStyle(element, "::after").insetBlockStart) || 0;
  return [element.id || element.textContent.trim(), Math.round(felt.getBoundingClientRect().height - 2 * Math.min(0, more))];
})"""


@pytest.fixture
def walk(committed_cast: Cast) -> Callable[..., str]:
    """The address of a step of Acme's walk."""

    def url(path: str = "") -> str:
        return f"/w/acme/settings/pipelines/{committed_cast.pipeline.pk}/review/{path}"

    return url


@pytest.fixture
def unanswered(committed_cast: Cast) -> Stage:
    """The first stage, renamed to what we do, and not answered for."""
    with workspace_scope(committed_cast.workspace.pk):
        stage = Stage.objects.filter(pipeline=committed_cast.pipeline).earliest("position")
        Stage.objects.filter(pk=stage.pk).update(
            name="제안서 발송", is_essential=None, is_fact_based=None, is_buyer_centric=None, tense=""
        )
        stage.refresh_from_db()
    return stage


@pytest.fixture
def written(committed_cast: Cast) -> list[str]:
    texts = ["연락처를 남깁니다", "미팅을 잡습니다", "계약에 싸인합니다"]
    with workspace_scope(committed_cast.workspace.pk):
        for text in texts:
            add_journey_step(
                pipeline_id=committed_cast.pipeline.pk,
                actor=committed_cast.actor("admin"),
                buyer_does=text,
                we_do="",
            )
    return texts


def said(cast: Cast) -> list[str]:
    with workspace_scope(cast.workspace.pk):
        return [step.buyer_does for step in journey_steps(cast.pipeline)]


def tab_to(page: Page, selector: str) -> None:
    """Tab until `selector` has the focus."""
    for _ in range(90):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


class TestByKeyboard:
    def test_the_whole_walk(
        self, visits: Any, walk: Callable[..., str], committed_cast: Cast, unanswered: Stage
    ) -> None:
        page = visits.page("admin")
        page.goto(walk())
        tab_to(page, "#add-buyer")
        for text in ("연락처를 남깁니다", "미팅을 잡습니다"):
            page.keyboard.type(text)
            page.keyboard.press("Enter")
            expect(page.locator("[data-step] [name=buyer_does]").last).to_have_value(text)
            expect(page.locator("#add-buyer")).to_be_focused()
            expect(page.locator("#add-buyer")).to_have_value("")
        page.goto(walk())
        tab_to(page, ".begin [type=radio]")
        page.keyboard.press("ArrowDown")
        expect(page.locator(".begins [type=radio]")).to_be_focused()
        expect(page.locator(".begin-step.before")).to_have_count(1)

        page.goto(walk())
        expect(page.locator("#stage-name")).to_have_value("제안서 발송")
        for question in ("essential", "fact_based", "buyer_centric"):
            tab_to(page, f"#{question}-yes")
            page.keyboard.press("Enter")
            expect(page.locator(f"#{question}-yes")).to_have_attribute("aria-pressed", "true")
            expect(page.locator(f"#{question}-yes")).to_be_focused()
        page.keyboard.press("Shift+Tab")
        tab_to(page, "#tense-in_progress")
        page.keyboard.press("Enter")
        expect(page.locator("#tense-in_progress")).to_have_attribute("aria-pressed", "true")
        page.goto(walk())
        expect(page).to_have_url(visits.address + walk("result/"))
        tab_to(page, ".names button")
        page.keyboard.press("Enter")
        expect(page.locator(".result")).to_contain_text("제안서 검토 중")
        expect(page.locator(".result-line")).to_contain_text("통과")
        page.keyboard.press("Control+z")
        expect(page.locator(".result")).to_contain_text("제안서 발송")

    def test_a_step_goes_up_and_keeps_the_focus(
        self, visits: Any, walk: Callable[..., str], committed_cast: Cast, written: list[str]
    ) -> None:
        page = visits.page("admin")
        page.goto(walk("journey/"))
        up = page.locator("[data-step]").nth(2).locator("[value=up]")
        name = up.get_attribute("id")
        up.focus()
        for place in (1, 0):
            page.keyboard.press("Enter")
            expect(page.locator("[data-step]").nth(place).locator("[value=up]")).to_have_id(name)
            expect(page.locator(f"#{name}")).to_be_focused()
        assert said(committed_cast) == [written[2], written[0], written[1]]

    def test_a_failing_answer_shows_what_to_do_and_a_note_is_kept(
        self, visits: Any, walk: Callable[..., str], unanswered: Stage
    ) -> None:
        page = visits.page("admin")
        page.goto(walk(f"stages/{unanswered.pk}/"))
        page.locator("#buyer_centric-no").click()
        expect(page.locator("#question-buyer_centric .finding")).to_contain_text("이름을 정하십시오")
        note = page.locator("#note-buyer_centric")
        note.fill("우리가 보내는 것이라서")
        with page.expect_response("**/note/"):
            page.keyboard.press("Tab")
        page.reload()
        expect(note).to_have_value("우리가 보내는 것이라서")
        expect(page.locator("#question-buyer_centric .signed")).to_contain_text("박지호")

    def test_what_was_just_written_is_kept_although_the_page_is_left_with_it(
        self, visits: Any, walk: Callable[..., str], unanswered: Stage, traffic: Any
    ) -> None:
        page = visits.page("admin")
        page.goto(walk(f"stages/{unanswered.pk}/"))
        page.locator("#note-essential").fill("데모 없이는 사지 않는다")
        page.locator(".review-foot .btn-primary").click()
        page.wait_for_url(lambda url: str(unanswered.pk) not in url)
        traffic.settle()
        page.goto(walk(f"stages/{unanswered.pk}/"))
        expect(page.locator("#note-essential")).to_have_value("데모 없이는 사지 않는다")


class TestCarrying:
    def test_a_row_is_carried_to_another_place(
        self, visits: Any, walk: Callable[..., str], committed_cast: Cast, written: list[str]
    ) -> None:
        page = visits.page("admin")
        page.goto(walk("journey/"))
        self.pick_up(page, 0, over=2)
        page.mouse.up()
        expect(page.locator(".walk-saved svg")).to_be_visible()
        assert said(committed_cast) == [written[1], written[2], written[0]]

    def test_esc_puts_it_back(
        self, visits: Any, walk: Callable[..., str], committed_cast: Cast, written: list[str]
    ) -> None:
        page = visits.page("admin")
        page.goto(walk("journey/"))
        self.pick_up(page, 0, over=2)
        page.keyboard.press("Escape")
        page.mouse.up()
        expect(page.locator("[data-step] [name=buyer_does]").first).to_have_value(written[0])
        assert said(committed_cast) == written

    def pick_up(self, page: Page, row: int, *, over: int) -> None:
        grip = page.locator("[data-grip]").nth(row).bounding_box()
        target = page.locator("[data-step]").nth(over).bounding_box()
        assert grip is not None
        assert target is not None
        page.mouse.move(grip["x"] + 8, grip["y"] + 12)
        page.mouse.down()
        page.mouse.move(grip["x"] + 8, target["y"] + target["height"] - 4, steps=10)


class TestOnAPhone:
    @pytest.mark.parametrize("language", ["ko", "en"])
    def test_it_fits_and_is_pressed_with_a_thumb(
        self, visits: Any, walk: Callable[..., str], written: list[str], unanswered: Stage, language: str
    ) -> None:
        page = visits.page("admin", language=language, **PHONE)
        for path in ("journey/", "begin/", f"stages/{unanswered.pk}/", "result/"):
            page.goto(walk(path))
            assert page.evaluate("document.documentElement.scrollWidth") == 390
            small = [found for found in page.evaluate(SIZES, TOUCHED) if found[1] < 44]
            assert small == [], path

    def test_answers_are_given_by_touch(
        self,
        visits: Any,
        walk: Callable[..., str],
        committed_cast: Cast,
        written: list[str],
        unanswered: Stage,
    ) -> None:
        page = visits.page("admin", **PHONE)
        page.goto(walk("begin/"))
        page.locator(".begin-step").nth(1).tap()
        expect(page.locator(".begins-mark")).to_be_visible()
        page.locator(".review-foot .btn-primary").tap()
        page.locator("#essential-no").tap()
        expect(page.locator("#question-essential .finding")).to_be_visible()
        page.locator(".names button").first.tap()
        expect(page.locator("#stage-name")).to_have_value("제안서 받음")
        with workspace_scope(committed_cast.workspace.pk):
            unanswered.refresh_from_db()
        assert (unanswered.name, unanswered.is_essential) == ("제안서 받음", False)


class TestAccessibility:
    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    def test_every_step(
        self, visits: Any, walk: Callable[..., str], written: list[str], unanswered: Stage, dark: bool
    ) -> None:
        page = visits.page("admin", dark=dark)
        for path in ("journey/", "begin/", f"stages/{unanswered.pk}/", "result/"):
            page.goto(walk(path))
            page.wait_for_load_state("networkidle")
            assert violations(page) == [], path
        page.goto(walk(f"stages/{unanswered.pk}/"))
        page.locator("#essential-no").click()
        expect(page.locator("#question-essential .finding")).to_be_visible()
        assert violations(page) == []

    def test_for_a_reader_and_with_nothing_written(
        self, visits: Any, walk: Callable[..., str], unanswered: Stage
    ) -> None:
        page = visits.page("viewer")
        for path in ("journey/", "begin/", f"stages/{unanswered.pk}/", "result/"):
            page.goto(walk(path))
            assert violations(page) == [], path
