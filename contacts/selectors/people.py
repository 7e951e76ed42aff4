"""Companies and contacts, deleted and merged ones left out."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet, Value

from contacts.keys import EmailKey, NameKey, PhoneKey, PlainKey
from contacts.models import Company, Contact
from core.errors import NotFound
from tenancy.permissions import Actor

# Fewer digits are an extension, or the beginning of everybody's number.
DIGITS = 4


def companies(*, actor: Actor, search: str = "") -> QuerySet[Company]:
    """Those whose name or domain contains `search`; case, width, blanks and the legal form do not matter."""
    rows = Company.objects.filter(deleted_at=None)
    search = cleaned(search)
    if search:
        by_domain = Q(domain_key__contains=search.lower())
        rows = rows.filter(Q(name_key__contains=NameKey(Value(search))) | by_domain)
    return rows


def contacts(*, actor: Actor, search: str = "") -> QuerySet[Contact]:
    """Those whose name, e-mail, telephone number or company contains `search`, with their company."""
    rows = Contact.objects.filter(deleted_at=None).select_related("company")
    search = cleaned(search)
    if search:
        found = Q(name_key__contains=PlainKey(Value(search))) | Q(email_key__contains=EmailKey(Value(search)))
        found |= Q(company__in=companies(actor=actor, search=search).values("pk"))
        if sum(each.isdigit() for each in search) >= DIGITS:
            found |= Q(phone_key__contains=PhoneKey(Value(search)))
        rows = rows.filter(found)
    return rows


def cleaned(text: str) -> str:
    """What a search may ask the database for."""
    return " ".join(text.replace("\x00", "").split())


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
