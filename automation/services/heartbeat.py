"""Signs of life of the background processes, and the thinning of their ticks."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Now

from automation.models import Heartbeat
from core import clock

BEAT = "beat"
WORKER = "worker"
TICK = "tick:"


def record_heartbeat(*, sent_at: datetime | None) -> None:
    """The worker lives now; beat lived when it sent the message that the worker is reading."""
    now = clock.now()
    _note(WORKER, now)
    if sent_at is not None:
        # A beat whose clock is ahead must not look alive after its death.
        _note(BEAT, min(sent_at, now))


def claim_tick(*, name: str, every: timedelta) -> bool:
    """Whether to do this tick's work: not when another did within `every`, as with two beats or a backlog of ticks.

    By the database's clock: those of two workers may differ.
    """
    key = TICK + name
    stale = Q(at__lte=Now() - every) | Q(at__gt=Now() + every)
    if Heartbeat.objects.filter(stale, name=key).update(at=Now()):
        return True
    _, is_new = Heartbeat.objects.get_or_create(name=key, defaults={"at": Now()})
    return is_new


def _note(name: str, at: datetime) -> None:
    """Never backwards: an old message delivered again says nothing new."""
    if not Heartbeat.objects.filter(name=name, at__lt=at).update(at=at):
        Heartbeat.objects.bulk_create([Heartbeat(name=name, at=at)], ignore_conflicts=True)
