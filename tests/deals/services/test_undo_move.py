from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core import clock
from core.errors import Conflict, StaleVersion, Unprocessable
from deals.models import Deal, DealEvent, StageStay, Task, TaskSource
from deals.services.close_deal import lose_deal, reopen_deal, win_deal
from deals.services.edit_deal import edit_deal
from deals.services.move_deal import move_deal
from deals.services.undo_move import undo_move
from pipeline.models import LossReason, Stage, StageKind
from pipeline.services.create_from_template import create_pipeline_from_template
from tests.factories import Cast, make_deal

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=5)


def moved(acme: Cast, stages: list[Stage]) -> Deal:
    """In the first stage at NOW, in the second at LATER."""
    with clock.frozen_at(NOW):
        deal = make_deal(actor=acme.actor())
    with clock.frozen_at(LATER):
        return move_deal(
            deal_id=deal.pk, to_stage=stages[1].pk, actor=acme.actor("leader"), override_reason="x"
        )


def test_undoing_a_move_lets_the_old_stay_go_on(acme: Cast, stages: list[Stage]) -> None:
    deal = moved(acme, stages)
    new_stay = StageStay.objects.get(left_at=None)
    open_task, done_task, own_task = (
        Task.objects.create(deal=deal, name="x", stay=new_stay, source=TaskSource.STAGE_ENTRY, **fields)
        for fields in ({}, {"done_at": LATER}, {})
    )
    Task.objects.filter(pk=own_task.pk).update(stay=None)
    with clock.frozen_at(LATER + timedelta(minutes=1)):
        undone = undo_move(deal_id=deal.pk, actor=acme.actor(), expected_version=2)
    undone.refresh_from_db()
    assert (undone.stage, undone.stage_entered_at, undone.version) == (stages[0], NOW, 3)
    first, second = StageStay.objects.order_by("entered_at")
    assert (first.left_at, first.voided_at) == (None, None)
    assert second.voided_at == second.left_at == LATER + timedelta(minutes=1)
    voided = set(Task.objects.exclude(voided_at=None))
    assert voided == {open_task}
    assert done_task not in voided
    event = DealEvent.objects.get(kind="undone")
    assert event.data == {
        "undone": "stage_changed",
        "from": str(stages[1].pk),
        "to": str(stages[0].pk),
        "version": 3,
    }


def test_twice_is_once_too_often(acme: Cast, stages: list[Stage]) -> None:
    deal = moved(acme, stages)
    undo_move(deal_id=deal.pk, actor=acme.actor())
    with pytest.raises(Conflict):
        undo_move(deal_id=deal.pk, actor=acme.actor())


def test_after_an_undo_a_new_move_can_be_undone(acme: Cast, stages: list[Stage]) -> None:
    deal = moved(acme, stages)
    undo_move(deal_id=deal.pk, actor=acme.actor())
    move_deal(deal_id=deal.pk, to_stage=stages[2].pk, actor=acme.actor("leader"), override_reason="x")
    assert undo_move(deal_id=deal.pk, actor=acme.actor()).stage == stages[0]
    assert StageStay.objects.filter(voided_at=None).count() == 1


def test_undoing_a_win_or_a_loss_lets_the_stay_go_on(acme: Cast, stages: list[Stage]) -> None:
    for close in (
        lambda deal: win_deal(deal_id=deal.pk, actor=acme.actor("leader"), override_reason="x"),
        lambda deal: lose_deal(deal_id=deal.pk, reason=LossReason.objects.all()[0], actor=acme.actor()),
    ):
        with clock.frozen_at(NOW):
            deal = make_deal(actor=acme.actor())
        with clock.frozen_at(LATER):
            close(deal)
            undone = undo_move(deal_id=deal.pk, actor=acme.actor())
        undone.refresh_from_db()
        assert (undone.outcome, undone.closed_at, undone.closed_on, undone.loss_reason) == (
            "open",
            None,
            None,
            None,
        )
        assert undone.stage_entered_at == NOW
        stay = StageStay.objects.get(deal=deal)
        assert (stay.entered_at, stay.left_at, stay.voided_at) == (NOW, None, None)


def test_the_way_back_is_closed_where_the_stage_was_retired(acme: Cast, stages: list[Stage]) -> None:
    deal = moved(acme, stages)
    Stage.objects.filter(pk=stages[0].pk).update(archived_at=NOW)
    with pytest.raises(Conflict):
        undo_move(deal_id=deal.pk, actor=acme.actor())
    assert Deal.objects.get().stage == stages[1]
    win_deal(deal_id=deal.pk, actor=acme.actor("leader"), override_reason="x")
    Stage.objects.filter(pk=stages[1].pk).update(archived_at=NOW)
    with pytest.raises(Unprocessable):
        undo_move(deal_id=deal.pk, actor=acme.actor())
    assert Deal.objects.get().outcome == "won"


def test_there_is_nothing_to_undo_after_creating_or_reopening(acme: Cast) -> None:
    deal = make_deal(actor=acme.actor())
    with pytest.raises(Conflict):
        undo_move(deal_id=deal.pk, actor=acme.actor())
    lose_deal(deal_id=deal.pk, reason=LossReason.objects.all()[0], actor=acme.actor())
    reopen_deal(deal_id=deal.pk, actor=acme.actor())
    with pytest.raises(Conflict):
        undo_move(deal_id=deal.pk, actor=acme.actor())


def test_edits_in_between_do_not_matter_but_the_version_does(acme: Cast, stages: list[Stage]) -> None:
    deal = moved(acme, stages)
    edit_deal(deal_id=deal.pk, changes={"name": "neu"}, actor=acme.actor())
    with pytest.raises(StaleVersion):
        undo_move(deal_id=deal.pk, actor=acme.actor(), expected_version=2)
    undone = undo_move(deal_id=deal.pk, actor=acme.actor(), expected_version=3)
    assert (undone.stage, undone.name) == (stages[0], "neu")


def test_a_lead_that_goes_back_is_not_qualified(acme: Cast) -> None:
    pipeline = create_pipeline_from_template(template="the-model", language="ko")
    lead, first, *_rest = pipeline.stages.order_by("position")
    assert lead.kind == StageKind.LEAD
    deal = make_deal(actor=acme.actor(), pipeline=pipeline, stage=lead.name)
    moved = move_deal(deal_id=deal.pk, to_stage=first.pk, actor=acme.actor("leader"), override_reason="x")
    assert moved.qualified_at is not None
    assert undo_move(deal_id=deal.pk, actor=acme.actor()).qualified_at is None
