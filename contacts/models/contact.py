"""A person at the buyer's."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models.company import Company
from core import clock
from tenancy.models import Membership, TenantForeignKey, TenantModel


class Consent(models.TextChoices):
    """Consent to receive advertising mail: opt-in, with the day it was given or withdrawn beside it."""

    UNKNOWN = "unknown", _("Unknown")
    GIVEN = "given", _("Given")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Contact(TenantModel):
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

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "external_source", "external_id"],
                condition=Q(external_id__isnull=False),
                name="contacts_contact_external_key",
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "name", "id"], name="contacts_contact_name"),
            models.Index(fields=["workspace", "company", "id"], name="contacts_contact_company"),
            models.Index(fields=["workspace", "email"], name="contacts_contact_email"),
        ]

    def __str__(self) -> str:
        return self.name
