"""The post office of `core.post`: letters wait among the other mail, and travel with it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from automation.models import MailState, OutgoingMail
from automation.services.due_work import MAIL, leave_word
from core import clock, post


def take_letter(kind: str, row_id: uuid.UUID) -> None:
    """Keep it for the next run of the sender. Taken twice, it is sent once."""
    now = clock.now()
    mail = OutgoingMail(letter_kind=kind, letter_id=row_id, not_before=now, created_at=now)
    OutgoingMail.objects.bulk_create([mail], ignore_conflicts=True)
    leave_word(kind=MAIL, due_at=now)


def letter_of(mail: OutgoingMail) -> EmailMultiAlternatives | None:
    """The message, or None where nobody is to get it any more. The same Message-ID each time."""
    if mail.letter_id is None:
        raise ValueError("not a letter")
    message = post.written(mail.letter_kind, mail.letter_id)
    if message is not None:
        message.extra_headers |= {
            "Message-ID": f"<{mail.pk}@{urlsplit(settings.BASE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        }
    return message


def undelivered_letters(kind: str, row_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    found = OutgoingMail.objects.filter(letter_kind=kind, letter_id__in=row_ids, state=MailState.DEAD)
    return {row_id for row_id in found.values_list("letter_id", flat=True) if row_id is not None}
