"""Hand waiting events to everybody who asked for them: what each makes of them appears exactly when they are done."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Min, QuerySet, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from core import clock, outbox
from deals.models import DealEvent
from tenancy.models import DueWork
from tenancy.scope import workspace_scope

KIND = "events"
BATCH = 200
BUDGET_SECONDS = 5.0
# How long a refused event waits before it is handed out again. After the last pause it is given up.
PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
# Under this key of `data`: how often an event was refused, and when it is next due.
RETRY_KEY = "dispatch"
# "" for an event that was never refused.
RETRY_AT = Coalesce(KT(f"data__{RETRY_KEY}__retry_at"), Value(""), output_field=TextField())

logger = structlog.get_logger(__name__)

type Consumers = Mapping[str, Callable[[Sequence[Any]], None]]


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What a run did. `more`: it used up its time and left the rest."""

    events: int = 0
    failed: int = 0
    more: bool = False


def dispatch_events(
    *, workspace_id: uuid.UUID, consumers: Consumers | None = None, budget_seconds: float = BUDGET_SECONDS
) -> Dispatched:
    """Hand out the workspace's waiting events, oldest first, a transaction for each batch, until none is left.

    Safe to run any number of times at once. It stops after `budget_seconds`, so that one workspace's import does not
    keep a worker from the others. An event that a consumer refuses is tried again later and at last given up; it never
    keeps the others waiting.
    """
    consumers = outbox.consumers() if consumers is None else consumers
    deadline = time.monotonic() + budget_seconds
    events = failed = 0
    while True:
        with workspace_scope(workspace_id):
            batch = _dispatch_batch(workspace_id, consumers)
        events += batch.events
        failed += batch.failed
        if not batch.more:
            return Dispatched(events, failed)
        if time.monotonic() >= deadline:
            return Dispatched(events, failed, more=True)


def _dispatch_batch(workspace_id: uuid.UUID, consumers: Consumers) -> Dispatched:
    now = clock.now()
    # Before the claim: a row seen here belongs to events that the claim can see, so it may go once none waits.
    seen = list(DueWork.objects.filter(workspace_id=workspace_id, kind=KIND).values_list("pk", flat=True))
    claimed = list(_ready(now).select_for_update(skip_locked=True).order_by("pk")[:BATCH])
    failed = _hand_out(claimed, consumers, now) if claimed else 0
    if len(claimed) == BATCH:
        return Dispatched(len(claimed), failed, more=True)
    _settle(workspace_id, seen, now)
    return Dispatched(len(claimed), failed)


def _waiting() -> QuerySet[DealEvent]:
    return DealEvent.objects.filter(dispatched_at=None)


def _ready(now: datetime) -> QuerySet[DealEvent]:
    # Texts of one length in UTC: they sort like the moments they name.
    return _waiting().alias(retry_at=RETRY_AT).filter(retry_at__lte=_stamp(now))


def _settle(workspace_id: uuid.UUID, seen: Sequence[uuid.UUID], now: datetime) -> None:
    """Take away the words left for us, unless something that they speak of is still to do."""
    # Another run may hold events and yet fail: then its rows must lead back here.
    if _ready(now).exists():
        return
    DueWork.objects.filter(pk__in=seen).delete()
    retry_at = _waiting().aggregate(first=Min(RETRY_AT))["first"]
    if retry_at:
        DueWork.objects.create(workspace_id=workspace_id, kind=KIND, due_at=datetime.fromisoformat(retry_at))


def _hand_out(events: Sequence[DealEvent], consumers: Consumers, now: datetime) -> int:
    """Give all events to every consumer at once; if one refuses, event by event. Returns how many were refused."""
    fresh = [event for event in events if RETRY_KEY not in event.data]
    again = [event for event in events if RETRY_KEY in event.data]
    try:
        _consume(fresh, consumers)
    except Exception:
        logger.exception("event_batch_refused", events=len(fresh))
        return sum(not _hand_out_one(event, consumers, now) for event in events)
    DealEvent.objects.filter(pk__in=[event.pk for event in fresh]).update(dispatched_at=now)
    return sum(not _hand_out_one(event, consumers, now) for event in again)


def _hand_out_one(event: DealEvent, consumers: Consumers, now: datetime) -> bool:
    attempts = event.data.pop(RETRY_KEY, {}).get("attempts", 0) + 1
    try:
        _consume([event], consumers)
    except Exception as error:
        _note_refusal(event, error, attempts, now)
        return False
    event.dispatched_at = now
    event.save(update_fields=["dispatched_at", "data"])
    return True


def _consume(events: Sequence[DealEvent], consumers: Consumers) -> None:
    if not events:
        return
    with transaction.atomic():
        for consume in consumers.values():
            consume(events)
        # References are checked at commit otherwise: one that leads nowhere would then undo the whole batch, for ever.
        connection.check_constraints()


def _note_refusal(event: DealEvent, error: Exception, attempts: int, now: datetime) -> None:
    log = logger.bind(event_id=str(event.pk), kind=event.kind, attempts=attempts, exc_info=error)
    if attempts > len(PAUSES):
        # Visible: in the log, and for good in the event itself. The class alone: a message may hold personal data.
        event.dispatched_at = now
        event.data["failed"] = {"attempts": attempts, "error": type(error).__name__}
        log.error("event_given_up")
    else:
        retry_at = now + PAUSES[attempts - 1]
        event.data[RETRY_KEY] = {"attempts": attempts, "retry_at": _stamp(retry_at)}
        log.error("event_refused", retry_at=_stamp(retry_at))
    event.save(update_fields=["dispatched_at", "data"])


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
