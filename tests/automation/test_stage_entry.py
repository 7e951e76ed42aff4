"""Entering a stage makes its tasks: once for each stay, whatever happens around it."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from automation.services.stage_entry import make_entry_tasks
from core import clock
from deals.models import Deal, DealEvent, EventKind, StageStay, Task, TaskSource
from deals.services.close_deal import lose_deal, reopen_deal
from deals.services.dispatch_events import dispatch_events
from deals.services.move_deal import move_deal
from deals.services.undo_move import undo_move
from pipeline.models import EntryTask, LossReason
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal

NIGHT_IN_SEOUL = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)  # half past midnight of the 24th


@pytest.fixture
def scope(cast: Cast):
    with workspace_scope(cast.workspace.pk):
        yield


@pytest.fixture
def rules(cast: Cast, scope) -> list[EntryTask]:
    """The entry tasks of the first stage: the template gives it two."""
    stage = cast.pipeline.stages.order_by("position").filter(kind="open").first()
    return list(EntryTask.objects.filter(stage=stage, archived_at=None).order_by("position"))


def names(deal: Deal) -> list[str]:
    return sorted(Task.objects.filter(deal=deal, voided_at=None).values_list("name", flat=True))


def back_and_forth(cast: Cast, deal: Deal) -> Deal:
    """Move the deal to the next stage."""
    following = cast.pipeline.stages.filter(position__gt=deal.stage.position).order_by("position").first()
    return move_deal(
        deal_id=deal.pk, to_stage=following.pk, actor=cast.actor("leader"), override_reason="test"
    )


def test_a_new_deal_gets_the_tasks_of_its_stage(cast: Cast, rules, dispatch):
    with clock.frozen_at(NIGHT_IN_SEOUL):
        deal = make_deal(actor=cast.actor(), owner=cast.rep)
        dispatch()
    tasks = list(Task.objects.filter(deal=deal).order_by("pk"))
    assert [task.name for task in tasks] == [rule.name for rule in rules]
    assert len(tasks) >= 2
    for task, rule in zip(tasks, rules, strict=True):
        assert task.source == TaskSource.STAGE_ENTRY
        assert (task.stage_id, task.entry_task_id, task.assignee_id) == (deal.stage_id, rule.pk, cast.rep.pk)
        # The local day of entry, which in Seoul is the day after UTC's.
        assert task.due_on == date(2026, 11, 24) + timedelta(days=rule.due_days)
        assert task.created_by_id is None
    made = DealEvent.objects.get(deal=deal, kind=EventKind.TASKS_MADE)
    assert made.data == {"stage": str(deal.stage_id), "tasks": [str(task.pk) for task in tasks]}
    assert made.dispatched_at is not None


def test_dispatched_twice_they_are_made_once(cast: Cast, rules, dispatch):
    deal = make_deal(actor=cast.actor())
    dispatch()
    DealEvent.objects.update(dispatched_at=None)
    dispatch()
    assert len(names(deal)) == len(rules)
    assert DealEvent.objects.filter(kind=EventKind.TASKS_MADE).count() == 1


def test_a_move_makes_the_tasks_of_the_new_stage_and_coming_back_makes_them_again(
    cast: Cast, rules, dispatch
):
    deal = make_deal(actor=cast.actor())
    dispatch()
    first = deal.stage
    deal = back_and_forth(cast, deal)
    dispatch()
    after_move = len(names(deal))
    assert after_move == len(rules) + deal.stage.entry_tasks.filter(archived_at=None).count()
    move_deal(deal_id=deal.pk, to_stage=first.pk, actor=cast.actor())
    dispatch()
    assert len(names(deal)) == after_move + len(rules)
    stays = Task.objects.filter(entry_task=rules[0]).values_list("stay_id", flat=True)
    assert len(set(stays)) == 2


def test_a_stay_that_was_undone_or_left_meanwhile_makes_none(cast: Cast, rules, dispatch):
    undone = make_deal(actor=cast.actor(), stage=None, name="undone")
    dispatch()
    before = names(undone)
    back_and_forth(cast, undone)
    undo_move(deal_id=undone.pk, actor=cast.actor())
    dispatch()
    assert names(undone) == before
    hurried = make_deal(actor=cast.actor(), name="hurried")
    moved = back_and_forth(cast, hurried)
    dispatch()
    assert set(Task.objects.filter(deal=hurried).values_list("stage_id", flat=True)) <= {moved.stage_id}


def test_a_deal_closed_or_deleted_meanwhile_gets_none(cast: Cast, rules, dispatch):
    lost, deleted = (make_deal(actor=cast.actor(), name=name) for name in ("lost", "deleted"))
    lose_deal(deal_id=lost.pk, reason=LossReason.objects.first(), actor=cast.actor())
    Deal.objects.filter(pk=deleted.pk).update(deleted_at=clock.now())
    dispatch()
    assert names(lost) == names(deleted) == []
    assert not DealEvent.objects.filter(dispatched_at=None).exists()
    reopen_deal(deal_id=lost.pk, actor=cast.actor())
    dispatch()
    assert names(lost) == [], "a reopened deal goes on where it was"


def test_the_rules_are_those_of_the_moment_of_dispatch(cast: Cast, rules, dispatch):
    deal = make_deal(actor=cast.actor())
    EntryTask.objects.filter(pk=rules[0].pk).update(archived_at=clock.now())
    EntryTask.objects.filter(pk=rules[1].pk).update(name="새 이름")
    EntryTask.objects.create(stage=rules[0].stage, name="추가", position=9)
    dispatch()
    assert {"새 이름", "추가"} <= set(names(deal))
    assert rules[0].name not in names(deal)


def test_the_statements_do_not_grow_with_the_events(cast: Cast, rules, query_count):
    counts = []
    for size in (1, 30):
        for number in range(size):
            make_deal(actor=cast.actor(), name=f"{size}-{number}")
        with query_count() as counted:
            dispatch_events(workspace_id=cast.workspace.pk)
        counts.append(counted())
    assert counts[0] == counts[1] <= 18
    assert Task.objects.count() == 31 * len(rules)


def test_another_workspaces_rows_are_out_of_reach(cast: Cast, rules):
    deal = make_deal(actor=cast.actor())
    events = list(DealEvent.objects.filter(deal=deal))
    with workspace_scope(cast.rival.pk):
        dispatch_events(workspace_id=cast.rival.pk)
        make_entry_tasks(events)
        assert Task.objects.count() == 0
    assert names(deal) == []
    assert DealEvent.objects.filter(deal=deal, dispatched_at=None).exists()
    stay = StageStay.objects.get(deal=deal)
    with workspace_scope(cast.rival.pk), transaction.atomic():
        Task.objects.create(deal_id=deal.pk, stay_id=stay.pk, name="mine now")
        with pytest.raises(IntegrityError):
            connection.check_constraints()
        transaction.set_rollback(True)


def test_many_dispatchers_at_once_make_them_once(committed_cast: Cast):
    cast = committed_cast
    with workspace_scope(cast.workspace.pk):
        deals = [make_deal(actor=cast.actor(), name=f"{number}") for number in range(40)]
        expected = EntryTask.objects.filter(stage_id=deals[0].stage_id, archived_at=None).count() * 40
    barrier = threading.Barrier(4)
    handed_out: list[int] = []

    def run() -> None:
        barrier.wait()
        handed_out.append(dispatch_events(workspace_id=cast.workspace.pk).events)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(handed_out) == 4, "none of them failed"
    assert sum(handed_out) == 40
    with workspace_scope(cast.workspace.pk):
        assert Task.objects.count() == expected
        assert DealEvent.objects.filter(kind=EventKind.TASKS_MADE).count() == 40
        assert not DealEvent.objects.filter(dispatched_at=None).exists()


def test_undo_against_dispatch_leaves_no_task_of_the_undone_stay(committed_cast: Cast):
    cast = committed_cast
    for _ in range(10):
        with workspace_scope(cast.workspace.pk):
            deal = back_and_forth(cast, make_deal(actor=cast.actor()))
        barrier = threading.Barrier(2)

        def undo(deal=deal, barrier=barrier) -> None:
            barrier.wait()
            with workspace_scope(cast.workspace.pk):
                undo_move(deal_id=deal.pk, actor=cast.actor())
            connection.close()

        thread = threading.Thread(target=undo)
        thread.start()
        barrier.wait()
        dispatch_events(workspace_id=cast.workspace.pk)
        thread.join()
        with workspace_scope(cast.workspace.pk):
            voided = StageStay.objects.get(deal=deal, voided_at__isnull=False)
            assert not Task.objects.filter(stay=voided, voided_at=None).exists()
