"""What deals have in the fields that their workspace has added."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from deals.models import DealFieldValue
from fields.models import CustomField, FieldKind, Subject
from fields.selectors.definitions import fields_of
from fields.selectors.values import Values, values_of, words


@dataclass(frozen=True, slots=True)
class FieldShown:
    """A field of a record with what stands in it. `href` where that leads somewhere."""

    field: CustomField
    value: Any

    @property
    def name(self) -> str:
        return self.field.column

    @property
    def text(self) -> str:
        return words(self.field, self.value)

    @property
    def href(self) -> str:
        return str(self.value) if self.field.kind == FieldKind.LINK and self.value else ""


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
