"""Moves, wins and losses through the pages."""

from __future__ import annotations

import json
import uuid

import pytest

from deals.models import CriterionCheck, Deal, StageStay
from deals.selectors.criteria import criteria_of
from deals.services.criteria import check_criterion
from pipeline.models import LossReason
from tenancy.scope import workspace_scope
from tests.factories import make_deal


@pytest.fixture
def deal(cast):
    with workspace_scope(cast.workspace.pk):
        return make_deal(actor=cast.actor(), owner=cast.rep, name="첫째")


@pytest.fixture
def stages(cast):
    with workspace_scope(cast.workspace.pk):
        return list(cast.pipeline.stages.order_by("position"))


def url(deal: Deal, action: str = "move") -> str:
    return f"/w/acme/deals/{deal.pk}/{action}/"


def tick_all(cast, deal, count: int = 99) -> None:
    with workspace_scope(cast.workspace.pk):
        for state in criteria_of(deal)[:count]:
            check_criterion(deal_id=deal.pk, criterion_id=state.id, met=True, actor=cast.actor())


def events(response) -> dict:
    return json.loads(response["HX-Trigger"])


def where(cast, deal) -> int:
    with workspace_scope(cast.workspace.pk):
        return Deal.objects.get(pk=deal.pk).stage.position


class TestMove:
    def test_refused_says_what_is_missing_and_changes_nothing(self, rep, cast, deal, stages):
        response = rep.post(url(deal), {"stage": stages[1].pk, "version": 1, "after": ""})
        html = response.content.decode()
        assert response.status_code == 200
        assert response["HX-Retarget"] == "#overlay"
        assert "move-refused" in events(response)
        assert html.count('name="met"') == 3
        assert "데모 미팅 진행 완료" in html
        assert where(cast, deal) == 0

    def test_filled_in_and_moved_in_one_request(self, rep, cast, deal, stages):
        with workspace_scope(cast.workspace.pk):
            met = [str(state.id) for state in criteria_of(deal)[:3]]
        response = rep.post(url(deal), {"stage": stages[1].pk, "version": 1, "met": met})
        assert "move-done" in events(response)
        assert where(cast, deal) == 1

    def test_filled_in_partly_keeps_nothing(self, rep, cast, deal, stages):
        with workspace_scope(cast.workspace.pk):
            met = [str(state.id) for state in criteria_of(deal)[:2]]
        response = rep.post(url(deal), {"stage": stages[1].pk, "version": 1, "met": met})
        assert "move-refused" in events(response)
        with workspace_scope(cast.workspace.pk):
            assert not CriterionCheck.objects.exists()
        assert where(cast, deal) == 0

    def test_answers_with_card_heads_and_undo_in_few_queries(self, rep, cast, deal, stages, query_count):
        tick_all(cast, deal)
        with query_count() as counted:
            response = rep.post(url(deal), {"stage": stages[1].pk, "version": 1, "after": ""})
        html = response.content.decode()
        assert f'id="head-{stages[0].pk}"' in html
        assert f'id="head-{stages[1].pk}"' in html
        assert f'id="deal-{deal.pk}"' in html
        assert events(response)["notice"]["undo_url"].startswith(url(deal, "undo"))
        assert counted() <= 14

    def test_stale_shows_where_the_card_now_is(self, rep, cast, deal, stages):
        tick_all(cast, deal)
        rep.post(url(deal), {"stage": stages[1].pk, "version": 1})
        response = rep.post(url(deal), {"stage": stages[2].pk, "version": 1, "from_stage": stages[0].pk})
        found = events(response)
        assert found["notice"]["kind"] == "error"
        assert set(found["lanes-changed"]["stages"]) == {str(stage.pk) for stage in stages[:3]}
        assert where(cast, deal) == 1

    def test_a_leader_may_override_with_a_reason_a_rep_may_not(self, logged_in, cast, deal, stages):
        values = {"stage": stages[1].pk, "version": 1, "override_reason": "임원이 바로 계약을 원함"}
        assert logged_in("rep").post(url(deal), values).status_code == 403
        assert where(cast, deal) == 0
        logged_in("leader").post(url(deal), values)
        assert where(cast, deal) == 1
        with workspace_scope(cast.workspace.pk):
            assert StageStay.objects.get(left_at=None).override_reason == "임원이 바로 계약을 원함"

    def test_undo_puts_it_back(self, rep, cast, deal, stages):
        tick_all(cast, deal)
        moved = rep.post(url(deal), {"stage": stages[1].pk, "version": 1})
        undone = rep.post(events(moved)["notice"]["undo_url"])
        assert where(cast, deal) == 0
        assert set(events(undone)["lanes-changed"]["stages"]) == {str(stages[0].pk), str(stages[1].pk)}
        again = rep.post(events(moved)["notice"]["undo_url"])
        assert events(again)["notice"]["kind"] == "error"

    def test_the_order_in_a_column_survives(self, rep, cast, deal, stages):
        with workspace_scope(cast.workspace.pk):
            second = make_deal(actor=cast.actor(), name="둘째")
        rep.post(url(deal), {"stage": stages[0].pk, "after": ""})
        html = rep.get("/w/acme/board/").content.decode()
        assert html.index(f'id="deal-{deal.pk}"') < html.index(f'id="deal-{second.pk}"')
        rep.post(url(deal), {"stage": stages[0].pk, "after": str(second.pk)})
        html = rep.get("/w/acme/board/").content.decode()
        assert html.index(f'id="deal-{second.pk}"') < html.index(f'id="deal-{deal.pk}"')

    def test_outsider_viewer_and_foreign_stage(self, mallory, logged_in, rep, cast, deal, stages):
        with workspace_scope(cast.rival.pk):
            foreign = cast.rival_pipeline.stages.first().pk
        assert mallory.post(url(deal), {"stage": stages[0].pk}).status_code == 404
        assert logged_in("viewer").post(url(deal), {"stage": stages[0].pk}).status_code == 403
        response = rep.post(url(deal), {"stage": foreign, "version": 1})
        assert events(response)["notice"]["kind"] == "error"
        assert rep.post(f"/w/acme/deals/{uuid.uuid4()}/move/", {"stage": stages[0].pk}).status_code == 404
        assert rep.get(url(deal)).status_code == 405


