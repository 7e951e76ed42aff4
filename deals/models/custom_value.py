"""What a deal has in the fields that its workspace has added."""

from __future__ import annotations

from django.db import models

from deals.models.deal import Deal
from fields.models import FieldValue, value_indexes, value_key
from tenancy.models import TenantForeignKey


class DealFieldValue(FieldValue):
    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="field_values")

    class Meta:
        constraints = [value_key("deal", "deals_fieldvalue")]
        indexes = value_indexes("deal", "deals_fieldvalue")
