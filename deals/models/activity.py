"""Calls, meetings, e-mails, messages: where "last heard from the buyer" and a mailbox sync have one home."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from core import clock
from deals.models.deal import Deal
from tenancy.models import Membership, TenantForeignKey, TenantModel


class ActivityKind(models.TextChoices):
    CALL = "call", _("Call")
    MEETING = "meeting", _("Meeting")
    EMAIL = "email", _("E-mail")
    MESSAGE = "message", _("Message")


class Direction(models.TextChoices):
    FROM_BUYER = "in", _("From the buyer")
    TO_BUYER = "out", _("To the buyer")
    BOTH = "both", _("Both ways")


class Activity(TenantModel):
    """`before`: what an edit replaced, so that it can be taken back."""

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="activities")
    kind = models.CharField(max_length=8, choices=ActivityKind)
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.BOTH)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True, max_length=20_000)
    member = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    occurred_at = models.DateTimeField()
    external_message_id = models.CharField(max_length=300, null=True, blank=True)
    thread_id = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    before = models.JSONField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "external_message_id"],
                condition=Q(external_message_id__isnull=False),
                name="deals_activity_message_key",
            )
        ]
        indexes = [models.Index(fields=["workspace", "deal", "-occurred_at"], name="deals_activity_deal")]

    def __str__(self) -> str:
        return self.subject or self.kind


class ActivityParticipant(TenantModel):
    """Which of the buyer's people took part."""

    activity = TenantForeignKey(Activity, on_delete=models.CASCADE, related_name="participants")
    contact = TenantForeignKey(Contact, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "activity", "contact"], name="deals_participant_key")
        ]
        indexes = [models.Index(fields=["workspace", "contact"], name="deals_participant_contact")]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.activity_id}"
