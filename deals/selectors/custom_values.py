"""What deals have in the fields that their workspace has added."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from deals.models import DealFieldValue
from fields.models import CustomField, Subject
from fields.selectors.definitions import fields_of
from fields.selectors.values import FieldShown, Values, values_of


def deal_values(deal_ids: Collection[uuid.UUID], fields: Iterable[CustomField]) -> Values:
    """One query, none where there is no field."""
    return values_of(DealFieldValue, "deal", deal_ids, fields)


def fields_on(deal_id: uuid.UUID) -> list[FieldShown]:
    """Every field in use with the deal's value. Three queries, one where there is no field."""
    fields = fields_of(Subject.DEAL)
    had = deal_values([deal_id], fields)[deal_id]
    return [FieldShown(field, had.get(field.pk)) for field in fields]


def value_of(deal_id: uuid.UUID, field: CustomField) -> Any:
    """What the deal has there. One query."""
    return deal_values([deal_id], [field])[deal_id].get(field.pk)
