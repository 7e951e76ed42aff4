"""Dragging: what is refused, what is filled in, what stays where it was put."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import expect

from deals.models import Deal, Outcome, Task
from deals.selectors.criteria import criteria_of
from deals.services.criteria import check_criterion
from deals.services.move_deal import move_deal
from deals.services.tasks import change_task
from tenancy.scope import workspace_scope
from tests.browser.board import SAVING, Totals


@pytest.fixture
def ready(committed_cast):
    """Tick all criteria of a deal."""

    def tick(deal: Deal) -> None:
        with workspace_scope(committed_cast.workspace.pk):
            for state in criteria_of(deal):
                check_criterion(
                    deal_id=deal.pk, criterion_id=state.id, met=True, actor=committed_cast.actor()
                )

    return tick


@pytest.fixture
def stored(committed_cast):
    def read(deal: Deal) -> Deal:
        with workspace_scope(committed_cast.workspace.pk):
            return Deal.objects.select_related("stage", "loss_reason").get(pk=deal.pk)

    return read


class TestGate:
    def test_refused_filled_in_and_moved(self, visits, deal_of, stored):
        deal = deal_of(name="한결모터스 도입", amount=10_000_000)
        deal_of(name="나래소프트 전환", amount=5_000_000, stage="제품 살펴보는 중")
        board = visits.board()
        board.drag("한결모터스 도입", board.column(1))

        expect(board.refused).to_be_visible()
        expect(board.refused.get_by_role("checkbox")).to_have_count(3)
        expect(board.refused).to_contain_text("데모 미팅 진행 완료")
        expect(board.in_column("한결모터스 도입", 0)).to_be_visible()
        assert stored(deal).stage.position == 0

        go = board.refused.locator("[data-go]")
        expect(go).to_have_attribute("aria-disabled", "true")
        go.click(force=True)
        expect(board.refused).to_be_visible()
        for box in board.refused.get_by_role("checkbox").all():
            box.check()
        expect(go).to_have_attribute("aria-disabled", "false")
        go.click()

        expect(board.refused).to_have_count(0)
        expect(board.in_column("한결모터스 도입", 1)).to_be_visible()
        board.expect_totals(0, Totals(0, 0, 0))
        board.expect_totals(1, Totals(2, 15_000_000, 6_000_000))
        assert stored(deal).stage.position == 1

    def test_left_alone_it_stays(self, visits, deal_of, stored):
        deal = deal_of(name="한결모터스 도입")
        board = visits.board()
        board.drag("한결모터스 도입", board.column(3))
        board.refused.locator("[data-close-dialog]").click()
        expect(board.refused).to_have_count(0)
        expect(board.in_column("한결모터스 도입", 0)).to_be_visible()
        assert stored(deal).version == 1

    def test_columns_say_while_dragging_that_they_would_refuse(self, visits, deal_of):
        deal_of(name="한결모터스 도입", stage="제품 살펴보는 중")
        board = visits.board()
        start = board.card("한결모터스 도입").bounding_box()
        board.page.mouse.move(start["x"] + 40, start["y"] + 30)
        board.page.mouse.down()
        board.page.mouse.move(start["x"] - 200, start["y"] + 120, steps=8)
        expect(board.column(2)).to_have_class("lane refuses")
        expect(board.column(2).locator(".why")).to_contain_text("3")
        expect(board.column(0)).to_have_class("lane accepts")
        expect(board.page.locator("[data-outcome=won]")).to_be_visible()
        board.page.mouse.up()
        expect(board.in_column("한결모터스 도입", 0)).to_be_visible()
        expect(board.page.locator(".why")).to_have_count(0)

    def test_a_leader_may_move_without_the_criteria_for_a_reason(self, visits, deal_of, stored):
        deal = deal_of(name="한결모터스 도입")
        board = visits.board("leader")
        board.drag("한결모터스 도입", board.column(1))
        board.refused.locator("summary").click()
        go = board.refused.locator("[data-go]")
        expect(go).to_have_text("채우고 옮기기")
        board.refused.locator("[name=override_reason]").fill("임원이 바로 계약을 원함")
        expect(go).to_have_text("기준 없이 옮기기")
        board.refused.locator("[data-go]").click()
        expect(board.in_column("한결모터스 도입", 1)).to_be_visible()
        assert stored(deal).stage.position == 1


class TestTakenBack:
    """Esc while a card is in the hand."""

    def pick_up(self, board, name, x, y):
        box = board.card(name).bounding_box()
        board.page.mouse.move(box["x"] + 40, box["y"] + 30)
        board.page.mouse.down()
        board.page.mouse.move(x, y, steps=8)
        expect(board.page.locator("body")).to_have_class("is-dragging")

    @pytest.mark.parametrize("where", ["column", "won", "lost"])
    def test_escape_puts_it_back_and_sends_nothing(self, visits, deal_of, ready, stored, where):
        deal = deal_of(name="한결모터스 도입")
        ready(deal)
        board = visits.board()
        sent = []
        board.page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
        # The zones rise at their place, so it is known before.
        target = board.column(2) if where == "column" else board.page.locator(f"[data-outcome={where}]")
        box = target.bounding_box()
        self.pick_up(board, "한결모터스 도입", box["x"] + 60, box["y"] + 30)
        if where == "column":
            expect(board.column(2)).to_have_class("lane accepts")
        else:
            expect(target).to_have_class(f"outcome {where} is-over")
        board.page.keyboard.press("Escape")
        expect(board.page.locator("body")).not_to_have_class("is-dragging")
        expect(board.page.locator(".is-carried, .origin-mark, .lane.accepts, .outcomes.is-up")).to_have_count(
            0
        )
        expect(board.in_column("한결모터스 도입", 0)).to_be_visible()
        board.page.mouse.up()
        expect(board.page.locator("dialog[data-lose]")).to_have_count(0)
        expect(board.panel).to_be_hidden()
        assert sent == []
        assert stored(deal).version == 1
        board.drag("한결모터스 도입", board.column(1))
        expect(board.in_column("한결모터스 도입", 1)).to_be_visible()

    def test_over_an_outcome_no_column_shows_a_landing_line(self, visits, deal_of):
        deal_of(name="한결모터스 도입")
        deal_of(name="나래소프트 전환", stage="제품 살펴보는 중")
        board = visits.board()
        column, zone = board.column(1).bounding_box(), board.page.locator("[data-outcome=won]")
        self.pick_up(board, "한결모터스 도입", column["x"] + 60, column["y"] + 240)
        expect(board.column(1).locator(".slot")).to_have_count(1)
        zone.hover(force=True)
        expect(zone).to_have_class("outcome won is-over")
        expect(board.page.locator(".slot:not(.is-home)")).to_have_count(0)
        board.page.keyboard.press("Escape")
        board.page.mouse.up()


class TestNotSaved:
    def test_without_a_connection_it_goes_back_and_may_be_tried_again(self, visits, deal_of, ready, stored):
        visits.allow("ERR_INTERNET_DISCONNECTED", "Failed to fetch")
        deal = deal_of(name="한결모터스 도입")
        ready(deal)
        board = visits.board()
        board.page.context.set_offline(True)
        board.drag("한결모터스 도입", board.column(1))
        expect(board.notice).to_contain_text("‘한결모터스 도입’ 딜을 옮긴 것이 저장되지 않았습니다")
        expect(board.in_column("한결모터스 도입", 0)).to_be_visible()
        board.page.context.set_offline(False)
        board.notice.get_by_role("button", name="다시 시도").click()
        expect(board.in_column("한결모터스 도입", 1)).to_be_visible()
        expect(board.notice.locator("[data-undo]")).to_be_visible()
        assert stored(deal).stage.position == 1

    def test_a_page_from_before_the_last_login_offers_to_reload(self, visits, deal_of, ready, stored):
        visits.allow("403")
        deal = deal_of(name="한결모터스 도입")
        ready(deal)
        board = visits.board()
        cookie = {"name": settings.CSRF_COOKIE_NAME, "value": "x" * 32, "url": visits.address}
        board.page.context.add_cookies([cookie])
        board.drag("한결모터스 도입", board.column(1))
        expect(board.notice).to_contain_text("이 화면은 오래되었습니다")
        expect(board.in_column("한결모터스 도입", 0)).to_be_visible()
        board.notice.get_by_role("link", name="새로 고침").click()
        expect(board.notice).to_have_count(0)
        board.drag("한결모터스 도입", board.column(1))
        expect(board.notice.locator("[data-undo]")).to_be_visible()
        assert stored(deal).stage.position == 1


class TestMove:
    def test_into_an_empty_column_with_totals_and_tasks(
        self, visits, worker, committed_cast, deal_of, ready, stored
    ):
        deal = deal_of(name="한결모터스 도입", amount=10_000_000)
        ready(deal)
        with workspace_scope(committed_cast.workspace.pk):
            for task in Task.objects.filter(deal=deal):
                change_task(task_id=task.pk, actor=committed_cast.actor(), done=True)
        board = visits.board()
        board.drag("한결모터스 도입", board.column(2))
        expect(board.in_column("한결모터스 도입", 2)).to_be_visible()
        board.expect_totals(0, Totals(0, 0, 0))
        board.expect_totals(2, Totals(1, 10_000_000, 7_000_000))
        expect(board.card("한결모터스 도입").locator(".task")).to_contain_text(
            "온보딩 교육 진행", timeout=3_000
        )
        expect(board.card("한결모터스 도입")).not_to_have_attribute("data-polls", "8")
        expect(board.page.locator("#board-sums")).to_contain_text("700만원")
        assert stored(deal).stage.position == 2

    def test_order_inside_a_column_survives_a_reload(self, visits, deal_of):
        for name in ("셋째", "둘째", "첫째"):
            deal_of(name=name)
        board = visits.board()
        names = board.column(0).locator(".name").all_inner_texts()
        first, last = board.card(names[0]), board.card(names[2])
        box = last.bounding_box()
        first.drag_to(last, steps=10, target_position={"x": box["width"] / 2, "y": box["height"] - 8})
        wanted = [names[1], names[2], names[0]]
        board.expect_order(0, wanted)
        expect(board.card(names[0])).not_to_have_class(SAVING)
        board.page.reload()
        board.expect_order(0, wanted)

    def test_between_two_cards_of_another_column(self, visits, deal_of, ready):
        moved = deal_of(name="옮길 딜")
        for name in ("나", "가"):
            deal_of(name=name, stage="제품 살펴보는 중")
        ready(moved)
        board = visits.board()
        names = board.column(1).locator(".name").all_inner_texts()
        below = board.card(names[1])
        board.card("옮길 딜").drag_to(below, steps=10, target_position={"x": 60, "y": 12})
        board.expect_order(1, [names[0], "옮길 딜", names[1]])
        expect(board.notice).to_be_visible()
        board.page.reload()
        board.expect_order(1, [names[0], "옮길 딜", names[1]])

    def test_undo_by_the_notice(self, visits, deal_of, ready, stored):
        deal = deal_of(name="한결모터스 도입")
        ready(deal)
        board = visits.board()
        board.drag("한결모터스 도입", board.column(1))
        board.notice.locator("[data-undo]").click()
        expect(board.in_column("한결모터스 도입", 0)).to_be_visible()
        board.expect_totals(1, Totals(0, 0, 0))
        assert stored(deal).stage.position == 0

    def test_two_people_move_one_card(self, visits, committed_cast, deal_of, ready, stored):
        deal = deal_of(name="한결모터스 도입")
        ready(deal)
        slow, quick = visits.board("rep"), visits.board("other_rep")
        quick.drag("한결모터스 도입", quick.column(1))
        expect(quick.notice).to_be_visible()
        slow.drag("한결모터스 도입", slow.column(2))
        expect(slow.notice).to_have_class("notice is-error")
        expect(slow.in_column("한결모터스 도입", 1)).to_be_visible()
        expect(slow.card("한결모터스 도입")).to_have_count(1)
        assert stored(deal).version == 2

    def test_dropped_again_before_the_first_answer(self, visits, deal_of, ready, stored):
        deal = deal_of(name="한결모터스 도입")
        ready(deal)
        board = visits.board()
        held: list = []
        board.page.route("**/move/", lambda route: held.append(route) if not held else route.continue_())
        board.drag("한결모터스 도입", board.column(1))
        expect(board.in_column("한결모터스 도입", 1)).to_have_class(SAVING)
        board.drag("한결모터스 도입", board.column(2))
        held[0].continue_()
        expect(board.notice).to_contain_text("온보딩 교육 중")
        expect(board.in_column("한결모터스 도입", 2)).to_be_visible()
        assert stored(deal).stage.position == 2
        assert stored(deal).version == 3

    def test_without_a_connection_it_glides_back(self, visits, deal_of, ready, stored):
        deal = deal_of(name="한결모터스 도입")
        ready(deal)
        board = visits.board()
        visits.allow("ERR_INTERNET_DISCONNECTED", "Failed to fetch")
        board.page.context.set_offline(True)
        board.drag("한결모터스 도입", board.column(1))
        expect(board.notice).to_have_class("notice is-error")
        expect(board.in_column("한결모터스 도입", 0)).to_be_visible()
        board.page.context.set_offline(False)
        board.drag("한결모터스 도입", board.column(1))
        expect(board.notice.locator("[data-undo]")).to_be_visible()
        assert stored(deal).stage.position == 1

    def test_a_win_on_a_stale_card_shows_where_it_now_is(
        self, visits, committed_cast, deal_of, ready, stored
    ):
        deal = deal_of(name="한결모터스 도입")
        ready(deal)
        board = visits.board()
        with workspace_scope(committed_cast.workspace.pk):
            stage = committed_cast.pipeline.stages.get(name="온보딩 교육 중")
            move_deal(deal_id=deal.pk, to_stage=stage.pk, actor=committed_cast.actor("leader"))
        board.drag("한결모터스 도입", board.page.locator("[data-outcome=won]"))
        expect(board.in_column("한결모터스 도입", 2)).to_be_visible()
        assert stored(deal).outcome == Outcome.OPEN


class TestOutcome:
    def test_won_is_gated_then_won(self, visits, deal_of, stored):
        deal = deal_of(name="한결모터스 도입", stage="최종 결정 및 계약 싸인 완료")
        board = visits.board()
        board.drag("한결모터스 도입", board.page.locator("[data-outcome=won]"))
        expect(board.refused).to_be_visible()
        expect(board.in_column("한결모터스 도입", 4)).to_be_visible()
        for box in board.refused.get_by_role("checkbox").all():
            box.check()
        board.refused.locator("[data-go]").click()
        expect(board.card("한결모터스 도입")).to_have_count(0)
        board.expect_totals(4, Totals(0, 0, 0))
        assert stored(deal).outcome == Outcome.WON

        board.notice.locator("[data-undo]").click()
        expect(board.in_column("한결모터스 도입", 4)).to_be_visible()

    def test_lost_asks_the_reason(self, visits, deal_of, stored):
        deal = deal_of(name="한결모터스 도입")
        board = visits.board()
        dialog = board.page.locator("dialog[data-lose]")
        board.drag("한결모터스 도입", board.page.locator("[data-outcome=lost]"))
        expect(dialog).to_be_visible()
        expect(board.in_column("한결모터스 도입", 0)).to_have_count(1)
        dialog.locator("[data-close-dialog]").click()
        expect(dialog).to_have_count(0)
        assert stored(deal).outcome == Outcome.OPEN

        board.drag("한결모터스 도입", board.page.locator("[data-outcome=lost]"))
        dialog.get_by_role("radio").first.check()
        dialog.locator("button[type=submit]").click()
        expect(dialog).to_have_count(0)
        expect(board.card("한결모터스 도입")).to_have_count(0)
        assert stored(deal).outcome == Outcome.LOST
        assert stored(deal).loss_reason is not None


def test_a_session_that_ended_in_the_middle_of_a_drag(visits, deal_of, ready, stored):
    deal = deal_of(name="한결모터스 도입")
    ready(deal)
    board = visits.board()
    page = board.page
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    board.drag("한결모터스 도입", board.column(1))
    expect(board.in_column("한결모터스 도입", 0)).to_be_visible()
    expect(board.notice).to_contain_text("로그인")
    board.notice.locator("a.undo").click()
    page.locator("[name=login]").fill("dohyun@acme.test")
    page.locator("[name=password]").fill("correct horse battery")
    page.locator("[name=password]").press("Enter")
    expect(board.notice).to_contain_text("로그아웃된 상태여서")
    assert stored(deal).stage.position == 0
    board.notice.get_by_role("button", name="다시 시도").click()
    expect(board.in_column("한결모터스 도입", 1)).to_be_visible()
    expect(board.notice).to_contain_text("옮겼습니다")
    assert stored(deal).stage.position == 1
