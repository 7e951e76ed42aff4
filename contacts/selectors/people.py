"""Companies and contacts, deleted ones left out."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from contacts.models import Company, Contact
from core.errors import NotFound
from tenancy.permissions import Actor


def companies(*, actor: Actor, search: str = "") -> QuerySet[Company]:
    """Those whose name or domain contains `search`."""
    rows = Company.objects.filter(deleted_at=None)
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(domain__icontains=search))
    return rows


def contacts(*, actor: Actor, search: str = "") -> QuerySet[Contact]:
    """Those whose name or e-mail contains `search`, with their company."""
    rows = Contact.objects.filter(deleted_at=None).select_related("company")
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(email__icontains=search))
    return rows


def get_company(company_id: uuid.UUID, *, actor: Actor) -> Company:
    found = companies(actor=actor).filter(pk=company_id).first()
    if found is None:
        raise NotFound
    return found


def get_contact(contact_id: uuid.UUID, *, actor: Actor) -> Contact:
    found = contacts(actor=actor).filter(pk=contact_id).first()
    if found is None:
        raise NotFound
    return found
