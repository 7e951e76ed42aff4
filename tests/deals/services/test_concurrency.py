"""People at the same time: real threads, real commits."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from contacts.models import Company
from core.errors import NotFound, StaleVersion
from deals.models import Deal, DealEvent, DealVersion, StageStay, Task
from deals.services.close_deal import lose_deal, win_deal
from deals.services.edit_deal import delete_deal, edit_deal
from deals.services.move_deal import move_deal
from deals.services.placing import Edge, lock_deal
from deals.services.tasks import change_task
from deals.services.undo_move import undo_move
from pipeline.models import LossReason, Stage
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal


def at_once(cast: Cast, works: Iterable[Callable[[], Any]]) -> list[Any]:
    """Each work inside Acme, in a thread and a transaction of its own: its result, or what it raised."""

    def inside(work: Callable[[], Any]) -> Callable[[], Any]:
        def body() -> Any:
            with workspace_scope(cast.workspace.pk):
                return work()

        return body

    return each_committing([inside(work) for work in works])


def each_committing(works: list[Callable[[], Any]]) -> list[Any]:
    """Start the works together, each in a thread that enters and commits its own scopes."""
    barrier = Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def body(index: int, work: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            results[index] = work()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [Thread(target=body, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return results


def setting(cast: Cast, **fields: Any) -> tuple[Deal, list[Stage]]:
    with workspace_scope(cast.workspace.pk):
        return make_deal(actor=cast.actor(), **fields), list(cast.pipeline.stages.order_by("position"))


def test_twenty_moves_of_one_card_make_one_stay(committed_cast: Cast) -> None:
    cast = committed_cast
    deal, stages = setting(cast)
    leader = cast.actor("leader")

    def move() -> Deal:
        return move_deal(
            deal_id=deal.pk, to_stage=stages[1].pk, actor=leader, expected_version=1, override_reason="x"
        )

    results = at_once(cast, [move] * 20)
    assert Counter(type(result) for result in results) == {Deal: 1, StaleVersion: 19}
    assert {result.current.version for result in results if isinstance(result, StaleVersion)} == {2}
    with workspace_scope(cast.workspace.pk):
        assert StageStay.objects.count() == 2
        assert StageStay.objects.filter(left_at=None).count() == 1
        assert DealEvent.objects.filter(kind="stage_changed").count() == 1
        assert DealVersion.objects.count() == 2


def test_twenty_deals_made_on_top_at_once_have_twenty_ranks(committed_cast: Cast) -> None:
    cast = committed_cast
    setting(cast)
    results = at_once(cast, [lambda: make_deal(actor=cast.actor())] * 20)
    assert {type(result) for result in results} == {Deal}
    with workspace_scope(cast.workspace.pk):
        assert len(set(Deal.objects.values_list("rank", flat=True))) == 21


def test_twenty_cards_dropped_into_one_gap_have_twenty_ranks(committed_cast: Cast) -> None:
    cast = committed_cast
    top, stages = setting(cast)
    with workspace_scope(cast.workspace.pk):
        bottom = make_deal(actor=cast.actor(), place=Edge.BOTTOM)
        deals = [make_deal(actor=cast.actor(), stage=stages[1].name) for _number in range(20)]

    def drop(deal: Deal) -> Callable[[], Deal]:
        return lambda: move_deal(deal_id=deal.pk, to_stage=stages[0].pk, actor=cast.actor(), place=top.pk)

    results = at_once(cast, map(drop, deals))
    assert {type(result) for result in results} == {Deal}
    with workspace_scope(cast.workspace.pk):
        order = list(Deal.objects.filter(stage=stages[0]).order_by("rank").values_list("pk", flat=True))
    assert len(order) == 22
    assert (order[0], order[-1]) == (top.pk, bottom.pk)


def test_opposite_drags_do_not_deadlock(committed_cast: Cast) -> None:
    """Two people swap two cards between two stages, again and again, each dropping behind the other's card."""
    cast = committed_cast
    first, stages = setting(cast)
    second, _stages = setting(cast, stage=stages[1].name)
    leader = cast.actor("leader")

    def swap(deal: Deal, other: Deal, order: list[Stage]) -> Callable[[], int]:
        def body() -> int:
            for _round in range(15):
                for stage in order:
                    with workspace_scope(cast.workspace.pk):
                        move_deal(
                            deal_id=deal.pk,
                            to_stage=stage.pk,
                            actor=leader,
                            place=other.pk,
                            override_reason="x",
                        )
            return 1

        return body

    results = each_committing(
        [
            swap(first, second, [stages[1], stages[0]]),
            swap(second, first, [stages[0], stages[1]]),
            swap(first, second, [stages[2], stages[0]]),
        ]
    )
    assert results == [1, 1, 1]
    with workspace_scope(cast.workspace.pk):
        assert StageStay.objects.filter(left_at=None).count() == 2


