"""The buyer's people on a deal, each with what they are in it."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Contact
from contacts.services.contacts import create_contact
from core.errors import InvalidInput, NotFound
from deals.models import Deal, DealContact, EventKind
from deals.services.checks import checked_text
from deals.services.events import record_event
from deals.services.placing import lock_deal
from tenancy.permissions import Actor, Permission

MAX_PEOPLE = 50
MAX_ROLE = 80


@transaction.atomic
def add_person(*, deal_id: uuid.UUID, contact: Contact, actor: Actor, role: str = "") -> DealContact:
    """Put a known contact on the deal. Who is on it already stays as they are."""
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    if contact.deleted_at is not None:
        raise InvalidInput.of("contact", _("This contact was deleted."), "invalid_choice")
    return _add(deal, contact, checked_role(role), actor)


@transaction.atomic
def add_new_person(
    *,
    deal_id: uuid.UUID,
    actor: Actor,
    name: str,
    role: str = "",
    title: str = "",
    email: str = "",
    phone: str = "",
) -> DealContact:
    """Make a contact of the deal's company and put them on the deal.

    Raises InvalidInput, for an address that a contact has already as well: that one is meant.
    """
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    known = (
        Contact.objects.filter(email__iexact=email.strip(), deleted_at=None).first()
        if email.strip()
        else None
    )
    if known is not None:
        raise InvalidInput.of(
            "email",
            _("%(name)s has this address already. Search for the name and add them.") % {"name": known.name},
            "duplicate",
        )
    contact = create_contact(
        actor=actor, name=name, title=title, email=email, phone=phone, company=deal.company, owner=deal.owner
    )
    return _add(deal, contact, checked_role(role), actor)


@transaction.atomic
def change_role(
    *, deal_id: uuid.UUID, contact_id: uuid.UUID, role: str, actor: Actor
) -> tuple[DealContact, str]:
    """What the person is in this deal; with what they were before. A change of nothing writes nothing."""
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    link = _link(deal, contact_id)
    was, role = link.role, checked_role(role)
    if role != was:
        link.role = role
        link.save(update_fields=["role"])
        _record(deal, EventKind.PERSON_ROLE, contact_id, actor)
    return link, was


@transaction.atomic
def remove_person(*, deal_id: uuid.UUID, contact_id: uuid.UUID, actor: Actor) -> DealContact:
    """Take the person off the deal; the contact stays. The link as it was, for `add_person` to bring it back."""
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    link = _link(deal, contact_id)
    DealContact.objects.filter(pk=link.pk).delete()
    _record(deal, EventKind.PERSON_REMOVED, contact_id, actor)
    return link


def checked_role(role: str) -> str:
    return checked_text(" ".join(role.split()), "role", MAX_ROLE)


def _add(deal: Deal, contact: Contact, role: str, actor: Actor) -> DealContact:
    there = DealContact.objects.filter(deal=deal, contact=contact).first()
    if there is not None:
        return there
    if DealContact.objects.filter(deal=deal).count() >= MAX_PEOPLE:
        raise InvalidInput.of(
            "contact", _("A deal has at most %(max)s people.") % {"max": MAX_PEOPLE}, "too_many"
        )
    link = DealContact(deal=deal, contact=contact, role=role)
    link.save(force_insert=True)
    _record(deal, EventKind.PERSON_ADDED, contact.pk, actor)
    return link


def _link(deal: Deal, contact_id: uuid.UUID) -> DealContact:
    found = DealContact.objects.select_related("contact").filter(deal=deal, contact=contact_id).first()
    if found is None:
        raise NotFound
    return found


def _record(deal: Deal, kind: EventKind, contact_id: uuid.UUID, actor: Actor) -> None:
    record_event(deal=deal, kind=kind, actor=actor, data={"contact": str(contact_id)})
