"""`companies/{id}/merge/`, `contacts/{id}/merge/`, and the way back."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.fields import Ref
from api.schema import operation
from api.serializers import Body
from contacts.api.serializers import CompanyShown, ContactShown, companies_in_use
from contacts.models import Change, ChangeKind, Company, Contact
from contacts.selectors.people import get_company, get_contact
from core.errors import NotFound
from customers.selectors.merge import CHOICES
from customers.services.merge import merge_companies, merge_contacts, undo_merge
from fields.models.field import PREFIX

SENT = "custom_fields."  # before the key of an added field, as callers write it


def contacts_in_use() -> QuerySet[Contact]:
    return Contact.objects.filter(deleted_at=None)


def take_field(model: type[Any]) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=80),
        required=False,
        help_text=(
            "Facts that become the other's, by default those that this one lacks: "
            f"{', '.join(choice.name for choice in CHOICES[model])}, custom_fields.<key>."
        ),
    )


class CompanyMergeBody(Body):
    other = Ref(companies_in_use)
    take = take_field(Company)


class ContactMergeBody(Body):
    other = Ref(contacts_in_use)
    take = take_field(Contact)


class CompanyUnmergeBody(Body):
    other = Ref(Company.objects.all)


class ContactUnmergeBody(Body):
    other = Ref(Contact.objects.all)


class CompanyMergeView(ApiView):
    @operation(
        "companies_merge",
        "Merge another company into this one",
        body=CompanyMergeBody,
        answers={200: CompanyShown},
        problems=[409],
    )
    def post(self, request: Request, company_id: uuid.UUID) -> Response:
        get_company(company_id, actor=self.actor)
        given = self.body(CompanyMergeBody)
        kept = merge_companies(kept_id=company_id, **merging(given), actor=self.actor)
        return Response(CompanyShown(kept).data)


class ContactMergeView(ApiView):
    @operation(
        "contacts_merge",
        "Merge another contact into this one",
        body=ContactMergeBody,
        answers={200: ContactShown},
        problems=[409],
    )
    def post(self, request: Request, contact_id: uuid.UUID) -> Response:
        get_contact(contact_id, actor=self.actor)
        given = self.body(ContactMergeBody)
        kept = merge_contacts(kept_id=contact_id, **merging(given), actor=self.actor)
        return Response(ContactShown(kept).data)


class CompanyUnmergeView(ApiView):
    @operation(
        "companies_unmerge",
        "Undo a merge, within 30 days",
        body=CompanyUnmergeBody,
        answers={200: CompanyShown},
        problems=[409],
    )
    def post(self, request: Request, company_id: uuid.UUID) -> Response:
        kept = get_company(company_id, actor=self.actor)
        change = merge_of(kept.changes, self.body(CompanyUnmergeBody)["other"])
        undo_merge(change_id=change.pk, actor=self.actor)
        return Response(CompanyShown(get_company(company_id, actor=self.actor)).data)


class ContactUnmergeView(ApiView):
    @operation(
        "contacts_unmerge",
        "Undo a merge, within 30 days",
        body=ContactUnmergeBody,
        answers={200: ContactShown},
        problems=[409],
    )
    def post(self, request: Request, contact_id: uuid.UUID) -> Response:
        kept = get_contact(contact_id, actor=self.actor)
        change = merge_of(kept.changes, self.body(ContactUnmergeBody)["other"])
        undo_merge(change_id=change.pk, actor=self.actor)
        return Response(ContactShown(get_contact(contact_id, actor=self.actor)).data)


def merging(given: dict[str, Any]) -> dict[str, Any]:
    take = given.get("take")
    if take is not None:
        take = [f"{PREFIX}{name.removeprefix(SENT)}" if name.startswith(SENT) else name for name in take]
    return {"gone_id": given["other"].pk, "take": take}


def merge_of(changes: Any, other: Any) -> Change:
    """The merge that took `other` in. Raises NotFound."""
    rows = changes.filter(kind=ChangeKind.MERGED, data__gone=str(other.pk), undone_at=None)
    found: Change | None = rows.order_by("-at", "-id").first()
    if found is None:
        raise NotFound
    return found
