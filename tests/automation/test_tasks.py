"""The tasks around the services: which workspaces a sweep wakes, and what a task does with a bad payload."""

from datetime import timedelta

import pytest

from automation import tasks
from automation.models import Heartbeat, OutgoingMail, StallAlert
from core import clock
from core.ids import uuid7
from deals import tasks as deal_tasks
from deals.models import DealEvent
from pipeline.models import Stage
from tenancy.models import DueWork
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal


@pytest.fixture
def woken(monkeypatch):
    """What was sent to the worker: (task name, workspace id)."""
    sent: list[tuple[str, str]] = []

    def wake(task, *args) -> bool:
        sent.append((task.name.rsplit(".", maxsplit=1)[-1], *args))
        return True

    monkeypatch.setattr(tasks, "wake", wake)
    monkeypatch.setattr(deal_tasks, "wake", wake)
    return sent


@pytest.fixture
def waiting(cast: Cast):
    """An event waits in Acme, long enough that its wake-up must have been lost."""
    with workspace_scope(cast.workspace.pk):
        make_deal(actor=cast.actor(), owner=cast.rep)
        DueWork.objects.update(due_at=clock.now() - timedelta(seconds=5))


def next_tick() -> None:
    Heartbeat.objects.all().delete()


def test_the_sweep_wakes_the_workspaces_whose_events_wait(cast: Cast, waiting, woken):
    tasks.sweep_due_work()
    assert woken == [("dispatch_events", str(cast.workspace.pk))]
    tasks.sweep_due_work()
    assert len(woken) == 1, "a tick right behind another does nothing"
    deal_tasks.dispatch_events(str(cast.workspace.pk))
    next_tick()
    tasks.sweep_due_work()
    assert len(woken) == 1, "nothing waits any more"


def test_a_fresh_event_is_left_to_its_own_wake_up_for_a_moment(cast: Cast, waiting, woken):
    DueWork.objects.update(due_at=clock.now() + timedelta(seconds=1))
    tasks.sweep_due_work()
    assert woken == []


def test_the_sweep_of_totals_wakes_the_workspaces_with_changes_to_fold(cast: Cast, waiting, woken):
    tasks.sweep_totals()
    assert woken == [("fold_totals", str(cast.workspace.pk))]
    deal_tasks.fold_totals(str(cast.workspace.pk))
    deal_tasks.fold_totals("no id")
    next_tick()
    tasks.sweep_totals()
    assert len(woken) == 1, "nothing is left to fold"


def test_those_who_waited_longest_come_first_and_the_rest_next_time(cast: Cast, waiting, woken, monkeypatch):
    monkeypatch.setattr(tasks, "MOST_AT_ONCE", 1)
    DueWork.objects.create(workspace_id=cast.rival.pk, kind="events", due_at=clock.now() - timedelta(hours=1))
    tasks.sweep_due_work()
    assert woken == [("dispatch_events", str(cast.rival.pk))]
    deal_tasks.dispatch_events(str(cast.rival.pk))
    next_tick()
    tasks.sweep_due_work()
    assert woken[1:] == [("dispatch_events", str(cast.workspace.pk))]


def test_a_sweep_stops_where_redis_has_gone(cast: Cast, woken, monkeypatch):
    tried: list[str] = []
    monkeypatch.setattr(tasks, "wake", lambda _task, workspace: tried.append(workspace))
    tasks.sweep_stalled()
    assert len(tried) == 1


def test_every_workspace_is_searched_for_stalls_which_lead_to_mail(cast: Cast, woken):
    tasks.sweep_stalled()
    assert {workspace for _, workspace in woken} == {str(cast.workspace.pk), str(cast.rival.pk)}
    assert {name for name, _ in woken} == {"sweep_workspace_stalled"}
    with workspace_scope(cast.workspace.pk):
        Stage.objects.filter(pipeline=cast.pipeline).update(stall_days=14)
        with clock.frozen_at(clock.now() - timedelta(days=20)):
            make_deal(actor=cast.actor(), owner=cast.rep)
    woken.clear()
    tasks.sweep_workspace_stalled(str(cast.workspace.pk))
    assert woken == [("send_workspace_mail", str(cast.workspace.pk))]
    tasks.send_waiting_mail()
    assert len(woken) == 2, "and beat finds the mail without it"
    tasks.send_workspace_mail(str(cast.workspace.pk))
    with workspace_scope(cast.workspace.pk):
        assert StallAlert.objects.count() == 1
        assert not OutgoingMail.objects.exclude(state="sent").exists()


def test_what_a_run_could_not_finish_is_queued_again(cast: Cast, waiting, woken, monkeypatch):
    monkeypatch.setattr("deals.services.dispatch_events.BATCH", 1)
    original = deal_tasks.dispatching.dispatch_events
    monkeypatch.setattr(
        deal_tasks.dispatching,
        "dispatch_events",
        lambda workspace_id: original(workspace_id=workspace_id, budget_seconds=0),
    )
    deal_tasks.dispatch_events(str(cast.workspace.pk))
    assert woken == [("dispatch_events", str(cast.workspace.pk))]


@pytest.mark.parametrize("payload", ["", "nonsense", "../../etc/passwd", None, 7])
def test_a_malformed_payload_is_logged_and_dropped(cast: Cast, waiting, woken, payload):
    for task in (tasks.sweep_workspace_stalled, tasks.send_workspace_mail, deal_tasks.dispatch_events):
        task(payload)
    assert woken == []


def test_an_unknown_workspace_has_nothing(cast: Cast, waiting, woken):
    for task in (tasks.sweep_workspace_stalled, tasks.send_workspace_mail, deal_tasks.dispatch_events):
        task(str(uuid7()))
    with workspace_scope(cast.workspace.pk):
        assert DealEvent.objects.filter(dispatched_at=None).exists()
