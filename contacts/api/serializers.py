"""Companies and contacts as the API reads and shows them."""

from __future__ import annotations

from functools import partial

from django.db.models import QuerySet
from rest_framework import serializers

from api.fields import Moment, Ref, Text
from api.serializers import Body, Shown
from contacts.models import Company, Contact
from contacts.models.contact import Consent
from contacts.selectors.custom_values import record_values
from contacts.services.external import MAX_ID, MAX_SOURCE
from fields.api.values import CustomFieldsInput, CustomFieldsShown
from tenancy.models import Membership
from tenancy.selectors.members import members


def assignable_members() -> QuerySet[Membership]:
    return members().filter(deactivated_at=None)


def companies_in_use() -> QuerySet[Company]:
    return Company.objects.filter(deleted_at=None)


class CompanyShown(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()
    domain = serializers.CharField()
    industry = serializers.CharField()
    owner = serializers.UUIDField(source="owner_id", allow_null=True)
    external_source = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    created_at = Moment()
    custom_fields = CustomFieldsShown("company", partial(record_values, Company))


class CompanyEditBody(Body):
    name = Text(max_length=200, required=False)
    domain = Text(max_length=253, required=False, allow_blank=True)
    industry = Text(max_length=120, required=False, allow_blank=True)
    owner = Ref(assignable_members, required=False, allow_null=True)
    external_source = Text(max_length=MAX_SOURCE, required=False, allow_blank=True)
    external_id = Text(max_length=MAX_ID, required=False, allow_null=True)
    custom_fields = CustomFieldsInput()


class CompanyBody(CompanyEditBody):
    name = Text(max_length=200)


class ContactShown(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()
    company = serializers.UUIDField(source="company_id", allow_null=True)
    company_name = serializers.CharField(source="company.name", allow_null=True, default=None)
    owner = serializers.UUIDField(source="owner_id", allow_null=True)
    email = serializers.CharField()
    phone = serializers.CharField()
    title = serializers.CharField()
    ad_consent = serializers.ChoiceField(Consent.choices)
    ad_consent_at = Moment(allow_null=True)
    external_source = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    created_at = Moment()
    custom_fields = CustomFieldsShown("contact", partial(record_values, Contact))


class ContactEditBody(Body):
    name = Text(max_length=200, required=False)
    company = Ref(companies_in_use, required=False, allow_null=True)
    owner = Ref(assignable_members, required=False, allow_null=True)
    email = Text(max_length=254, required=False, allow_blank=True)
    phone = Text(max_length=40, required=False, allow_blank=True)
    title = Text(max_length=120, required=False, allow_blank=True)
    ad_consent = serializers.ChoiceField(Consent.choices, required=False)
    external_source = Text(max_length=MAX_SOURCE, required=False, allow_blank=True)
    external_id = Text(max_length=MAX_ID, required=False, allow_null=True)
    custom_fields = CustomFieldsInput()


class ContactBody(ContactEditBody):
    name = Text(max_length=200)
