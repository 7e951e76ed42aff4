"""Tags, and the buyer's people on a deal."""

from __future__ import annotations

from django.db import models

from contacts.models import Contact
from deals.models.deal import Deal
from tenancy.models import TenantForeignKey, TenantModel

MAX_TAGS = 20  # on one deal


class Tag(TenantModel):
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="deals_tag_name_key")]

    def __str__(self) -> str:
        return self.name


class DealTag(TenantModel):
    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="deal_tags")
    tag = TenantForeignKey(Tag, on_delete=models.CASCADE, related_name="deal_tags")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "deal", "tag"], name="deals_dealtag_key")]
        indexes = [models.Index(fields=["workspace", "tag", "deal"], name="deals_dealtag_tag")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.deal_id}"


class DealContact(TenantModel):
    """`role` is what the person is in this deal: approver, user, drafter…"""

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="deal_contacts")
    contact = TenantForeignKey(Contact, on_delete=models.PROTECT, related_name="deal_contacts")
    role = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "deal", "contact"], name="deals_dealcontact_key")
        ]
        indexes = [models.Index(fields=["workspace", "contact", "deal"], name="deals_dealcontact_contact")]

    def __str__(self) -> str:
        return f"{self.contact_id} on {self.deal_id}"
