"""A person at the buyer's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts.keys import EmailKey, PhoneKey, PlainKey, key_of
from contacts.models.company import Company
from core import clock
from tenancy.models import Membership, TenantForeignKey, TenantModel

if TYPE_CHECKING:
    from contacts.models.change import Change


class Consent(models.TextChoices):
    """Consent to receive advertising mail: opt-in, with the day it was given or withdrawn beside it."""

    UNKNOWN = "unknown", _("Unknown")
    GIVEN = "given", _("Given")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Contact(TenantModel):
    """`merged_into`: what a duplicate became, as with companies."""

    name = models.CharField(max_length=200)
    company = TenantForeignKey(
        Company, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts"
    )
    owner = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=120, blank=True)
    ad_consent = models.CharField(max_length=10, choices=Consent, default=Consent.UNKNOWN)
    ad_consent_at = models.DateTimeField(null=True, blank=True)
    external_source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=200, null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    merged_into = TenantForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    name_key = key_of(PlainKey, "name")
    email_key = key_of(EmailKey, "email")
    phone_key = key_of(PhoneKey, "phone")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "external_source", "external_id"],
                condition=Q(external_id__isnull=False),
                name="contacts_contact_external_key",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(deleted_at__isnull=False), name="contacts_contact_merged"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "name", "id"], name="contacts_contact_name"),
            models.Index(fields=["workspace", "company", "id"], name="contacts_contact_company"),
            models.Index(fields=["workspace", "email"], name="contacts_contact_email"),
            # The list and its search, and duplicates by name.
            models.Index(
                fields=["workspace", "name_key", "id"],
                include=["email_key", "phone_key", "company"],
                condition=Q(deleted_at=None),
                name="contacts_contact_name_key",
            ),
            models.Index(
                fields=["workspace", "email_key", "id"],
                condition=Q(deleted_at=None) & ~Q(email_key=""),
                name="contacts_contact_email_key",
            ),
            models.Index(
                fields=["workspace", "phone_key", "id"],
                condition=Q(deleted_at=None) & ~Q(phone_key=""),
                name="contacts_contact_phone_key",
            ),
            models.Index(
                F("workspace"),
                F("created_at").desc(),
                F("id").desc(),
                condition=Q(deleted_at=None),
                name="contacts_contact_created",
            ),
            models.Index(
                fields=["workspace", "merged_into"],
                condition=Q(merged_into__isnull=False),
                name="contacts_contact_merged_into",
            ),
        ]

    # In memory only: what the service that returned it has written down.
    last_change: Change | None = None

    def __str__(self) -> str:
        return self.name