class TestOutcome:
    def test_win_is_gated_then_filled_and_won(self, rep, cast, deal):
        refused = rep.post(url(deal, "win"), {"version": 1})
        assert "move-refused" in events(refused)
        with workspace_scope(cast.workspace.pk):
            met = [str(state.id) for state in criteria_of(deal)]
        won = rep.post(url(deal, "win"), {"version": 1, "met": met})
        assert "move-done" in events(won)
        with workspace_scope(cast.workspace.pk):
            assert Deal.objects.get(pk=deal.pk).outcome == "won"

    def test_lose_asks_the_reason_first(self, rep, cast, deal):
        asked = rep.get(url(deal, "lose"))
        assert asked["HX-Retarget"] == "#overlay"
        without = rep.post(url(deal, "lose"), {"version": 1})
        assert without["HX-Retarget"] == "#overlay"
        with workspace_scope(cast.workspace.pk):
            reason = LossReason.objects.get(name="가격")
            assert Deal.objects.get(pk=deal.pk).outcome == "open"
        lost = rep.post(url(deal, "lose"), {"version": 1, "reason": reason.pk, "note": "예산이 줄었다"})
        assert "dialog-done" in events(lost)
        with workspace_scope(cast.workspace.pk):
            found = Deal.objects.get(pk=deal.pk)
            assert (found.outcome, found.loss_reason_id, found.loss_note) == (
                "lost",
                reason.pk,
                "예산이 줄었다",
            )
        reopened = rep.post(url(deal, "reopen"))
        assert "lanes-changed" in events(reopened)

    def test_another_workspaces_reason_is_refused(self, rep, cast, deal):
        with workspace_scope(cast.rival.pk):
            foreign = LossReason.objects.first().pk
        rep.post(url(deal, "lose"), {"version": 1, "reason": foreign})
        with workspace_scope(cast.workspace.pk):
            assert Deal.objects.get(pk=deal.pk).outcome == "open"
