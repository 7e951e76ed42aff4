from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from automation.models.notification import Notification
from core import clock
from tenancy.models import TenantForeignKey, TenantModel


class MailState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Given up")


class OutgoingMail(TenantModel):
    """One mail to send: claimed by a lease, sent with the same Message-ID each time, at least once, never zero.

    Subject and body are rendered at sending, in the reader's language: from the notification, or, for a letter
    (`core.post`), by the writer of its kind.
    """

    notification = TenantForeignKey(
        Notification, on_delete=models.CASCADE, null=True, blank=True, related_name="mails"
    )
    letter_kind = models.CharField(max_length=20, blank=True)
    letter_id = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=MailState, default=MailState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(default=clock.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "notification"], name="automation_outgoingmail_key"),
            models.UniqueConstraint(
                fields=["workspace", "letter_kind", "letter_id"],
                condition=Q(letter_id__isnull=False),
                name="automation_outgoingmail_letter",
            ),
            models.CheckConstraint(
                condition=Q(notification__isnull=False, letter_id=None)
                | Q(notification=None, letter_id__isnull=False),
                name="automation_outgoingmail_one_source",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "not_before"],
                condition=Q(state="waiting"),
                name="automation_outgoingmail_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.notification_id or self.letter_id}"
