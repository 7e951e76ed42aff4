"""Two people at one board: each sees what the other does, and neither loses what they were doing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from deals.models import Deal
from deals.services.edit_deal import edit_deal
from deals.services.move_deal import move_deal
from deals.services.placing import Edge
from pipeline.models import Stage
from tenancy.scope import workspace_scope
from tenancy.services.members import add_member
from tests.browser.board import BoardPage
from tests.browser.conftest import Traffic, Visits
from tests.factories import Cast
from tests.live.serving import Site, until

LIVE = "#live[data-state=live]"


@pytest.fixture
def visits(browser: Browser, committed_cast: Cast, site: Site, traffic: Traffic) -> Iterator[Visits]:
    """As in other tests, but with streams."""
    traffic.under_way = 0
    opened = Visits(browser, site.url, committed_cast)
    yield opened
    for context in opened.contexts:
        context.close()
    traffic.settle()
    assert opened.problems == []


@pytest.fixture
def board_of(visits: Visits) -> Callable[..., BoardPage]:
    """A board that hears of changes already."""

    def open_board(who: str, path: str = "/w/acme/board/", **options: Any) -> BoardPage:
        board = visits.board(who, path, **options)
        expect(board.page.locator(LIVE)).to_be_attached()
        return board

    return open_board


def act(cast: Cast, change: Callable[[list[Stage]], Any]) -> None:
    with workspace_scope(cast.workspace.pk):
        change(list(Stage.objects.filter(pipeline=cast.pipeline).order_by("position")))


def moved_by_leader(cast: Cast, deal: Deal, to: int) -> Callable[[list[Stage]], Any]:
    return lambda stages: move_deal(
        deal_id=deal.pk,
        to_stage=stages[to].pk,
        actor=cast.actor("leader"),
        expected_version=None,
        place=Edge.TOP,
        override_reason="agreed by phone",
    )


def test_a_drag_shows_on_the_other_board_with_who_and_the_totals(
    board_of: Callable[..., BoardPage], deal_of: Callable[..., Deal]
) -> None:
    for name in ("moving", "staying"):
        deal_of(name=name, stage="온보딩 교육 중")
    mine, theirs = board_of("rep"), board_of("leader", language="en")
    mine.drag("staying", mine.column(0).locator(".lane-head"))
    expect(mine.in_column("staying", 0)).to_be_visible()
    mine.drag("moving", mine.column(0).locator(".lane-head"))
    expect(theirs.in_column("moving", 0)).to_be_visible()
    expect(theirs.card("moving").locator(".by")).to_have_text("김도현 moved this just now")
    expect(theirs.column(0).locator(".name")).to_have_text(["moving", "staying"])
    expect(theirs.column(0).locator("[data-stage-count]")).to_have_attribute("data-stage-count", "2")
    # It is no news to whoever did it.
    expect(mine.page.locator(".by")).to_have_count(0)
    # And the line goes by itself.
    expect(theirs.page.locator(".by")).to_have_count(0)


def test_a_card_put_elsewhere_in_its_column_an_edit_and_a_new_stage_name_show(
    board_of: Callable[..., BoardPage], deal_of: Callable[..., Deal], committed_cast: Cast
) -> None:
    first = deal_of(name="first")
    deal_of(name="second")
    board = board_of("rep")
    at = int(
        board.card("first").evaluate(
            "card => stagecraft.board.lanes().indexOf(stagecraft.board.laneOf(card))"
        )
    )
    board.expect_order(at, ["second", "first"])
    act(committed_cast, moved_by_leader(committed_cast, first, at))
    board.expect_order(at, ["first", "second"])
    act(
        committed_cast,
        lambda _: edit_deal(
            deal_id=first.pk,
            changes={"name": "renamed"},
            actor=committed_cast.actor("leader"),
            expected_version=None,
        ),
    )
    board.expect_order(at, ["renamed", "second"])
    act(committed_cast, lambda stages: Stage.objects.filter(pk=stages[at].pk).update(name="이름이 바뀐 단계"))
    expect(board.column(at).locator("h2")).to_contain_text("이름이 바뀐 단계")
    board.expect_order(at, ["renamed", "second"])


def test_a_half_typed_note_stays_and_the_change_waits_to_be_shown(
    board_of: Callable[..., BoardPage], deal_of: Callable[..., Deal], committed_cast: Cast
) -> None:
    deal = deal_of(name="being written about")
    board = board_of("rep", language="en")
    board.card("being written about").locator("a").first.click()
    note = board.panel.locator("#note-form textarea")
    note.fill("half a thou")
    act(
        committed_cast,
        lambda _: edit_deal(
            deal_id=deal.pk,
            changes={"name": "renamed meanwhile"},
            actor=committed_cast.actor("leader"),
            expected_version=None,
        ),
    )
    line = board.panel.locator(".live-deal")
    expect(line).to_contain_text("What you are writing is kept")
    expect(board.card("renamed meanwhile")).to_be_visible()
    expect(board.panel.locator("h1")).to_contain_text("being written about")
    expect(note).to_have_value("half a thou")
    note.press_sequentially("ght")
    line.get_by_role("button").click()
    expect(board.panel.locator("h1")).to_contain_text("renamed meanwhile")
    expect(note).to_have_value("half a thought")
    expect(line).to_have_count(0)
    # With nothing in the hand it is simply drawn anew.
    note.fill("")
    note.press("Escape")
    act(committed_cast, moved_by_leader(committed_cast, deal, 1))
    expect(board.panel.locator(".panel-bar")).to_contain_text(stage_name(committed_cast, 1))


def stage_name(cast: Cast, at: int) -> str:
    with workspace_scope(cast.workspace.pk):
        return Stage.objects.filter(pipeline=cast.pipeline).order_by("position")[at].name


def test_a_drag_under_way_is_kept_and_the_slower_one_is_told_who_was_first(
    board_of: Callable[..., BoardPage], deal_of: Callable[..., Deal], committed_cast: Cast
) -> None:
    deal = deal_of(name="wanted by two")
    other = deal_of(name="beside it")
    board = board_of("rep", language="en")
    page = board.page
    page.mouse.move(*centre(page, "wanted by two"))
    page.mouse.down()
    head = board.column(1).locator(".lane-head").bounding_box()
    assert head is not None
    page.mouse.move(head["x"] + 80, head["y"] + 40, steps=12)
    expect(page.locator(".is-carried")).to_have_count(1)
    act(committed_cast, moved_by_leader(committed_cast, deal, 4))
    act(committed_cast, moved_by_leader(committed_cast, other, 3))
    # Heard, and nothing is moved under the hand.
    page.wait_for_function("() => document.getElementById('live').dataset.heard > 1")
    expect(page.locator(".is-carried")).to_have_count(1)
    expect(board.in_column("beside it", 3)).to_have_count(0)
    page.mouse.up()
    expect(board.notice).to_contain_text("이서연 moved “wanted by two” to")
    expect(board.in_column("wanted by two", 4)).to_be_visible()
    expect(board.in_column("beside it", 3)).to_be_visible()


def centre(page: Page, name: str) -> tuple[float, float]:
    box = BoardPage(page).card(name).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_after_a_lost_connection_the_board_catches_up(
    board_of: Callable[..., BoardPage], deal_of: Callable[..., Deal], committed_cast: Cast, site: Site
) -> None:
    deal = deal_of(name="moved in the dark")
    board = board_of("rep")
    loop = site.hub._tasks[0].get_loop()
    loop.call_soon_threadsafe(site.hub.end_all)
    expect(board.page.locator("#live[data-state=lost]")).to_be_attached()
    act(committed_cast, moved_by_leader(committed_cast, deal, 4))
    expect(board.in_column("moved in the dark", 4)).to_be_visible()
    expect(board.page.locator(LIVE)).to_be_attached()


def test_two_tabs_of_one_browser_share_a_stream(
    visits: Visits,
    board_of: Callable[..., BoardPage],
    site: Site,
    deal_of: Callable[..., Deal],
    committed_cast: Cast,
) -> None:
    deal = deal_of(name="seen twice")
    board = board_of("rep")
    second = board.page.context.new_page()
    second.goto("/w/acme/board/")
    expect(second.locator(LIVE)).to_be_attached()
    assert len(site.hub.streams) == 1
    act(committed_cast, moved_by_leader(committed_cast, deal, 4))
    expect(BoardPage(second).in_column("seen twice", 4)).to_be_visible()
    # The other tab is hidden, and catches up when it is seen.
    board.page.bring_to_front()
    expect(board.in_column("seen twice", 4)).to_be_visible()


def test_a_tab_of_another_workspace_is_live_too(
    board_of: Callable[..., BoardPage], site: Site, committed_cast: Cast
) -> None:
    with workspace_scope(committed_cast.rival.pk):
        add_member(user=committed_cast.rep.user, display_name="guest")
    board = board_of("rep")
    second = board.page.context.new_page()
    second.goto("/w/rival/board/")
    # The stream of both was live before, and only says so once.
    expect(second.locator(LIVE)).to_be_attached()
    until(lambda: [len(stream.tickets) for stream in site.hub.streams] == [2])


def test_without_a_shared_worker_a_page_has_a_stream_of_its_own_while_it_is_seen(
    board_of: Callable[..., BoardPage],
    site: Site,
    deal_of: Callable[..., Deal],
    committed_cast: Cast,
) -> None:
    deal = deal_of(name="seen on a phone")
    board = board_of("rep")
    page = board.page

    def has_streams(number: int) -> None:
        until(lambda: len(site.hub.streams) == number)

    # As Chrome on Android is.
    page.context.add_init_script("delete window.SharedWorker")
    page.reload()
    assert page.evaluate("'SharedWorker' in window") is False
    expect(page.locator(LIVE)).to_be_attached()
    has_streams(1)
    act(committed_cast, moved_by_leader(committed_cast, deal, 4))
    expect(board.in_column("seen on a phone", 4)).to_be_visible()
    # It ends with its page, and the next one has its own.
    page.goto("/w/acme/deals/")
    expect(page.locator(LIVE)).to_be_attached()
    has_streams(1)
    page.go_back()
    expect(page.locator(LIVE)).to_be_attached()
    has_streams(1)
    # Nobody looks: the connection is given back, and what was missed comes when somebody does again.
    page.evaluate(VISIBILITY, True)
    has_streams(0)
    act(committed_cast, moved_by_leader(committed_cast, deal, 3))
    page.evaluate(VISIBILITY, False)
    expect(board.in_column("seen on a phone", 3)).to_be_visible()
    has_streams(1)
    # Into the browser's memory, at once, and back.
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    has_streams(0)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    has_streams(1)
    page.close()
    has_streams(0)


VISIBILITY = """isHidden => {
  Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
