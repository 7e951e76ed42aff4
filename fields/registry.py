"""What the rooms above tell of the fields: they hold the values, and may not be able to do without a field."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fields.models import CustomField, FieldValue

# Says why the field is needed, "" when it is not.
type Objection = Callable[["CustomField"], str]

_stores: dict[str, type[FieldValue]] = {}
_objections: list[Objection] = []


def register_store(subject: str, model: type[FieldValue]) -> None:
    """Where the values of that subject's fields are."""
    _stores[subject] = model


def store_of(subject: str) -> type[FieldValue]:
    return _stores[subject]


def register_objection(objection: Objection) -> None:
    if objection not in _objections:
        _objections.append(objection)


def objections_to_archiving(field: CustomField) -> list[str]:
    return [said for objection in _objections if (said := objection(field))]
