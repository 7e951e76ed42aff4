"""The buyer's organisation."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from core import clock
from tenancy.models import Membership, TenantForeignKey, TenantModel
from tenancy.models.change import NAMES, change_trigger, touched


class Company(TenantModel):
    name = models.CharField(max_length=200)
    domain = models.CharField(max_length=253, blank=True)
    owner = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    industry = models.CharField(max_length=120, blank=True)
    external_source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=200, null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "external_source", "external_id"],
                condition=Q(external_id__isnull=False),
                name="contacts_company_external_key",
            )
        ]
        indexes = [models.Index(fields=["workspace", "name", "id"], name="contacts_company_name")]
        triggers = [
            change_trigger(
                pgtrigger.Update,
                f"SELECT {touched('new_rows', repr(NAMES))} FROM new_rows JOIN old_rows USING (id)",  # noqa: S608
                when_changed=("name",),
            )
        ]

    def __str__(self) -> str:
        return self.name
