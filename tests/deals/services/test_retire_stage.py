"""A stage or a pipeline is retired: its deals go elsewhere, and history stays true."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from core import clock
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from deals.models import Deal, DealEvent, DealVersion, StageStay
from deals.models.task import Task
from deals.services.close_deal import lose_deal, win_deal
from deals.services.dispatch_events import dispatch_events
from deals.services.move_deal import move_deal
from deals.services.retire_stage import Retired, retire_pipeline, retire_stage
from deals.services.undo_move import undo_move
from pipeline.models import LossReason, Pipeline, Stage
from pipeline.selectors.stages import stages_of
from pipeline.services.add_stage import restore_stage
from pipeline.services.create_pipeline import create_pipeline
from tenancy.scope import workspace_scope
from tests.deals.services.test_concurrency import at_once
from tests.factories import Cast, make_deal


def test_its_deals_go_to_the_end_of_the_other_stage_in_their_order(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        admin = cast.actor("admin")
        first, second, *_rest = stages_of(cast.pipeline.pk)
        there = make_deal(actor=admin, name="먼저 있던 딜", stage=second.name)
        for number in range(3):
            make_deal(actor=admin, name=f"딜 {number}")
        before = list(Deal.objects.filter(stage=first).order_by("rank").values_list("name", flat=True))
        done = retire_stage(stage_id=first.pk, to_stage=second.pk, actor=admin)
        assert (done.moved, done.to_stage) == (3, second)
        names = Deal.objects.filter(stage=second).order_by("rank").values_list("name", flat=True)
        assert list(names) == [there.name, *before]
        assert Stage.objects.get(pk=first.pk).archived_at is not None


def test_each_deal_leaves_a_true_history(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        admin = cast.actor("admin")
        first, second, *_rest = stages_of(cast.pipeline.pk)
        with clock.frozen_at(clock.now() - timedelta(days=9)):
            deal = make_deal(actor=admin)
        retire_stage(stage_id=first.pk, to_stage=second.pk, actor=admin)
        old, new = StageStay.objects.filter(deal=deal).order_by("entered_at", "id")
        assert (old.stage_id, new.stage_id, new.left_at) == (first.pk, second.pk, None)
        assert old.left_at == new.entered_at
        deal.refresh_from_db()
        assert (deal.version, deal.stage_entered_at) == (2, new.entered_at)
        event = DealEvent.objects.filter(deal=deal).order_by("-id")[0]
        assert event.data == {
            "from": str(first.pk),
            "to": str(second.pk),
            "version": 2,
            "retired": True,
        }
        assert DealVersion.objects.filter(pgh_obj=deal, stage=second).count() == 1


@pytest.mark.parametrize(("automate", "tasks"), [(False, 0), (True, 2)])
def test_the_new_stages_tasks_are_made_only_when_asked_for(cast: Cast, automate: bool, tasks: int) -> None:
    with workspace_scope(cast.workspace.pk):
        admin = cast.actor("admin")
        first, second, *_rest = stages_of(cast.pipeline.pk)
        deal = make_deal(actor=admin)
        DealEvent.objects.update(dispatched_at=clock.now())
        retire_stage(stage_id=first.pk, to_stage=second.pk, automate=automate, actor=admin)
    dispatch_events(workspace_id=cast.workspace.pk)
    with workspace_scope(cast.workspace.pk):
        assert Task.objects.filter(deal=deal, stage=second).count() == tasks


def test_nothing_happens_without_a_place_for_the_deals(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        admin = cast.actor("admin")
        first, second, *_rest = stages_of(cast.pipeline.pk)
        deal = make_deal(actor=admin)
        with pytest.raises(Conflict):
            retire_stage(stage_id=first.pk, actor=admin)
        with pytest.raises(InvalidInput):
            retire_stage(stage_id=first.pk, to_stage=first.pk, actor=admin)
        with workspace_scope(cast.rival.pk):
            foreign = Stage.objects.order_by("position")[0]
        with pytest.raises(InvalidInput):
            retire_stage(stage_id=first.pk, to_stage=foreign.pk, actor=admin)
        with pytest.raises(NotFound):
            retire_stage(stage_id=foreign.pk, to_stage=second.pk, actor=admin)
        with pytest.raises(NotAllowed):
            retire_stage(stage_id=first.pk, to_stage=second.pk, actor=cast.actor("leader"))
        deal.refresh_from_db()
        assert (deal.stage_id, deal.version) == (first.pk, 1)
        assert Stage.objects.get(pk=first.pk).archived_at is None


def test_closed_deals_stay_where_they_ended(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        admin = cast.actor("admin")
        last = stages_of(cast.pipeline.pk)[-1]
        won = make_deal(actor=admin, stage=last.name)
        win_deal(deal_id=won.pk, actor=admin, override_reason="서명 원본을 봄")
        lost = make_deal(actor=admin, stage=last.name)
        lose_deal(deal_id=lost.pk, reason=LossReason.objects.all()[0], actor=admin)
        retire_stage(stage_id=last.pk, actor=admin)
        assert set(Deal.objects.filter(stage=last).values_list("pk", flat=True)) == {won.pk, lost.pk}


def test_a_pipelines_deals_go_to_another_pipeline(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        admin = cast.actor("admin")
        other = create_pipeline(name="리뉴얼", template="salesmap", actor=admin)
        deals = [
            make_deal(actor=admin, pipeline=other, stage=name)
            for name in ("온보딩 교육 중", "미팅 약속 완료")
        ]
        target = stages_of(cast.pipeline.pk)[1]
        with pytest.raises(InvalidInput):
            retire_pipeline(pipeline_id=other.pk, to_stage=stages_of(other.pk)[0].pk, actor=admin)
        assert retire_pipeline(pipeline_id=other.pk, to_stage=target.pk, actor=admin).moved == 2
        now = Deal.objects.filter(pk__in=[deal.pk for deal in deals])
        assert set(now.values_list("pipeline", "stage")) == {(cast.pipeline.pk, target.pk)}
        assert Pipeline.objects.get(pk=other.pk).archived_at is not None


def test_five_hundred_deals_take_no_more_statements_than_one(cast: Cast, query_count: object) -> None:
    with workspace_scope(cast.workspace.pk):
        admin = cast.actor("admin")
        first, second, third, *_rest = stages_of(cast.pipeline.pk)
        make_deal(actor=admin)
        with query_count() as one:  # type: ignore[operator]
            retire_stage(stage_id=first.pk, to_stage=second.pk, actor=admin)
        few = one()
        for number in range(60):
            make_deal(actor=admin, stage=second.name, name=f"딜 {number}")
        with query_count() as many:  # type: ignore[operator]
            retire_stage(stage_id=second.pk, to_stage=third.pk, actor=admin)
        assert many() <= few + 4  # the other stages' places


@pytest.mark.parametrize("attempt", range(3))
def test_no_deal_is_left_in_a_stage_that_is_retired_while_deals_move_into_it(
    committed_cast: Cast, attempt: int
) -> None:
    cast = committed_cast
    admin = cast.actor("admin")
    with workspace_scope(cast.workspace.pk):
        target, start, away, *_rest = stages_of(cast.pipeline.pk)
        moving = [make_deal(actor=admin, stage=start.name) for _deal in range(6)]
    moves = [partial(move_deal, deal_id=deal.pk, to_stage=target.pk, actor=admin) for deal in moving]
    retire = partial(retire_stage, stage_id=target.pk, to_stage=away.pk, actor=admin)
    *moved, retired = at_once(cast, [*moves, retire])
    assert isinstance(retired, Retired)
    assert all(isinstance(result, Deal | InvalidInput) for result in moved)
    with workspace_scope(cast.workspace.pk):
        assert not Deal.objects.filter(stage=target).exists()
        assert Deal.objects.filter(stage=away).count() == retired.moved
        assert StageStay.objects.filter(left_at=None, voided_at=None).count() == len(moving)


def test_undone_after_its_stage_is_back_a_deal_is_in_that_stages_pipeline_again(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        admin = cast.actor("admin")
        other = create_pipeline(name="대기업 영업", template="the-model", actor=admin)
        first = stages_of(cast.pipeline.pk)[0]
        deal = make_deal(actor=admin)
        retire_stage(stage_id=first.pk, to_stage=stages_of(other.pk)[1].pk, actor=admin)
        assert Deal.objects.get(pk=deal.pk).pipeline == other
        with pytest.raises(Conflict):
            undo_move(deal_id=deal.pk, actor=admin)
        restore_stage(stage_id=first.pk, actor=admin)
        undo_move(deal_id=deal.pk, actor=admin)
        back = Deal.objects.get(pk=deal.pk)
        assert (back.stage, back.pipeline) == (first, cast.pipeline)
