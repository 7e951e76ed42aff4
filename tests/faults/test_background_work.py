"""Whatever dies, every stage entry makes its tasks once: the database holds the work, Redis only wakes."""

import threading
import time

import pytest
from django.db import connection

from deals.models import Deal, DealEvent, EventKind, StageStay, Task
from deals.models.total import TOTALS
from deals.services.move_deal import move_deal
from pipeline.models import EntryTask, Stage
from tenancy.models import DueWork
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal
from tests.faults.conftest import Crew, eventually

pytestmark = pytest.mark.faults


@pytest.fixture
def stages(crew: Crew, committed_cast: Cast) -> list[Stage]:
    """The first two open stages, each with two entry tasks, none with exit criteria."""
    with workspace_scope(committed_cast.workspace.pk):
        found = list(committed_cast.pipeline.stages.filter(kind="open").order_by("position")[:2])
        for stage in found:
            stage.exit_criteria.update(required=False)
            stage.entry_tasks.update(archived_at=stage.created_at)
            for number in range(2):
                EntryTask.objects.create(stage=stage, name=f"{number}", position=number)
        return found


def make_deals(cast: Cast, count: int) -> list[Deal]:
    """Deals in the first stage whose creation asks for nothing."""
    with workspace_scope(cast.workspace.pk):
        deals = [make_deal(actor=cast.actor(), name=f"{number}") for number in range(count)]
        DealEvent.objects.update(dispatched_at=deals[0].created_at)
    DueWork.objects.all().delete()
    return deals


def move(cast: Cast, deal: Deal, stage: Stage) -> float:
    """Move the deal in a transaction of its own; returns the seconds it took, wake-up included."""
    began = time.monotonic()
    with workspace_scope(cast.workspace.pk):
        move_deal(deal_id=deal.pk, to_stage=stage.pk, actor=cast.actor())
    return time.monotonic() - began


def tasks(cast: Cast) -> int:
    with workspace_scope(cast.workspace.pk):
        return Task.objects.count()


def drained(cast: Cast) -> bool:
    with workspace_scope(cast.workspace.pk):
        if DealEvent.objects.filter(dispatched_at=None).exists():
            return False
    return not DueWork.objects.filter(workspace_id=cast.workspace.pk).exclude(kind=TOTALS).exists()


def assert_each_entry_made_its_tasks_once(cast: Cast, moved: int) -> None:
    with workspace_scope(cast.workspace.pk):
        made = list(Task.objects.values_list("stay_id", "entry_task_id"))
        assert len(made) == len(set(made)) == 2 * moved
        assert StageStay.objects.filter(pk__in=[stay for stay, _ in made], left_at=None).count() == moved
        assert DealEvent.objects.filter(kind=EventKind.TASKS_MADE).count() == moved


def test_a_move_makes_its_tasks_within_two_seconds(crew: Crew, committed_cast: Cast, stages):
    cast = committed_cast
    (first, second) = make_deals(cast, 2)
    crew.start_worker()
    crew.start_beat()
    crew.wait_until_at_work()
    move(cast, first, stages[1])
    assert eventually(lambda: tasks(cast) == 2, "tasks of the first move") < 2
    # Without beat the wake-up alone does it.
    crew.kill("beat")
    move(cast, second, stages[1])
    assert eventually(lambda: tasks(cast) == 4, "tasks of the second move") < 2
    assert_each_entry_made_its_tasks_once(cast, 2)


def test_workers_killed_again_and_again_lose_nothing_and_repeat_nothing(
    crew: Crew, committed_cast: Cast, stages
):
    cast = committed_cast
    deals = make_deals(cast, 120)
    ended = threading.Event()

    def move_all() -> None:
        for deal in deals:
            move(cast, deal, stages[1])
            time.sleep(0.05)
        connection.close()
        ended.set()

    mover = threading.Thread(target=move_all)
    crew.start_beat()
    mover.start()
    kills = 0
    while not ended.is_set() or kills < 3:
        before = tasks(cast)
        crew.start_worker()
        # Killed as soon as it has begun to work, so that it dies at it.
        eventually(lambda before=before: tasks(cast) > before or drained(cast), "progress", seconds=60)
        crew.kill("worker")
        kills += 1
    mover.join()
    crew.start_worker()
    eventually(lambda: drained(cast), "the backlog has drained", seconds=60)
    assert_each_entry_made_its_tasks_once(cast, 120)


def test_without_redis_moves_succeed_at_once_and_the_backlog_drains_when_it_is_back(
    crew: Crew, committed_cast: Cast, stages
):
    cast = committed_cast
    deals = make_deals(cast, 20)
    crew.start_worker()
    crew.start_beat()
    crew.wait_until_at_work()
    crew.kill("redis")
    slowest = max(move(cast, deal, stages[1]) for deal in deals)
    # Celery's own sending hangs for over 25 s here; the milliseconds are for a benchmark on a quiet machine.
    assert slowest < 10
    assert tasks(cast) == 0
    crew.start_redis()

    def drained_under_supervision() -> bool:
        crew.keep_worker()
        return drained(cast)

    eventually(drained_under_supervision, "the backlog has drained", seconds=120)
    assert_each_entry_made_its_tasks_once(cast, 20)


def test_flushall_loses_nothing(crew: Crew, committed_cast: Cast, stages):
    cast = committed_cast
    for deal in make_deals(cast, 10):
        move(cast, deal, stages[1])
    crew.flush_redis()
    crew.start_worker()
    crew.start_beat()
    eventually(lambda: drained(cast), "the backlog has drained", seconds=60)
    assert_each_entry_made_its_tasks_once(cast, 10)
