"""What one does on a deal by hand: write, call colleagues, log, find people, add files, go on to the next."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from contacts.models import Contact
from core.ids import uuid7
from deals.models import DealFile, Note
from tenancy.scope import workspace_scope


@pytest.fixture
def deal(deal_of):
    return deal_of(name="한결모터스 도입")


@pytest.fixture
def page(visits, deal):
    page = visits.page("rep")
    page.goto(f"/w/acme/deals/{deal.pk}/")
    page.wait_for_load_state()
    return page


def test_a_colleague_is_called_from_the_list_by_keyboard(page, committed_cast):
    field = page.locator("#note-form textarea")
    field.click()
    page.keyboard.type("@이서")
    offered = page.locator("#mention-list [role=option]")
    expect(offered).to_have_count(1)
    expect(field).to_have_attribute("aria-activedescendant", re.compile("mention-"))
    page.keyboard.press("Escape")
    expect(offered).to_have_count(0)
    page.keyboard.type("연")
    expect(offered).to_have_count(1)
    page.keyboard.press("Enter")
    expect(field).to_have_value("@이서연 ")
    page.keyboard.type("**확인** 부탁드립니다")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#story .mention")).to_have_text("@이서연")
    expect(page.locator("#story .md strong")).to_have_text("확인")
    expect(field).to_have_value("")
    expect(field).to_be_focused()


def test_what_was_typed_goes_along_into_the_logged_call(page):
    page.locator("#note-form textarea").fill("다음 주에 다시 통화")
    page.get_by_role("button", name="전화 기록").click()
    form = page.locator(".activity-form")
    expect(form.locator("textarea")).to_have_value("다음 주에 다시 통화")
    page.keyboard.press("Escape")
    expect(page.locator("#note-form textarea")).to_have_value("다음 주에 다시 통화")
    page.get_by_role("button", name="전화 기록").click()
    form.get_by_role("button", name="기록하기").click()
    expect(page.locator("#story")).to_contain_text("고객과 통화했습니다")
    expect(page.locator("#note-form textarea")).to_have_value("")


def test_a_deleted_note_comes_back_by_ctrl_z(page, committed_cast, deal):
    page.locator("#note-form textarea").fill("지울 메모")
    page.keyboard.press("Control+Enter")
    entry = page.locator("#story li", has_text="지울 메모")
    entry.get_by_role("button", name="삭제").click()
    expect(entry).to_have_count(0)
    expect(page.locator("#notices .undo")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(entry).to_have_count(1)
    with workspace_scope(committed_cast.workspace.pk):
        assert Note.objects.get().deleted_at is None


def test_people_are_found_as_one_types_by_keyboard(visits, committed_cast, deal):
    with workspace_scope(committed_cast.workspace.pk):
        Contact.objects.create(id=uuid7(), name="정유나", title="과장")
    page = visits.page("rep")
    page.goto(f"/w/acme/deals/{deal.pk}/")
    page.wait_for_load_state()
    page.locator("#people h2 button").click()
    expect(page.locator("#person-search")).to_be_focused()
    page.keyboard.type("유나")
    expect(page.locator("#person-options .pick-option b")).to_have_text("정유나")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#people .person-name")).to_have_text("정유나")


def test_several_files_at_once_and_one_too_large_beside_them(page, committed_cast, tmp_path: Path):
    large = tmp_path / "큰 파일.bin"
    with large.open("wb") as file:
        file.truncate(30 * 1024 * 1024)
    small = tmp_path / "견적 v2.txt"
    small.write_text("견적", encoding="utf-8")
    page.locator("#note-form textarea").fill("쓰던 메모")
    page.locator("[data-file-input]").set_input_files([large, small])
    expect(page.locator("#files .file-name", has_text="견적 v2.txt")).to_be_visible()
    expect(page.locator("#files .uploads .late")).to_contain_text("25MB")
    expect(page.locator("#note-form textarea")).to_have_value("쓰던 메모")
    with page.expect_download() as download:
        page.locator("#files a.file").click()
    assert download.value.suggested_filename == "견적 v2.txt"
    with workspace_scope(committed_cast.workspace.pk):
        assert DealFile.objects.count() == 1


def test_on_to_the_next_deal_of_the_view_and_back_to_it(visits, deal_of):
    for name in ("첫째", "둘째", "셋째"):
        deal_of(name=name)
    board = visits.board("rep")
    page = board.page
    names = board.column(0).locator(".name").all_inner_texts()
    board.card(names[0]).locator(".name a").click()
    expect(board.panel.locator("h1")).to_contain_text(names[0])
    page.reload()
    page.wait_for_load_state()
    expect(page.locator("[data-trail-place]")).to_have_text(f"1 / {len(names)}")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_contain_text(names[1])
    page.wait_for_load_state()
    page.keyboard.press("k")
    expect(page.locator("h1")).to_contain_text(names[0])
    page.wait_for_load_state()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/w/acme/board/$"))