def wait_until_somebody_waits() -> None:
    """Until another connection waits for this one; ten seconds at most."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("change", ["move", "owner", "first company", "delete"])
def test_who_waited_for_a_deal_sees_it_as_it_is_now(committed_cast: Cast, change: str) -> None:
    """A locking statement with joins would show the changed deal beside the stage or owner of before."""
    cast = committed_cast
    leader = cast.actor("leader")
    deal, stages = setting(cast, owner=cast.rep)
    seen: list[Any] = []

    def look() -> None:
        try:
            with workspace_scope(cast.workspace.pk):
                found = lock_deal(deal.pk, actor=leader)
                seen.append((found.stage, found.owner, found.company and found.company.name, found.version))
        except NotFound as error:
            seen.append(error)
        finally:
            connection.close()

    thread = Thread(target=look)
    with workspace_scope(cast.workspace.pk):
        if change == "move":
            move_deal(deal_id=deal.pk, to_stage=stages[1].pk, actor=leader, override_reason="x")
        elif change == "delete":
            delete_deal(deal_id=deal.pk, actor=leader)
        elif change == "owner":
            edit_deal(deal_id=deal.pk, changes={"owner": cast.other_rep}, actor=leader)
        else:
            edit_deal(deal_id=deal.pk, changes={"company": Company.objects.create(name="x")}, actor=leader)
        thread.start()
        wait_until_somebody_waits()
    thread.join(timeout=30)
    (result,) = seen
    if change == "delete":
        assert isinstance(result, NotFound)
    else:
        assert result == (
            stages[1] if change == "move" else stages[0],
            cast.other_rep if change == "owner" else cast.rep,
            "x" if change == "first company" else None,
            2,
        )


def test_one_of_win_lose_edit_move_comes_first_and_the_others_are_told(committed_cast: Cast) -> None:
    cast = committed_cast
    deal, stages = setting(cast)
    leader = cast.actor("leader")
    with workspace_scope(cast.workspace.pk):
        reason = LossReason.objects.all()[0]
    known: dict[str, Any] = {"deal_id": deal.pk, "actor": leader, "expected_version": 1}
    results = at_once(
        cast,
        [
            lambda: win_deal(**known, override_reason="x"),
            lambda: lose_deal(**known, reason=reason),
            lambda: edit_deal(**known, changes={"name": "neu"}),
            lambda: move_deal(**known, to_stage=stages[1].pk, override_reason="x"),
        ],
    )
    assert Counter(type(result) for result in results) == {Deal: 1, StaleVersion: 3}


def test_undoing_while_the_tasks_are_being_done_does_not_deadlock(committed_cast: Cast) -> None:
    """Undo holds the deal and wants its tasks; ticking holds a task and refers to the deal."""
    cast = committed_cast
    leader = cast.actor("leader")
    for _round in range(5):
        deal, stages = setting(cast)
        with workspace_scope(cast.workspace.pk):
            move_deal(deal_id=deal.pk, to_stage=stages[1].pk, actor=leader, override_reason="x")
            stay = StageStay.objects.get(deal=deal, left_at=None)
            tasks = [Task.objects.create(deal=deal, name="x", stay=stay) for _number in range(4)]

        def tick(task: Task) -> Callable[[], Any]:
            return lambda: change_task(task_id=task.pk, done=True, actor=leader)

        results = at_once(cast, [partial(undo_move, deal_id=deal.pk, actor=leader), *map(tick, tasks)])
        assert isinstance(results[0], Deal)
        for result in results[1:]:
            assert type(result).__name__ in {"Task", "NotFound"}
