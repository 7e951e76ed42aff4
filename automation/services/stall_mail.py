"""The stall alert as a mail: rendered when it is sent, in the reader's language."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import ngettext

from automation.models import OutgoingMail, StallAlert
from core import clock
from tenancy.models import Membership, Workspace


def stall_mail(mail: OutgoingMail, *, workspace: Workspace) -> EmailMultiAlternatives | None:
    """The message, or None where nobody is to get it any more: the deal was deleted, the reader has left.

    The same Message-ID each time, so that a mail sent twice is shown once.
    """
    notice = mail.notification
    if notice is None or notice.deal is None or notice.alert is None or notice.deal.deleted_at:
        return None
    reader, deal, alert = notice.member, notice.deal, notice.alert
    user = reader.user
    if user is None or not reader.is_active or not has_address(reader):
        return None
    language = user.language or workspace.language
    with translation.override(language), timezone.override(workspace.zone):
        context = {
            "reader": reader,
            "deal": deal,
            "alert": alert,
            "days": days_in_stay(alert, workspace),
            "workspace": workspace,
            "url": f"{settings.BASE_URL}/w/{workspace.slug}/deals/{deal.pk}/",
            "language": language,
        }
        message = EmailMultiAlternatives(
            subject=subject_of(context),
            body=render_to_string("automation/mail/stalled.txt", context).strip() + "\n",
            to=[user.email],
            headers={"Message-ID": message_id(mail), "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string("automation/mail/stalled.html", context), "text/html")
    return message


def has_address(member: Membership) -> bool:
    """Whether mail can reach the member: people known only from an import have no address."""
    return member.user is not None and member.user.is_active and bool(member.user.email)


def days_in_stay(alert: StallAlert, workspace: Workspace) -> int:
    """Whole local days in the stage: until today, or until the deal left it."""
    until = alert.stay.left_at or clock.now()
    entered = clock.local_date(alert.stay.entered_at, workspace.zone)
    return (clock.local_date(until, workspace.zone) - entered).days


def subject_of(context: dict[str, Any]) -> str:
    names = {
        "deal": context["deal"].name,
        "stage": context["alert"].stage.name,
        "days": context["days"],
    }
    pattern = ngettext(
        "Stalled: “%(deal)s” has been in %(stage)s for %(days)s day",
        "Stalled: “%(deal)s” has been in %(stage)s for %(days)s days",
        names["days"],
    )
    # On one line: a name must not end the header.
    return " ".join((pattern % names).split())


def message_id(mail: OutgoingMail) -> str:
    return f"<{mail.pk}@{urlsplit(settings.BASE_URL).hostname}>"
