"""What a member was told."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet

from automation.models import MailState, Notification, OutgoingMail
from core import clock
from deals.selectors.visible import visible_to
from tenancy.permissions import Actor, Permission

PAGE = 50
UNDELIVERED_DAYS = 30
MOST_UNDELIVERED = 5


@dataclass(frozen=True, slots=True)
class NoticePage:
    """`next_before` is the id that the following page comes after; None on the last one."""

    notices: Sequence[Notification]
    next_before: uuid.UUID | None


def notices_of(actor: Actor) -> QuerySet[Notification]:
    """The actor's own notices of deals that they may see: those of a deleted deal or note are gone, as it is."""
    rows = Notification.objects.filter(member_id=actor.member_id, deal__in=visible_to(actor))
    return rows.filter(Q(note=None) | Q(note__deleted_at=None))


def unread_notices(actor: Actor) -> int:
    return notices_of(actor).filter(read_at=None).count()


def notice_page(actor: Actor, *, before: uuid.UUID | None = None) -> NoticePage:
    """Newest first, PAGE at a time, those after the notice `before`. Two queries; an unknown `before` is the start."""
    rows = (
        notices_of(actor)
        .select_related("deal__company", "alert__stage", "note__author")
        .order_by("-created_at", "-pk")
    )
    mark = notices_of(actor).filter(pk=before).values_list("created_at", "pk").first() if before else None
    if mark is not None:
        created_at, pk = mark
        rows = rows.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, pk__lt=pk))
    found = list(rows[: PAGE + 1])
    return NoticePage(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def undelivered_mails(actor: Actor) -> Sequence[OutgoingMail]:
    """For those who manage members: the latest mails of the last UNDELIVERED_DAYS days that were given up."""
    if not actor.can(Permission.MANAGE_MEMBERS):
        return []
    since = clock.now() - timedelta(days=UNDELIVERED_DAYS)
    rows = OutgoingMail.objects.filter(
        state=MailState.DEAD, created_at__gte=since, notification__deal__in=visible_to(actor)
    )
    return list(
        rows.select_related("notification__member", "notification__deal").order_by("-created_at", "-pk")[
            :MOST_UNDELIVERED
        ]
    )
