"""Mark notices as read: everybody their own."""

from __future__ import annotations

import uuid

from django.db import transaction

from automation.models import Notification
from automation.selectors.notices import notices_of
from core import clock
from core.errors import NotFound
from tenancy.permissions import Actor


@transaction.atomic
def mark_notice_read(*, notice_id: uuid.UUID, actor: Actor) -> Notification:
    """The notice, read. Once read it keeps its moment. Raises NotFound, for somebody else's as well."""
    notice = notices_of(actor).filter(pk=notice_id).first()
    if notice is None:
        raise NotFound
    Notification.objects.filter(pk=notice.pk, read_at=None).update(read_at=clock.now())
    return notice


@transaction.atomic
def mark_all_read(*, actor: Actor) -> int:
    """How many were unread."""
    return Notification.objects.filter(member_id=actor.member_id, read_at=None).update(read_at=clock.now())
