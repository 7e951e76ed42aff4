"""The stall alerts of the demo's past: what the sweep would have made of it, each on the morning after the limit.

Whoever was told has read it, but for the latest notices. What reaches its limit today is left to the sweep.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from automation.models import Notification, NotificationKind, StallAlert
from core import clock
from core.ids import uuid7
from deals.models import EventKind
from integrations.demo.calendar import Calendar
from integrations.demo.rows import OwnedStay
from integrations.demo.tables import Rows, past_event
from tenancy.models import Membership
from tenancy.selectors.members import alert_recipients

SWEPT_AFTER = timedelta(minutes=4)  # of the day
READ_AFTER = timedelta(hours=9, minutes=30)
UNREAD = 3  # the latest notices of each member


def add_alerts(rows: Rows, stays: Sequence[OwnedStay], *, calendar: Calendar) -> None:
    """Alerts on the stays, in order of time; each of these stays is marked as alerted."""
    recipients: dict[uuid.UUID | None, list[Membership]] = {}
    for moment, owned in sorted(_stalled(stays, calendar), key=lambda found: found[0]):
        alert = _alert(owned, moment, calendar, rows)
        owner = owned.owner
        key = owner.pk if owner else None
        if key not in recipients:
            recipients[key] = alert_recipients(owner=owner)
        rows.notices += [_notice(member, alert) for member in recipients[key]]
    _mark_read(rows.notices)


def _stalled(stays: Sequence[OwnedStay], calendar: Calendar) -> Iterator[tuple[datetime, OwnedStay]]:
    """When the sweep found each stay that lasted for its stage's stall days."""
    for owned in stays:
        stay = owned.stay
        if stay.stage.stall_days:
            reached = calendar.day(stay.entered_at) + timedelta(days=stay.stage.stall_days)
            moment = clock.start_of_day(reached, calendar.zone) + SWEPT_AFTER
            if moment < (stay.left_at or calendar.horizon):
                yield moment, owned


def _alert(owned: OwnedStay, moment: datetime, calendar: Calendar, rows: Rows) -> StallAlert:
    stay = owned.stay
    stay.alerted_at = moment
    alert = StallAlert(
        id=uuid7(),
        deal_id=stay.deal_id,
        stage=stay.stage,
        stay=stay,
        stalled_since=calendar.day(moment),
        created_at=moment,
    )
    data = {"stage": str(stay.stage_id), "since": alert.stalled_since.isoformat()}
    rows.events.append(past_event(stay.deal_id, EventKind.STALLED, moment, data, stay))
    rows.alerts.append(alert)
    return alert


def _notice(member: Membership, alert: StallAlert) -> Notification:
    return Notification(
        id=uuid7(),
        member=member,
        kind=NotificationKind.STALL,
        deal_id=alert.deal_id,
        alert=alert,
        created_at=alert.created_at,
    )


def _mark_read(notices: Sequence[Notification]) -> None:
    told: dict[uuid.UUID, list[Notification]] = defaultdict(list)
    for notice in notices:
        told[notice.member_id].append(notice)
    for of_member in told.values():
        for notice in of_member[:-UNREAD]:
            notice.read_at = notice.created_at + READ_AFTER
