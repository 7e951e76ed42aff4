"""What a company or a person has in the fields that the workspace has added."""

from __future__ import annotations

from django.db import models

from contacts.models.company import Company
from contacts.models.contact import Contact
from fields.models import FieldValue, value_indexes, value_key
from tenancy.models import TenantForeignKey


class CompanyFieldValue(FieldValue):
    company = TenantForeignKey(Company, on_delete=models.CASCADE, related_name="field_values")

    class Meta:
        constraints = [value_key("company", "contacts_companyvalue")]
        indexes = value_indexes("company", "contacts_companyvalue")


class ContactFieldValue(FieldValue):
    contact = TenantForeignKey(Contact, on_delete=models.CASCADE, related_name="field_values")

    class Meta:
        constraints = [value_key("contact", "contacts_personvalue")]
        indexes = value_indexes("contact", "contacts_personvalue")
