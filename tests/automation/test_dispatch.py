"""The dispatcher: every event reaches every consumer, one that is refused keeps nobody waiting, words are kept until done."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction

from automation.selectors.due_work import due_workspaces
from core import clock, outbox
from core.ids import uuid7
from deals.models import DealEvent, EventKind, Note
from deals.services.dispatch_events import BATCH, KIND, PAUSES, dispatch_events
from deals.services.events import record_event
from deals.tasks import dispatch_events as dispatch_task
from tenancy.models import DueWork
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal


@pytest.fixture
def deals(cast: Cast):
    """Three deals with their events waiting."""
    with workspace_scope(cast.workspace.pk):
        yield [make_deal(actor=cast.actor(), name=name) for name in ("one", "two", "three")]


def words(cast: Cast) -> int:
    return DueWork.objects.filter(workspace_id=cast.workspace.pk, kind=KIND).count()


def waiting() -> int:
    return DealEvent.objects.filter(dispatched_at=None).count()


def test_every_consumer_gets_every_event_once_in_order(cast: Cast, deals):
    heard: dict[str, list[uuid.UUID]] = {"a": [], "b": []}
    consumers = {name: lambda events, name=name: heard[name].extend(e.pk for e in events) for name in heard}
    done = dispatch_events(workspace_id=cast.workspace.pk, consumers=consumers)
    assert (done.events, done.failed, done.more) == (3, 0, False)
    assert dispatch_events(workspace_id=cast.workspace.pk, consumers=consumers).events == 0
    expected = list(DealEvent.objects.order_by("pk").values_list("pk", flat=True))
    assert heard == {"a": expected, "b": expected}
    assert words(cast) == waiting() == 0


def test_each_commit_leaves_one_word_however_many_events_it_writes(cast: Cast, deals):
    assert words(cast) == 3
    DealEvent.objects.bulk_create(
        DealEvent(deal=deals[0], kind=EventKind.EDITED, at=clock.now()) for _ in range(50)
    )
    assert words(cast) == 4
    record_event(deal=deals[0], kind=EventKind.EDITED, actor=cast.actor(), quiet=True)
    assert words(cast) == 4, "a quiet event asks for nothing"


def test_a_commit_with_many_events_is_one_wake_up(
    cast: Cast, deals, monkeypatch, django_capture_on_commit_callbacks
):
    woken: list[uuid.UUID] = []
    monkeypatch.setattr(outbox, "_wakers", [woken.append])
    with django_capture_on_commit_callbacks(execute=True):
        for deal in deals:
            record_event(deal=deal, kind=EventKind.EDITED, actor=cast.actor())
    assert woken == [cast.workspace.pk]


def test_a_wake_up_ordered_in_a_savepoint_that_is_undone_is_ordered_again(
    cast: Cast, deals, monkeypatch, django_capture_on_commit_callbacks
):
    woken: list[uuid.UUID] = []
    monkeypatch.setattr(outbox, "_wakers", [woken.append])
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            outbox.announce(cast.workspace.pk)
            transaction.set_rollback(True)
        outbox.announce(cast.workspace.pk)
    assert woken == [cast.workspace.pk]


def refuse(bad: uuid.UUID, heard: list[uuid.UUID]):
    """A consumer that cannot bear one event, having written something for it first."""

    def consume(events):
        for event in events:
            Note.objects.create(deal_id=event.deal_id, body="heard")
            heard.append(event.pk)
            if event.pk == bad:
                raise ValueError("cannot bear it")

    return {"touchy": consume}


def test_a_refused_event_waits_and_is_given_up_while_the_others_flow(cast: Cast, deals):
    bad = DealEvent.objects.get(deal=deals[1])
    consumers = refuse(bad.pk, [])
    now = clock.now()
    with clock.frozen_at(now):
        done = dispatch_events(workspace_id=cast.workspace.pk, consumers=consumers)
    assert (done.events, done.failed) == (3, 1)
    assert set(Note.objects.values_list("deal_id", flat=True)) == {deals[0].pk, deals[2].pk}, (
        "once, and undone"
    )
    assert Note.objects.count() == 2
    assert waiting() == 1
    for pause in PAUSES:
        # Not before its time, however often somebody else's events wake the dispatcher.
        with clock.frozen_at(now + pause - timedelta(seconds=1)):
            assert dispatch_events(workspace_id=cast.workspace.pk, consumers=consumers).events == 0
            assert due_workspaces(kind=KIND, limit=9) == []
        now += pause
        with clock.frozen_at(now):
            assert due_workspaces(kind=KIND, limit=9) == [cast.workspace.pk], "beat finds it"
            done = dispatch_events(workspace_id=cast.workspace.pk, consumers=consumers)
            assert (done.events, done.failed) == (1, 1)
    assert words(cast) == waiting() == 0
    bad.refresh_from_db()
    assert bad.data["failed"] == {"attempts": len(PAUSES) + 1, "error": "ValueError"}
    assert "dispatch" not in bad.data


def test_an_event_refused_once_is_handed_out_again_and_keeps_no_trace(cast: Cast, deals):
    bad = DealEvent.objects.get(deal=deals[1])
    before = dict(bad.data)
    now = clock.now()
    with clock.frozen_at(now):
        dispatch_events(workspace_id=cast.workspace.pk, consumers=refuse(bad.pk, []))
    heard: list[uuid.UUID] = []
    with clock.frozen_at(now + PAUSES[0]):
        dispatch_events(workspace_id=cast.workspace.pk, consumers=refuse(uuid7(), heard))
    assert heard == [bad.pk]
    bad.refresh_from_db()
    assert bad.data == before
    assert bad.dispatched_at is not None


def test_a_row_that_would_fail_only_at_commit_is_refused_in_time(cast: Cast, deals):
    bad = DealEvent.objects.get(deal=deals[1])

    def consume(events):
        for event in events:
            Note.objects.create(deal_id=uuid7() if event.pk == bad.pk else event.deal_id, body="heard")

    done = dispatch_events(workspace_id=cast.workspace.pk, consumers={"careless": consume})
    assert (done.events, done.failed) == (3, 1)
    assert Note.objects.count() == 2


def test_it_stops_after_its_time_and_says_so(cast: Cast, deals):
    DealEvent.objects.bulk_create(
        DealEvent(deal=deals[0], kind=EventKind.EDITED, at=clock.now()) for _ in range(BATCH)
    )
    done = dispatch_events(workspace_id=cast.workspace.pk, consumers={}, budget_seconds=0)
    assert (done.events, done.more) == (BATCH, True)
    assert words(cast) > 0, "the words stay while something waits"
    assert dispatch_events(workspace_id=cast.workspace.pk, consumers={}).more is False
    assert words(cast) == waiting() == 0


def test_a_malformed_or_unknown_workspace_does_nothing(cast: Cast, deals):
    dispatch_task("'; DROP TABLE deals_deal; --")
    dispatch_task(str(uuid7()))
    assert waiting() == 3


def test_words_stay_while_another_dispatcher_holds_events(committed_cast: Cast):
    cast = committed_cast
    with workspace_scope(cast.workspace.pk):
        make_deal(actor=cast.actor())
    holding, may_end = threading.Event(), threading.Event()

    def die(events):
        holding.set()
        may_end.wait(10)
        raise KeyboardInterrupt

    def run() -> None:
        with pytest.raises(KeyboardInterrupt):
            dispatch_events(workspace_id=cast.workspace.pk, consumers={"dies": die})
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert holding.wait(10)
    assert dispatch_events(workspace_id=cast.workspace.pk, consumers={}).events == 0
    assert words(cast) == 1, "its events are held by one that may still die"
    may_end.set()
    thread.join()
    assert dispatch_events(workspace_id=cast.workspace.pk, consumers={}).events == 1
    assert words(cast) == 0
