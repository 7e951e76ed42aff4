"""Many deals at once: the same rules as for one, and the way back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automation.services.stage_entry import make_entry_tasks
from core import clock
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from deals.models import BulkChange, Deal, DealEvent, DealVersion, Outcome, StageStay, Task
from deals.selectors.bulk import MOST
from deals.selectors.totals import total_differences
from deals.services.bulk_close import delete_deals, lose_deals, win_deals
from deals.services.bulk_edit import date_deals, give_deals, shift_deals
from deals.services.bulk_move import move_deals
from deals.services.edit_deal import edit_deal
from deals.services.many import BulkResult
from deals.services.move_deal import move_deal
from deals.services.placing import Edge
from deals.services.undo_bulk import undo_bulk
from deals.services.undo_move import undo_move
from pipeline.models import ExitCriterion, LossReason, Stage
from pipeline.services.archive_stage import archive_stage
from tenancy.scope import workspace_scope
from tests.deals.services.test_move_deal import meet_all
from tests.factories import Cast, make_deal

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def seen(*deals: Deal) -> dict[uuid.UUID, int | None]:
    return {deal.pk: deal.version for deal in deals}


def many(cast: Cast, count: int, **fields: Any) -> list[Deal]:
    return [make_deal(actor=cast.actor(), owner=cast.rep, name=f"딜 {i}", **fields) for i in range(count)]


def names_in(stage: Stage) -> list[str]:
    deals = Deal.objects.filter(stage=stage, outcome=Outcome.OPEN, deleted_at=None)
    return list(deals.order_by("rank").values_list("name", flat=True))


def change_of(result: BulkResult) -> BulkChange:
    assert result.change is not None
    return result.change


class TestMove:
    def test_those_that_may_go_and_the_others_say_what_is_missing(
        self, acme: Cast, stages: list[Stage]
    ) -> None:
        first, second, third = many(acme, 3)
        meet_all(first, stages[0])
        meet_all(third, stages[0])
        result = move_deals(seen=seen(first, second, third), to_stage=stages[1].pk, actor=acme.actor())
        assert [deal.pk for deal in result.plan.goes] == [
            third.pk,
            first.pk,
        ]  # as their cards lie: new ones on top
        (refusal,) = result.plan.refused
        assert (refusal.deal.pk, refusal.code) == (second.pk, "exit-criteria-not-met")
        missing = ExitCriterion.objects.filter(stage=stages[0], required=True).order_by("position")
        assert all(criterion.name in refusal.why for criterion in missing)
        assert names_in(stages[1]) == ["딜 2", "딜 0"]
        assert names_in(stages[0]) == ["딜 1"]
        assert result.stages == {stages[0].pk, stages[1].pk}

    def test_each_gets_what_a_single_move_gives(self, acme: Cast, stages: list[Stage]) -> None:
        with clock.frozen_at(NOW):
            deals = many(acme, 2)
        for deal in deals:
            meet_all(deal, stages[0])
        later = NOW + timedelta(days=2)
        with clock.frozen_at(later):
            move_deals(seen=seen(*deals), to_stage=stages[1].pk, actor=acme.actor("other_rep"))
        for deal in deals:
            deal.refresh_from_db()
            assert (deal.stage_id, deal.version, deal.stage_entered_at) == (stages[1].pk, 2, later)
            old, new = StageStay.objects.filter(deal=deal).order_by("entered_at")
            assert (old.left_at, new.entered_at, new.left_at, new.entered_by) == (
                later,
                later,
                None,
                acme.other_rep,
            )
            event = DealEvent.objects.get(deal=deal, kind="stage_changed")
            assert (event.stay, event.dispatched_at) == (new, None)
            assert event.data["from"] == str(stages[0].pk)
            assert event.data["version"] == 2
            assert DealVersion.objects.filter(pgh_obj_id=deal.pk).count() == 2
        assert total_differences() == []

    def test_skipped_stages_are_asked_too_and_backward_moves_pass(
        self, acme: Cast, stages: list[Stage]
    ) -> None:
        (deal,) = many(acme, 1)
        meet_all(deal, stages[0])
        result = move_deals(seen=seen(deal), to_stage=stages[2].pk, actor=acme.actor())
        assert [each.code for each in result.plan.refused] == ["exit-criteria-not-met"]
        assert result.change is None
        far = make_deal(actor=acme.actor(), stage=stages[3].name)
        result = move_deals(seen=seen(far), to_stage=stages[1].pk, actor=acme.actor())
        assert result.done == 1

    def test_a_leader_overrides_with_a_reason_and_a_rep_may_not(
        self, acme: Cast, stages: list[Stage]
    ) -> None:
        deals = many(acme, 2)
        with pytest.raises(NotAllowed):
            move_deals(seen=seen(*deals), to_stage=stages[1].pk, actor=acme.actor(), override_reason="급함")
        result = move_deals(
            seen=seen(*deals), to_stage=stages[1].pk, actor=acme.actor("leader"), override_reason="급함"
        )
        assert result.done == 2
        reasons = StageStay.objects.filter(stage=stages[1]).values_list("override_reason", flat=True)
        assert list(reasons) == ["급함", "급함"]

    def test_what_somebody_else_changed_is_told_by_name(self, acme: Cast, stages: list[Stage]) -> None:
        mine, changed = many(acme, 2)
        edit_deal(deal_id=changed.pk, changes={"name": "다른 이름"}, actor=acme.actor("other_rep"))
        for deal in (mine, changed):
            meet_all(deal, stages[0])
        result = move_deals(seen=seen(mine, changed), to_stage=stages[1].pk, actor=acme.actor())
        (refusal,) = result.plan.refused
        assert (refusal.code, refusal.deal.pk) == ("stale-version", changed.pk)
        assert "최하은" in refusal.why
        assert result.done == 1

    def test_closed_deals_and_other_pipelines_stay(self, acme: Cast, stages: list[Stage]) -> None:
        closed, open_one = many(acme, 2)
        lose_deals(seen=seen(closed), reason=LossReason.objects.first(), actor=acme.actor())
        result = move_deals(
            seen={closed.pk: None, open_one.pk: None}, to_stage=stages[0].pk, actor=acme.actor()
        )
        assert [each.code for each in result.plan.refused] == ["deal-closed"]
        assert [deal.pk for deal in result.plan.same] == [open_one.pk]
        assert result.change is None

    def test_dropped_between_two_cards_they_lie_there_in_their_order(
        self, acme: Cast, stages: list[Stage]
    ) -> None:
        above, below = (
            make_deal(actor=acme.actor(), stage=stages[1].name, name=name) for name in ("위", "아래")
        )
        deals = many(acme, 3, stage=stages[2].name)
        move_deals(seen=seen(*deals, below), to_stage=stages[1].pk, actor=acme.actor(), place=above.pk)
        # As their cards lay: by stage, then from the top, where the newest are.
        assert names_in(stages[1]) == ["위", "아래", "딜 2", "딜 1", "딜 0"]
        move_deals(seen=seen(above), to_stage=stages[1].pk, actor=acme.actor(), place=Edge.BOTTOM)
        assert names_in(stages[1])[-1] == "위"

    def test_statements_do_not_grow_with_the_deals(
        self, acme: Cast, stages: list[Stage], query_count: Callable[..., Any]
    ) -> None:
        def cost(number: int) -> int:
            deals = many(acme, number, stage=stages[2].name)
            with query_count() as counted:
                move_deals(seen=seen(*deals), to_stage=stages[1].pk, actor=acme.actor())
            return int(counted())

        assert cost(2) == cost(25) <= 16

    def test_none_too_many_a_retired_stage_a_viewer(self, acme: Cast, stages: list[Stage]) -> None:
        (deal,) = many(acme, 1)
        with pytest.raises(InvalidInput):
            move_deals(seen={}, to_stage=stages[1].pk, actor=acme.actor())
        with pytest.raises(InvalidInput):
            move_deals(
                seen=dict.fromkeys([uuid.uuid4() for _ in range(MOST + 1)]),
                to_stage=stages[1].pk,
                actor=acme.actor(),
            )
        archive_stage(stage_id=stages[2].pk, actor=acme.actor("admin"))
        with pytest.raises(InvalidInput):
            move_deals(seen=seen(deal), to_stage=stages[2].pk, actor=acme.actor())
        with pytest.raises(NotAllowed):
            move_deals(seen=seen(deal), to_stage=stages[1].pk, actor=acme.actor("viewer"))

    def test_another_workspace_s_deals_are_not_there(self, acme: Cast, stages: list[Stage]) -> None:
        (deal,) = many(acme, 1)
        with workspace_scope(acme.rival.pk):
            stage = acme.rival_pipeline.stages.order_by("position").first()
            assert stage is not None
            result = move_deals(seen=seen(deal), to_stage=stage.pk, actor=acme.actor("mallory"))
            assert (result.done, result.plan.refused) == (0, [])
        deal.refresh_from_db()
        assert deal.version == 1


class TestUndoMove:
    def test_the_old_stays_go_on_and_the_untouched_tasks_are_void(
        self, acme: Cast, stages: list[Stage]
    ) -> None:
        with clock.frozen_at(NOW):
            deals = many(acme, 2)
        for deal in deals:
            meet_all(deal, stages[0])
        result = move_deals(seen=seen(*deals), to_stage=stages[1].pk, actor=acme.actor())
        make_entry_tasks(list(DealEvent.objects.filter(kind="stage_changed")))
        made = Task.objects.filter(stage=stages[1])
        assert made.count() > 0
        touched = made.filter(deal=deals[0]).first()
        assert touched is not None
        Task.objects.filter(pk=touched.pk).update(done_at=clock.now())
        undone = undo_bulk(change_id=change_of(result).pk, actor=acme.actor())
        assert (len(undone.deals), undone.left) == (2, 0)
        for deal in deals:
            deal.refresh_from_db()
            assert (deal.stage_id, deal.version, deal.stage_entered_at) == (stages[0].pk, 3, NOW)
            stay = StageStay.objects.get(deal=deal, voided_at=None)
            assert (stay.stage_id, stay.left_at) == (stages[0].pk, None)
            assert DealEvent.objects.filter(deal=deal, kind="undone").count() == 1
        assert not Task.objects.filter(stage=stages[1], voided_at=None).exclude(pk=touched.pk).exists()
        assert Task.objects.get(pk=touched.pk).voided_at is None
        assert total_differences() == []

    def test_what_was_changed_since_stays_and_is_counted(self, acme: Cast, stages: list[Stage]) -> None:
        first, second = many(acme, 2, stage=stages[2].name)
        result = move_deals(seen=seen(first, second), to_stage=stages[1].pk, actor=acme.actor())
        edit_deal(deal_id=second.pk, changes={"name": "그 사이"}, actor=acme.actor("other_rep"))
        undone = undo_bulk(change_id=change_of(result).pk, actor=acme.actor())
        assert ([deal.pk for deal in undone.deals], undone.left) == ([first.pk], 1)
        assert names_in(stages[1]) == ["그 사이"]

    def test_only_once_and_not_by_another_rep(self, acme: Cast, stages: list[Stage]) -> None:
        deals = many(acme, 2, stage=stages[2].name)
        change = change_of(move_deals(seen=seen(*deals), to_stage=stages[1].pk, actor=acme.actor()))
        with pytest.raises(NotAllowed):
            undo_bulk(change_id=change.pk, actor=acme.actor("other_rep"))
        undo_bulk(change_id=change.pk, actor=acme.actor("leader"))
        with pytest.raises(Conflict):
            undo_bulk(change_id=change.pk, actor=acme.actor())
        with pytest.raises(NotFound):
            undo_bulk(change_id=uuid.uuid4(), actor=acme.actor())

    def test_nothing_left_leaves_it_as_it_is(self, acme: Cast, stages: list[Stage]) -> None:
        (deal,) = many(acme, 1, stage=stages[2].name)
        change = change_of(move_deals(seen=seen(deal), to_stage=stages[1].pk, actor=acme.actor()))
        edit_deal(deal_id=deal.pk, changes={"name": "그 사이"}, actor=acme.actor())
        with pytest.raises(Conflict):
            undo_bulk(change_id=change.pk, actor=acme.actor())

    def test_one_of_them_can_be_taken_back_by_itself(self, acme: Cast, stages: list[Stage]) -> None:
        first, second = many(acme, 2, stage=stages[2].name)
        change = change_of(move_deals(seen=seen(first, second), to_stage=stages[1].pk, actor=acme.actor()))
        undo_move(deal_id=first.pk, actor=acme.actor())
        undone = undo_bulk(change_id=change.pk, actor=acme.actor())
        assert ([deal.pk for deal in undone.deals], undone.left) == ([second.pk], 1)


class TestClose:
    def test_won_where_the_gate_is_open_and_undone(self, acme: Cast, stages: list[Stage]) -> None:
        ready, unready = many(acme, 2)
        lead = Stage.objects.filter(pipeline=acme.pipeline, kind="lead").first()
        meet_all(ready, *stages)
        result = win_deals(seen=seen(ready, unready), actor=acme.actor())
        assert [deal.pk for deal in result.plan.goes] == [ready.pk]
        assert [each.code for each in result.plan.refused] == ["exit-criteria-not-met"]
        ready.refresh_from_db()
        assert (ready.outcome, ready.version, ready.closed_on is None) == (Outcome.WON, 2, False)
        assert not StageStay.objects.filter(deal=ready, left_at=None).exists()
        undo_bulk(change_id=change_of(result).pk, actor=acme.actor())
        ready.refresh_from_db()
        assert (ready.outcome, ready.closed_at, ready.version) == (Outcome.OPEN, None, 3)
        assert StageStay.objects.filter(deal=ready, left_at=None, voided_at=None).count() == 1
        assert total_differences() == []
        assert (
            lead is None
            or win_deals(seen=seen(make_deal(actor=acme.actor(), stage=lead.name)), actor=acme.actor())
            .plan.refused[0]
            .code
            == "lead-cannot-be-won"
        )

    def test_lost_for_a_reason_and_undone(self, acme: Cast, stages: list[Stage]) -> None:
        deals = many(acme, 3)
        reason = LossReason.objects.order_by("position").first()
        with pytest.raises(InvalidInput):
            lose_deals(seen=seen(*deals), reason=None, actor=acme.actor())
        result = lose_deals(seen=seen(*deals), reason=reason, actor=acme.actor())
        assert Deal.objects.filter(outcome=Outcome.LOST, loss_reason=reason).count() == 3
        again = lose_deals(seen={deal.pk: None for deal in deals}, reason=reason, actor=acme.actor())
        assert [each.code for each in again.plan.refused] == ["deal-closed"] * 3
        undo_bulk(change_id=change_of(result).pk, actor=acme.actor())
        assert Deal.objects.filter(outcome=Outcome.OPEN, loss_reason=None).count() == 3
        assert total_differences() == []

    def test_deleted_and_back(self, acme: Cast, stages: list[Stage]) -> None:
        open_one, lost = many(acme, 2)
        lose_deals(seen=seen(lost), reason=LossReason.objects.first(), actor=acme.actor())
        lost.refresh_from_db()
        result = delete_deals(seen=seen(open_one, lost), actor=acme.actor())
        assert Deal.objects.filter(deleted_at=None).count() == 0
        undone = undo_bulk(change_id=change_of(result).pk, actor=acme.actor())
        assert len(undone.deals) == 2
        open_one.refresh_from_db()
        lost.refresh_from_db()
        assert (open_one.outcome, lost.outcome) == (Outcome.OPEN, Outcome.LOST)
        assert lost.loss_reason is not None
        assert (open_one.deleted_at, lost.deleted_at) == (None, None)
        assert total_differences() == []


class TestEdit:
    def test_another_owner_and_back_to_each_one_s_own(self, acme: Cast, stages: list[Stage]) -> None:
        mine, hers = many(acme, 2)
        edit_deal(deal_id=hers.pk, changes={"owner": acme.other_rep}, actor=acme.actor())
        result = give_deals(seen={mine.pk: None, hers.pk: None}, owner=acme.other_rep, actor=acme.actor())
        assert [deal.pk for deal in result.plan.goes] == [mine.pk]
        assert [deal.pk for deal in result.plan.same] == [hers.pk]
        event = DealEvent.objects.get(deal=mine, kind="edited")
        assert event.data["fields"] == {"owner": {"from": str(acme.rep.pk), "to": str(acme.other_rep.pk)}}
        undo_bulk(change_id=change_of(result).pk, actor=acme.actor())
        mine.refresh_from_db()
        assert (mine.owner, mine.version) == (acme.rep, 3)
        assert total_differences() == []

    def test_one_day_for_all_or_each_later(self, acme: Cast, stages: list[Stage]) -> None:
        dated, undated = many(acme, 1, expected_close_date=date(2026, 12, 1)) + many(acme, 1)
        result = shift_deals(seen=seen(dated, undated), days=14, actor=acme.actor())
        assert [each.code for each in result.plan.refused] == ["no-date"]
        dated.refresh_from_db()
        assert dated.expected_close_date == date(2026, 12, 15)
        event = DealEvent.objects.get(deal=dated, kind="edited")
        assert event.data["fields"]["expected_close_date"] == {"from": "2026-12-01", "to": "2026-12-15"}
        both = date_deals(seen={dated.pk: None, undated.pk: None}, day=date(2027, 1, 31), actor=acme.actor())
        assert both.done == 2
        undo_bulk(change_id=change_of(both).pk, actor=acme.actor())
        dated.refresh_from_db()
        undated.refresh_from_db()
        assert (dated.expected_close_date, undated.expected_close_date) == (date(2026, 12, 15), None)
        assert total_differences() == []

    @pytest.mark.parametrize("days", [0, 4000, -4000])
    def test_absurd_numbers_of_days(self, acme: Cast, stages: list[Stage], days: int) -> None:
        with pytest.raises(InvalidInput):
            shift_deals(seen=seen(*many(acme, 1)), days=days, actor=acme.actor())

    def test_a_date_out_of_range(self, acme: Cast, stages: list[Stage]) -> None:
        with pytest.raises(InvalidInput):
            date_deals(seen=seen(*many(acme, 1)), day=date(2900, 1, 1), actor=acme.actor())
        (late,) = many(acme, 1, expected_close_date=date(2199, 12, 30))
        assert (
            shift_deals(seen=seen(late), days=30, actor=acme.actor()).plan.refused[0].code == "out-of-range"
        )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    picks=st.lists(st.integers(0, 4), min_size=1, max_size=5, unique=True),
    steps=st.lists(st.integers(0, 4), min_size=1, max_size=4),
)
def test_moving_and_undoing_all_leaves_everything_as_it_was(
    acme: Cast, stages: list[Stage], picks: list[int], steps: list[int]
) -> None:
    deals = [make_deal(actor=acme.actor(), name=f"딜 {i}", stage=stages[i].name) for i in range(5)]
    chosen = [deals[i] for i in picks]

    def places() -> list[tuple[Any, ...]]:
        return list(Deal.objects.order_by("pk").values_list("pk", "stage", "stage_entered_at", "outcome"))

    before = places()
    changes = []
    for step in steps:
        result = move_deals(
            seen={deal.pk: None for deal in chosen},
            to_stage=stages[step].pk,
            actor=acme.actor("leader"),
            override_reason="x",
        )
        if result.change is not None:
            changes.append(result.change)
    for change in reversed(changes):
        # Each undo raises the version, so the one before no longer fits unless it is told of.
        for row in change.rows:
            row["version"] = Deal.objects.get(pk=row["deal"]).version
        change.save()
        undo_bulk(change_id=change.pk, actor=acme.actor("leader"))
    assert places() == before
    assert total_differences() == []
    ranks = Deal.objects.filter(outcome=Outcome.OPEN, deleted_at=None).values_list("stage", "rank")
    assert len(set(ranks)) == len(ranks)
    Deal.objects.all().update(deleted_at=clock.now())


def test_a_single_move_in_between_keeps_its_own(acme: Cast, stages: list[Stage]) -> None:
    (deal,) = many(acme, 1, stage=stages[2].name)
    change = change_of(move_deals(seen=seen(deal), to_stage=stages[1].pk, actor=acme.actor()))
    move_deal(deal_id=deal.pk, to_stage=stages[0].pk, actor=acme.actor())
    with pytest.raises(Conflict):
        undo_bulk(change_id=change.pk, actor=acme.actor())
    deal.refresh_from_db()
    assert deal.stage_id == stages[0].pk
