from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from automation.models.alert import StallAlert
from core import clock
from deals.models import Deal, Note
from tenancy.models import Membership, TenantForeignKey, TenantModel


class NotificationKind(models.TextChoices):
    STALL = "stall", _("Deal stalled")
    MENTION = "mention", _("Mentioned in a note")


class Notification(TenantModel):
    """Something one member should know, in the app. (member, alert) and (member, note) are unique: told once."""

    member = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=12, choices=NotificationKind)
    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    alert = TenantForeignKey(
        StallAlert, on_delete=models.CASCADE, null=True, blank=True, related_name="notifications"
    )
    note = TenantForeignKey(Note, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "member", "alert"],
                condition=Q(alert__isnull=False),
                name="automation_notification_alert_key",
            ),
            models.UniqueConstraint(
                fields=["workspace", "member", "note"],
                condition=Q(note__isnull=False),
                name="automation_notification_note_key",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "member", "-created_at", "-id"], name="automation_notification_member"
            ),
            models.Index(
                fields=["workspace", "member"],
                condition=Q(read_at=None),
                name="automation_notification_unread",
            ),
            models.Index(fields=["workspace", "alert"], name="automation_notification_alert"),
            models.Index(fields=["workspace", "note"], name="automation_notification_note"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.member_id}"
