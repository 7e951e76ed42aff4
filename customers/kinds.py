"""The two kinds of records that the pages are of, and what differs between them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from contacts.models import Company, Contact
from contacts.selectors.people import get_company, get_contact
from contacts.services.companies import delete_company, edit_company
from contacts.services.contacts import delete_contact, edit_contact
from customers.services.merge import merge_companies, merge_contacts
from tenancy.permissions import Actor


@dataclass(frozen=True, slots=True)
class Kind:
    """`key` names templates and URLs; `get`, `edit`, `delete` and `merge` are the services of this kind."""

    key: str
    model: Any
    list_name: str
    id_name: str
    get: Callable[..., Any]
    edit: Callable[..., Any]
    delete: Callable[..., Any]
    merge: Callable[..., Any]

    @property
    def is_company(self) -> bool:
        return self.key == "company"

    def url(self, name: str, slug: str, *args: Any) -> str:
        """`name`: "" for the record's page, else what is done there: "merge"."""
        return reverse(f"contacts:{self.key}{'_' if name else ''}{name}", args=[slug, *args])

    def list_url(self, slug: str) -> str:
        return reverse(f"contacts:{self.list_name}", args=[slug])

    def edit_one(
        self,
        record_id: uuid.UUID,
        changes: Mapping[str, Any],
        *,
        actor: Actor,
        expected: Mapping[str, Any] | None,
    ) -> Any:
        return self.edit(**{self.id_name: record_id}, changes=changes, actor=actor, expected=expected)

    def delete_one(self, record_id: uuid.UUID, *, actor: Actor) -> Any:
        return self.delete(**{self.id_name: record_id}, actor=actor)


COMPANY = Kind(
    "company",
    Company,
    "companies",
    "company_id",
    get_company,
    edit_company,
    delete_company,
    merge_companies,
)
PERSON = Kind(
    "person", Contact, "people", "contact_id", get_contact, edit_contact, delete_contact, merge_contacts
)


def kind_of(record: Any) -> Kind:
    return COMPANY if isinstance(record, Company) else PERSON
