"""The fields that a workspace has added."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from core.errors import NotFound
from fields.models import CustomField, FieldChoice
from fields.models.field import KEY, PREFIX


def with_choices(rows: QuerySet[CustomField]) -> QuerySet[CustomField]:
    choices = FieldChoice.objects.order_by("position", "id")
    return rows.order_by("position", "id").prefetch_related(Prefetch("choices", choices))


def fields_of(subject: str) -> list[CustomField]:
    """Those in use, in order, with all their choices. Two queries; one where there is none."""
    return list(with_choices(CustomField.objects.filter(subject=subject, archived_at=None)))


def archived_fields(subject: str) -> list[CustomField]:
    return list(
        CustomField.objects.filter(subject=subject).exclude(archived_at=None).order_by("-archived_at", "id")
    )


def field_in_use(field_id: uuid.UUID) -> CustomField:
    """Raises NotFound."""
    found = with_choices(CustomField.objects.filter(pk=field_id, archived_at=None)).first()
    if found is None:
        raise NotFound
    return found


def is_custom(name: str) -> bool:
    """Whether `name` is that of an added field ("cf_…") rather than of one that every record has."""
    return name.startswith(PREFIX)


def keys_in(names: Iterable[str]) -> list[str]:
    """The keys that `names` ("cf_…") speak of; what can be no key is left out."""
    keys = (name.removeprefix(PREFIX) for name in names if is_custom(name))
    return [key for key in keys if KEY.fullmatch(key)]


def fields_named(subject: str, names: Iterable[str]) -> dict[str, CustomField]:
    """Of `names` ("cf_…") those that are fields in use. Two queries; none where no name can be one."""
    keys = keys_in(names)
    if not keys:
        return {}
    rows = CustomField.objects.filter(subject=subject, archived_at=None, key__in=keys)
    return {field.column: field for field in with_choices(rows)}


def field_names(subject: str, names: Iterable[str]) -> dict[str, CustomField]:
    """The same with those that are no longer in use: what the history speaks of."""
    keys = keys_in(names)
    if not keys:
        return {}
    return {
        field.column: field
        for field in with_choices(CustomField.objects.filter(subject=subject, key__in=keys))
    }
