"""What companies and people have in the fields that their workspace has added."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from contacts.models import Company, CompanyFieldValue, Contact, ContactFieldValue
from fields.models import CustomField, FieldValue, Subject
from fields.selectors.definitions import fields_of
from fields.selectors.values import FieldShown, Values, values_of

# Model → where its values are, what they call the record, and whose fields they are of.
STORES: dict[type[Any], tuple[type[FieldValue], str, Subject]] = {
    Company: (CompanyFieldValue, "company", Subject.COMPANY),
    Contact: (ContactFieldValue, "contact", Subject.CONTACT),
}


def record_values(model: type[Any], ids: Collection[uuid.UUID], fields: Iterable[CustomField]) -> Values:
    """One query, none where there is no field."""
    store, owner, _subject = STORES[model]
    return values_of(store, owner, ids, fields)


def fields_on(record: Company | Contact) -> list[FieldShown]:
    """Every field in use with what the record has there. Three queries, one where there is no field."""
    fields = fields_of(STORES[type(record)][2])
    had = record_values(type(record), [record.pk], fields)[record.pk]
    return [FieldShown(field, had.get(field.pk)) for field in fields]
