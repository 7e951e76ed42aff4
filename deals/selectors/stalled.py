"""Deals that have not moved for their stage's stall days, and those about to.

The days are local ones, so each limit becomes an instant in the workspace's zone: a comparison that the index
(workspace, stage, stage_entered_at) answers.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import Q

from core import clock
from deals.models import Outcome
from pipeline.models import Stage
from tenancy.scope import current_zone

type Limits = Mapping[int, Sequence[uuid.UUID]]


def stall_limits() -> Limits:
    """Stall days → the stages that have them. One query. Stages with 0 days never stall and are not in it."""
    limits: dict[int, list[uuid.UUID]] = {}
    for stage_id, days in Stage.objects.filter(stall_days__gt=0).values_list("pk", "stall_days"):
        limits.setdefault(days, []).append(stage_id)
    return limits


def stalled_q(*, as_of: datetime, limits: Limits | None = None) -> Q:
    """The deals that are stalled at `as_of`: open, not deleted, not snoozed, in the stage for its stall days or more.

    The same answer as `Deal.is_stalled`. One query for the limits, unless given.
    """
    zone = current_zone()
    today = clock.local_date(as_of, zone)
    reached = Q(pk__in=[])
    for days, stages in (stall_limits() if limits is None else limits).items():
        reached |= Q(stage_id__in=stages, stage_entered_at__lt=clock.entered_before(days, today, zone))
    return awake_q(today) & reached


def near_stall_q(*, as_of: datetime, limits: Limits | None = None) -> Q:
    """The deals that have used three quarters of their stall days, but are not stalled yet."""
    zone = current_zone()
    today = clock.local_date(as_of, zone)
    reached = Q(pk__in=[])
    for days, stages in (stall_limits() if limits is None else limits).items():
        reached |= Q(
            stage_id__in=stages,
            stage_entered_at__lt=clock.entered_before(near_from(days), today, zone),
            stage_entered_at__gte=clock.entered_before(days, today, zone),
        )
    return awake_q(today) & reached


def awake_q(today: date) -> Q:
    """Open, not deleted, and not put aside on that day."""
    return Q(outcome=Outcome.OPEN, deleted_at=None) & (Q(snoozed_until=None) | Q(snoozed_until__lte=today))


def near_from(limit: int) -> int:
    """The day in the stage from which a deal is near its limit: three quarters of it, rounded up."""
    return -(-limit * 3 // 4)


def snoozed_q(today: date) -> Q:
    """Put aside until a later day, with a reason kept in the deal's notes."""
    return Q(outcome=Outcome.OPEN, deleted_at=None, snoozed_until__gt=today)
