"""Custom fields of deals in a file: `custom_fields.<key>` in a mapping, or a column that has the field's name."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import batched
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.ids import uuid7
from deals.models import DealFieldValue
from fields.models import CustomField, FieldKind, Subject
from fields.models.field import COUNTED, PREFIX
from fields.selectors.definitions import fields_named
from fields.selectors.values import Values, values_of
from fields.services.values import checked, rows_for
from integrations.importing.copying import copy_to_temporary
from integrations.importing.mapping import CUSTOM as NAME
from integrations.importing.values import Times
from tenancy.scope import current_workspace_id

BATCH = 5000
COLUMNS = {
    "id": "uuid",
    "deal_id": "uuid",
    "field_id": "uuid",
    "text": "text",
    "units": "bigint",
    "day": "date",
    "flag": "boolean",
    "choice_id": "uuid",
    "member_id": "uuid",
}
TABLE = "import_field_value"
INSERT = f"""
INSERT INTO deals_dealfieldvalue (workspace_id, {", ".join(COLUMNS)})
SELECT %s, {", ".join(COLUMNS)} FROM {TABLE}
"""  # noqa: S608 - names of our own
# Deal → field → value, as `fields.services.values.checked` makes it.
type Said = Mapping[CustomField, Any]


def is_custom(name: str) -> bool:
    return name.startswith(NAME)


def fields_in(names: Iterable[str]) -> dict[str, CustomField]:
    """The fields that a mapping names. Raises InvalidInput for one that does not exist or is archived."""
    wanted = {name: f"{PREFIX}{name.removeprefix(NAME)}" for name in names if is_custom(name)}
    known = fields_named(Subject.DEAL, wanted.values())
    for name, column in wanted.items():
        if column not in known:
            reason = _("There is no field with the key “%(key)s” here.") % {"key": name.removeprefix(NAME)}
            detail = _("Mapping, %(path)s: %(reason)s") % {"path": f"fields.{name}", "reason": reason}
            raise InvalidInput.of("mapping", detail)
    return {name: known[column] for name, column in wanted.items()}


class CustomReader:
    """Reads texts as values. Each text of a field is looked at once: a choice stands in thousands of rows."""

    def __init__(self, times: Times, decimal: str) -> None:
        self._times = times
        self._decimal = decimal
        self._seen: dict[tuple[uuid.UUID, str], Any] = {}

    def value(self, field: CustomField, text: str, formats: tuple[str, ...]) -> Any:
        """None for an empty text. Raises InvalidInput."""
        if not text:
            return None
        key = field.pk, text
        if key not in self._seen:
            self._seen[key] = self._read(field, text, formats)
        return self._seen[key]

    def _read(self, field: CustomField, text: str, formats: tuple[str, ...]) -> Any:
        if field.kind == FieldKind.DATE:
            try:
                return checked(field, self._times.day(text, formats))
            except ValueError as error:
                raise InvalidInput.of(field.column, str(error)) from error
        if field.kind in COUNTED and self._decimal == ",":
            text = text.replace(".", "").replace(",", ".")
        return checked(field, text)


def had_by(deal_ids: Collection[uuid.UUID], fields: Collection[CustomField]) -> Values:
    """What these deals have in these fields."""
    found: Values = {}
    if fields:
        for batch in batched(deal_ids, BATCH):
            found |= values_of(DealFieldValue, "deal", batch, fields)
    return found


def write_values(
    said: Iterable[tuple[Any, Said]], *, replaced: Collection[tuple[uuid.UUID, uuid.UUID]] = ()
) -> None:
    """Put values into deals, in place of those of the (deal, field) pairs `replaced`. Inside the transaction."""
    for batch in batched(replaced, BATCH):
        pairs = set(batch)
        rows = DealFieldValue.objects.filter(
            deal_id__in={deal for deal, _field in pairs}, field_id__in={field for _deal, field in pairs}
        )
        gone = [
            pk for pk, deal, field in rows.values_list("pk", "deal_id", "field_id") if (deal, field) in pairs
        ]
        DealFieldValue.objects.filter(pk__in=gone).delete()
    rows_to_write = list(_rows(said))
    if rows_to_write:
        with connection.cursor() as cursor:
            copy_to_temporary(cursor, TABLE, COLUMNS, rows_to_write)
            cursor.execute(INSERT, [current_workspace_id()])


def _rows(said: Iterable[tuple[Any, Said]]) -> Iterator[tuple[Any, ...]]:
    for deal_id, values in said:
        for field, value in values.items():
            for columns in rows_for(field, value):
                yield (
                    uuid7(),
                    deal_id,
                    field.pk,
                    columns.get("text"),
                    columns.get("units"),
                    columns.get("day"),
                    columns.get("flag"),
                    columns["choice"].pk if "choice" in columns else None,
                    columns["member"].pk if "member" in columns else None,
                )
