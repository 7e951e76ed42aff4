"""Make, change and delete contacts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Contact
from contacts.models.contact import Consent
from contacts.selectors.held import hold_company
from contacts.services.changes import (
    check_expected,
    facts_of,
    own_facts,
    record_deletion,
    record_edit,
    write_custom,
)
from contacts.services.external import check_external, unique_external
from contacts.services.texts import checked_text
from core import clock
from core.errors import InvalidInput, NotFound
from core.ids import uuid7
from tenancy.permissions import Actor, Permission

TEXTS = ("name", "email", "phone", "title", "external_source", "external_id")
REFERENCES = ("company", "owner")


@transaction.atomic
def create_contact(*, actor: Actor, name: str, **fields: Any) -> Contact:
    """Raises InvalidInput, DuplicateExternalId, NotAllowed."""
    actor.require(Permission.EDIT_DEALS)
    contact = Contact(id=uuid7())
    apply_changes(contact, {"name": name, **own_facts(fields)})
    with unique_external(Contact, contact.external_source, contact.external_id):
        contact.save(force_insert=True)
    write_custom(contact, fields)
    return contact


@transaction.atomic
def edit_contact(
    *,
    contact_id: uuid.UUID,
    changes: Mapping[str, Any],
    actor: Actor,
    expected: Mapping[str, Any] | None = None,
) -> Contact:
    """Set the fields of `changes`, and write down what became of what. A change of the consent is dated.

    `expected` as with companies.
    """
    actor.require(Permission.EDIT_DEALS)
    contact = lock_contact(contact_id)
    before = facts_of(contact)
    check_expected(contact, before, expected)
    was = (contact.external_source, contact.external_id)
    apply_changes(contact, own_facts(changes))
    new = (contact.external_source, contact.external_id)
    with unique_external(Contact, new[0], None if new == was else new[1]):
        contact.save()
    custom = write_custom(contact, changes)
    contact.last_change = record_edit(contact, before=before, actor=actor, custom=custom)
    return contact


@transaction.atomic
def delete_contact(*, contact_id: uuid.UUID, actor: Actor) -> Contact:
    """Take the contact out of sight. On its deals it stays in the records, and comes back with the undo."""
    actor.require(Permission.EDIT_DEALS)
    contact = lock_contact(contact_id)
    contact.deleted_at = clock.now()
    contact.save(update_fields=["deleted_at"])
    contact.last_change = record_deletion(contact, actor=actor)
    return contact


def lock_contact(contact_id: uuid.UUID) -> Contact:
    found = Contact.objects.select_for_update(no_key=True).filter(pk=contact_id, deleted_at=None).first()
    if found is None:
        raise NotFound
    return found


def apply_changes(contact: Contact, changes: Mapping[str, Any]) -> None:
    for field, value in changes.items():
        if field in TEXTS:
            setattr(contact, field, checked_text(Contact, field, value))
        elif field in REFERENCES:
            if field == "company" and value is not None and value.pk != contact.company_id:
                check_company(value.pk)
            setattr(contact, field, value)
        elif field == "ad_consent":
            set_consent(contact, value)
        else:
            raise InvalidInput.of(field, _("This field cannot be changed here."), "read_only")
    check_address(contact.email)
    check_external(contact.external_source, contact.external_id)


def check_company(company_id: uuid.UUID) -> None:
    """Raise InvalidInput for one that was deleted or merged meanwhile; nobody deletes it before this is written."""
    if hold_company(company_id) is None:
        raise InvalidInput.of("company", _("This company was deleted."), "invalid_choice")


def set_consent(contact: Contact, consent: str) -> None:
    if consent not in Consent.values:
        raise InvalidInput.of("ad_consent", _("Choose one of the three states."), "invalid_choice")
    if consent != contact.ad_consent:
        contact.ad_consent = consent
        contact.ad_consent_at = None if consent == Consent.UNKNOWN else clock.now()


def check_address(email: str) -> None:
    if not email:
        return
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidInput.of("email", _("This is not an e-mail address.")) from error
