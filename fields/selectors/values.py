"""What records have in their added fields."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import pgettext

from core.formats import day_brief, figure, money_full
from core.money import from_units, plain
from fields.models import CustomField, FieldChoice, FieldKind, FieldValue
from fields.models.field import CHOOSING, COUNTED, WRITTEN
from tenancy.models import Membership

# Record → field → value: a text, Decimal, date, True, a Membership, a FieldChoice or a tuple of them.
type Values = dict[uuid.UUID, dict[uuid.UUID, Any]]


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


def values_of(
    model: type[FieldValue], owner: str, ids: Collection[uuid.UUID], fields: Iterable[CustomField]
) -> Values:
    """What these records have in these fields. One query, none where there is no field or record."""
    kinds = {field.pk: field.kind for field in fields}
    found: Values = defaultdict(dict)
    if not kinds or not ids:
        return found
    rows = model._default_manager.filter(**{f"{owner}_id__in": ids}, field_id__in=list(kinds))
    for row in rows.select_related("choice", "member").order_by("choice__position", "choice_id"):
        had = found[getattr(row, f"{owner}_id")]
        value = stored_value(row, kinds[row.field_id])
        if kinds[row.field_id] == FieldKind.CHOICES:
            value = (*had.get(row.field_id, ()), value)
        had[row.field_id] = value
    return found


def stored_value(row: FieldValue, kind: str) -> Any:
    if kind in CHOOSING:
        return row.choice
    if kind in COUNTED:
        return None if row.units is None else from_units(row.units)
    return {FieldKind.DATE: row.day, FieldKind.CHECKBOX: row.flag, FieldKind.MEMBER: row.member}.get(
        FieldKind(kind), row.text
    )


def filled(
    model: type[FieldValue], owner: str, ids: Collection[uuid.UUID], keys: Collection[str]
) -> set[tuple[uuid.UUID, str]]:
    """(record, field's key) pairs in which there is something. One query, none where no key is asked."""
    if not keys or not ids:
        return set()
    rows = model._default_manager.filter(
        **{f"{owner}_id__in": ids}, field__key__in=keys, field__archived_at=None
    )
    return set(rows.values_list(f"{owner}_id", "field__key"))


def as_json(value: Any) -> Any:
    """As the API and the history keep it: ids for choices and members, decimals as texts."""
    if isinstance(value, tuple):
        return [str(each.pk) for each in value]
    if isinstance(value, FieldChoice | Membership):
        return str(value.pk)
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else value


def from_json(field: CustomField, kept: Any) -> Any:
    """The value of which `as_json` kept this, whether or not it could still be chosen. A query for a member."""
    if kept in (None, "", []):
        return None
    if field.kind in CHOOSING:
        ids = kept if isinstance(kept, list) else [kept]
        found = tuple(choice for choice in field.choices.all() if str(choice.pk) in ids)
        return found if field.kind == FieldKind.CHOICES else next(iter(found), None)
    if field.kind == FieldKind.MEMBER:
        return Membership.objects.filter(pk=kept).first()
    if field.kind in COUNTED:
        return Decimal(kept)
    return date.fromisoformat(kept) if field.kind == FieldKind.DATE else kept


def shown_json(fields: Iterable[CustomField], had: Mapping[uuid.UUID, Any]) -> dict[str, Any]:
    """Key → value of every field in use, null where there is none."""
    return {field.key: as_json(had.get(field.pk)) for field in fields}


def words(field: CustomField, value: Any) -> str:
    """The value as it reads; "" for none."""
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return ", ".join(each.name for each in value)
    if isinstance(value, Membership):
        return value.display_name
    if isinstance(value, FieldChoice):
        return value.name
    if isinstance(value, bool):
        return pgettext("answer", "yes") if value else pgettext("answer", "no")
    if field.kind == FieldKind.MONEY:
        return money_full(value, field.currency)
    if isinstance(value, Decimal):
        return figure(value)
    return day_brief(value) if isinstance(value, date) else str(value)


def words_of_json(field: CustomField, value: Any, members: Mapping[str, str]) -> str:
    """The same of what `as_json` kept: choices by the field's own, members by `members`, id → name."""
    if value in (None, "", []):
        return ""
    if field.kind in CHOOSING:
        names = {str(choice.pk): choice.name for choice in field.choices.all()}
        ids = value if isinstance(value, list) else [value]
        return ", ".join(names.get(ident, "–") for ident in ids)
    if field.kind == FieldKind.MEMBER:
        return members.get(value, "–")
    if field.kind in COUNTED:
        return words(field, Decimal(value))
    if field.kind == FieldKind.DATE:
        return words(field, date.fromisoformat(value))
    return words(field, value)


def is_written(kind: str) -> bool:
    """Whether people write its values: texts stay out of logs that cannot be erased."""
    return kind in WRITTEN
