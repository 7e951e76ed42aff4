"""`custom_fields` of deals, companies and contacts: an object, key → value."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.errors import FieldError, InvalidInput
from fields.models import CustomField
from fields.models.field import PREFIX
from fields.selectors.definitions import fields_of, is_custom
from fields.selectors.values import Values, shown_json

type Load = Callable[[Collection[uuid.UUID], Iterable[CustomField]], Values]

VALUE = {
    "description": "By kind: text, decimal as text, date, true, choice id, list of choice ids, member id; or null."
}
OBJECT = {"type": "object", "additionalProperties": VALUE}


@extend_schema_field(OBJECT)
class CustomFieldsShown(serializers.Field):
    """Every field in use of the subject, null where there is no value.

    Two queries for all rows whose ids stand in the context under `custom_ids`; without it, for the one row shown.
    """

    def __init__(self, subject: str, load: Load) -> None:
        super().__init__(source="*", read_only=True, help_text="Key → value of every custom field.")
        self.subject, self.load = subject, load

    def to_representation(self, value: Any) -> dict[str, Any]:
        context: dict[str, Any] = self.context  # type: ignore[assignment]
        if "custom" not in context:
            fields = fields_of(self.subject)
            context["custom"] = fields, self.load(context.get("custom_ids", [value.pk]), fields)
        fields, values = context["custom"]
        return shown_json(fields, values[value.pk])


@extend_schema_field(OBJECT)
class CustomFieldsInput(serializers.Field):
    """Key → value; null clears, what is not named stays. Choices by id or name, members by id or address."""

    def __init__(self) -> None:
        super().__init__(required=False, help_text="Key → value; null clears, what is not named stays.")

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise serializers.ValidationError(_("An object is expected."), "invalid")
        return {f"{PREFIX}{key}": value for key, value in data.items()}


def taken_out(given: dict[str, Any]) -> dict[str, Any]:
    """The added fields of a body, by their names among all fields; they are gone from `given`."""
    found: dict[str, Any] = given.pop("custom_fields", {})
    return found


@contextmanager
def as_sent() -> Iterator[None]:
    """Name a field that is refused as the caller did: `custom_fields.<key>`."""
    try:
        yield
    except InvalidInput as problem:
        if not any(is_custom(error.field) for error in problem.errors):
            raise
        errors = [FieldError(sent_name(error.field), error.code, error.detail) for error in problem.errors]
        raise InvalidInput(problem.detail, errors=errors) from problem


def sent_name(name: str) -> str:
    return f"custom_fields.{name.removeprefix(PREFIX)}" if is_custom(name) else name


def ids_of(rows: Iterable[Any]) -> Mapping[str, Any]:
    """The context for a page of rows."""
    return {"custom_ids": [row.pk for row in rows]}
