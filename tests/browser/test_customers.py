"""Companies and people in a browser: noticed while typing, merged by keys and pointer, without barriers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from contacts.models import Company
from contacts.services.companies import create_company
from contacts.services.contacts import create_contact
from deals.models import Deal
from tenancy.scope import workspace_scope
from tests.browser.test_words_and_contrast import violations

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def pair(committed_cast, deal_of):
    """A company that is here twice, with a deal and somebody on each side."""
    actor = committed_cast.actor()
    with workspace_scope(committed_cast.workspace.pk):
        kept = create_company(
            actor=actor, name="한결모터스", domain="hangyeol.example", owner=committed_cast.rep
        )
        gone = create_company(actor=actor, name="(주)한결모터스", industry="제조")
        for company in (kept, gone):
            create_contact(actor=actor, name="강서윤", company=company, email="seoyun@hangyeol.example")
    deal_of(name="도입 1차", company=kept)
    deal_of(name="도입 2차", company=gone)
    return kept, gone


def test_a_company_is_offered_while_a_deal_is_added(visits, pair, committed_cast):
    board = visits.board()
    board.page.wait_for_load_state("networkidle")
    board.column(0).locator("[data-quick-add]").click()
    form = board.page.locator("[data-quick-add-form]")
    form.locator("[name=q-name]").fill("도입 3차")
    form.locator("[name=q-company]").press_sequentially("㈜ 한결")
    offered = form.locator("[data-use-name]")
    expect(offered).to_have_count(2)
    offered.filter(has_text="(주)").click()
    expect(form.locator("[name=q-company]")).to_have_value("(주)한결모터스")
    form.locator("button[type=submit]").click()
    expect(board.card("도입 3차")).to_contain_text("(주)한결모터스")
    with workspace_scope(committed_cast.workspace.pk):
        assert Company.objects.count() == 2
        assert Deal.objects.get(name="도입 3차").company_id == pair[1].pk


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_merging_with_a_way_back(visits, pair, dark):
    kept, gone = pair
    page = visits.page("rep", dark=dark)
    page.goto("/w/acme/companies/duplicates/")
    assert violations(page) == []
    page.locator("a[href*='merge']").first.click()
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    page.locator("input[name=fact-name][value=theirs]").check()
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"**/companies/{kept.pk}/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("h1")).to_contain_text("(주)한결모터스")
    expect(page.locator(".deal-rows li")).to_have_count(2)
    assert violations(page) == []
    page.locator(".notice .undo").click()
    expect(page.locator("h1")).not_to_contain_text("(주)")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".deal-rows li")).to_have_count(1)
    page.goto(f"/w/acme/companies/{gone.pk}/")
    expect(page.locator(".deal-rows li")).to_contain_text("도입 2차")


def test_a_fact_is_edited_and_somebody_added_on_the_phone(visits, pair):
    page = visits.page("rep", **PHONE)
    page.goto("/w/acme/companies/?q=hangyeol")
    page.locator(".row-link").tap()
    page.wait_for_load_state("networkidle")
    page.locator("#fact-industry button").tap()
    page.locator("#fact-industry input[name=industry]").fill("자동차")
    page.locator("#fact-industry input[name=industry]").press("Enter")
    expect(page.locator("#fact-industry")).to_contain_text("자동차")
    page.locator("a[hx-get*='/people/new/']").tap()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=new-name]").fill("강 서윤")
    expect(dialog.locator("#already")).to_contain_text("강서윤")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
