from __future__ import annotations

from django.db import models

from core import clock
from deals.models.deal import Deal
from tenancy.models import Membership, TenantForeignKey, TenantModel


class Note(TenantModel):
    """Markdown on a deal. Who is called by name stands in it as @{id}, so that a new name follows.

    `before`: what an edit replaced, so that it can be taken back; texts stay in their own rows.
    """

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="notes")
    author = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    body = models.TextField(max_length=20_000)
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    before = models.JSONField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "deal", "-created_at"], name="deals_note_deal")]

    def __str__(self) -> str:
        return self.body[:80]
