"""Find deals that have stalled and tell those whom it concerns: once for each stay, however many sweeps run at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from automation.models import Notification, NotificationKind, OutgoingMail, StallAlert
from automation.services.due_work import MAIL, leave_word
from automation.services.stall_mail import has_address
from core import clock, outbox
from core.ids import uuid7
from deals.models import DealEvent, EventKind, Outcome, StageStay
from pipeline.models import Stage
from tenancy.models import Membership
from tenancy.scope import current_workspace_id, current_zone, workspace_scope
from tenancy.selectors.members import alert_recipients

BATCH = 200

type Recipients = dict[uuid.UUID | None, list[Membership]]


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep made."""

    alerts: int = 0
    mails: int = 0


def sweep_workspace_stalled(*, workspace_id: uuid.UUID, as_of: datetime | None = None) -> Swept:
    """Alert on every deal of the workspace that has reached its stage's stall days at `as_of` (default: now).

    A transaction for each batch. The cost goes with what has newly stalled: a few statements for a batch, and three
    for each owner among it.
    """
    now = as_of or clock.now()
    with workspace_scope(workspace_id):
        stages = list(Stage.objects.filter(stall_days__gt=0, archived_at=None).order_by("pk"))
    alerts = mails = 0
    recipients: Recipients = {}
    for stage in stages:
        while True:
            with workspace_scope(workspace_id):
                stays = _claim(stage, now)
                made = _alert_on(stays, stage, now, recipients)
            alerts += made.alerts
            mails += made.mails
            if len(stays) < BATCH:
                break
    return Swept(alerts, mails)


def _claim(stage: Stage, now: datetime) -> list[StageStay]:
    """A batch of stays to alert on, held to the end together with their deals.

    Rows that another sweep, or somebody who moves the deal, holds are left to them or to the next sweep. The deal is
    held as well because the alert refers to it: waiting for it at commit could deadlock with a move.
    """
    zone = current_zone()
    today = clock.local_date(now, zone)
    awake = Q(deal__snoozed_until=None) | Q(deal__snoozed_until__lte=today)
    return list(
        StageStay.objects.filter(
            awake,
            stage=stage,
            entered_at__lt=clock.entered_before(stage.stall_days, today, zone),
            left_at=None,
            voided_at=None,
            alerted_at=None,
            deal__outcome=Outcome.OPEN,
            deal__deleted_at=None,
        )
        .select_related("deal__owner")
        .order_by("entered_at", "pk")
        .select_for_update(skip_locked=True, no_key=True, of=("self", "deal"))[:BATCH]
    )


def _alert_on(stays: Sequence[StageStay], stage: Stage, now: datetime, recipients: Recipients) -> Swept:
    if not stays:
        return Swept()
    zone = current_zone()
    told = set(StallAlert.objects.filter(stay__in=stays).values_list("stay_id", flat=True))
    alerts = [
        StallAlert(
            id=uuid7(),
            deal=stay.deal,
            stage=stage,
            stay=stay,
            stalled_since=clock.local_date(stay.entered_at, zone) + timedelta(days=stage.stall_days),
            created_at=now,
        )
        for stay in stays
        if stay.pk not in told
    ]
    StallAlert.objects.bulk_create(alerts)
    StageStay.objects.filter(pk__in=[stay.pk for stay in stays]).update(alerted_at=now)
    mails = _notify(alerts, recipients, now)
    _record_events(alerts, now)
    return Swept(len(alerts), mails)


def _notify(alerts: Iterable[StallAlert], recipients: Recipients, now: datetime) -> int:
    """Notifications for everybody concerned, and mails to those among them who have an address. Returns the mails."""
    notices = [
        Notification(
            id=uuid7(),
            member=member,
            kind=NotificationKind.STALL,
            deal=alert.deal,
            alert=alert,
            created_at=now,
        )
        for alert in alerts
        for member in _concerned(alert.deal.owner, recipients)
    ]
    Notification.objects.bulk_create(notices)
    mails = [
        OutgoingMail(notification=notice, not_before=now, created_at=now)
        for notice in notices
        if has_address(notice.member)
    ]
    OutgoingMail.objects.bulk_create(mails)
    if mails:
        leave_word(kind=MAIL, due_at=now)
    return len(mails)


def _concerned(owner: Membership | None, recipients: Recipients) -> list[Membership]:
    key = owner.pk if owner else None
    if key not in recipients:
        recipients[key] = alert_recipients(owner=owner)
    return recipients[key]


def _record_events(alerts: Sequence[StallAlert], now: datetime) -> None:
    DealEvent.objects.bulk_create(
        DealEvent(
            deal=alert.deal,
            stay=alert.stay,
            kind=EventKind.STALLED,
            at=now,
            data={"stage": str(alert.stage_id), "since": alert.stalled_since.isoformat()},
        )
        for alert in alerts
    )
    if alerts:
        outbox.announce(current_workspace_id())
