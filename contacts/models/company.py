"""The buyer's organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import F, Q

from contacts.keys import DomainKey, NameKey, key_of
from core import clock
from tenancy.models import Membership, TenantForeignKey, TenantModel
from tenancy.models.change import NAMES, change_trigger, touched

if TYPE_CHECKING:
    from contacts.models.change import Change


class Company(TenantModel):
    """`merged_into`: what a duplicate became. Its row stays out of sight and keeps its name and external id, by which
    an import finds the company that stayed."""

    name = models.CharField(max_length=200)
    domain = models.CharField(max_length=253, blank=True)
    owner = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    industry = models.CharField(max_length=120, blank=True)
    external_source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=200, null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    merged_into = TenantForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    name_key = key_of(NameKey, "name")
    domain_key = key_of(DomainKey, "domain")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "external_source", "external_id"],
                condition=Q(external_id__isnull=False),
                name="contacts_company_external_key",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(deleted_at__isnull=False), name="contacts_company_merged"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "name", "id"], name="contacts_company_name"),
            # The list and its search, and duplicates by name.
            models.Index(
                fields=["workspace", "name_key", "id"],
                include=["domain_key"],
                condition=Q(deleted_at=None),
                name="contacts_company_name_key",
            ),
            models.Index(
                fields=["workspace", "domain_key", "id"],
                condition=Q(deleted_at=None) & ~Q(domain_key=""),
                name="contacts_company_domain_key",
            ),
            models.Index(
                F("workspace"),
                F("created_at").desc(),
                F("id").desc(),
                condition=Q(deleted_at=None),
                name="contacts_company_created",
            ),
            models.Index(
                fields=["workspace", "merged_into"],
                condition=Q(merged_into__isnull=False),
                name="contacts_company_merged_into",
            ),
        ]
        triggers = [
            change_trigger(
                pgtrigger.Update,
                f"SELECT {touched('new_rows', repr(NAMES))} FROM new_rows JOIN old_rows USING (id)",  # noqa: S608
                when_changed=("name",),
            )
        ]

    # In memory only: what the service that returned it has written down.
    last_change: Change | None = None

    def __str__(self) -> str:
        return self.name
