"""The fields that a workspace has added, as columns of a file: `custom_fields.<key>` in a mapping."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import batched
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput
from core.ids import uuid7
from deals.selectors.custom_values import deal_values
from fields.models import CustomField, FieldChoice, FieldKind, Subject
from fields.models.field import CHOOSING, PREFIX
from fields.selectors.definitions import fields_named, fields_of
from fields.selectors.values import as_json, is_written
from fields.services.values import checked, rows_for
from integrations.importing import values
from integrations.importing.copying import copy_to_temporary
from integrations.importing.directory import key, member_names
from integrations.importing.mapping import CUSTOM, DealMapping, is_custom, wrong
from integrations.importing.plan import BATCH, Found
from integrations.importing.problems import RowProblem
from tenancy.models import Membership
from tenancy.scope import current_workspace_id

# Between the choices of a cell: as CRMs write them, and as our own files do. A line break is one inside quotes.
BETWEEN = re.compile(r"[;,\n]")
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
OLD = """
DELETE FROM deals_dealfieldvalue AS value USING import_replaced AS replaced
WHERE value.workspace_id = %s AND value.deal_id = replaced.deal_id AND value.field_id = replaced.field_id
"""
NEW = """
INSERT INTO deals_dealfieldvalue (
    id, workspace_id, deal_id, field_id, text, units, day, flag, choice_id, member_id)
SELECT id, %s, deal_id, field_id, text, units, day, flag, choice_id, member_id FROM import_value
"""
# A deal's id, the field, and what is to stand in it.
type Given = tuple[uuid.UUID, CustomField, Any]


class CustomFields:
    """Those that a mapping names, by the mapping's names. What a text means is found without a query for a row."""

    def __init__(self, mapping: DealMapping, times: values.Times) -> None:
        """Raises InvalidInput where the workspace has no such field."""
        self._mapping = mapping
        self._times = times
        columns = {name: PREFIX + name.removeprefix(CUSTOM) for name in mapping.fields if is_custom(name)}
        found = fields_named(Subject.DEAL, columns.values())
        for name, column in columns.items():
            if column not in found:
                raise wrong(f"fields.{name}", _unknown(column))
        self.fields = {name: found[column] for name, column in columns.items()}
        self._choices = {name: _choices(field) for name, field in self.fields.items()}
        self._members: Mapping[str, Membership] = {}
        if any(field.kind == FieldKind.MEMBER for field in self.fields.values()):
            rows = Membership.objects.in_bulk()
            self._members = {name: rows[pk] for name, pk in member_names().items()}
        # The same few texts stand in many rows.
        self.read = lru_cache(maxsize=50_000)(self._read)

    def __bool__(self) -> bool:
        return bool(self.fields)

    def hold(self) -> None:
        """To the end of the transaction no field becomes one of another kind. Raises Conflict where one did."""
        held = CustomField.objects.select_for_update(no_key=True).filter(
            pk__in=[field.pk for field in self.fields.values()], archived_at=None
        )
        kinds = {field.pk: (field.kind, field.currency) for field in held.order_by("pk")}
        if any(kinds.get(field.pk) != (field.kind, field.currency) for field in self.fields.values()):
            raise Conflict(
                _("The fields have changed in the meantime. Look at them as they now are, then try again.")
            )

    # Reading ----------------------------------------------------------------------------------------------------

    def _read(self, name: str, text: str) -> Any:
        """None: nothing is to stand there. Choices that are no longer offered pass, see `check`. Raises RowProblem."""
        try:
            return self._value(name, self.fields[name], text)
        except InvalidInput as problem:
            raise RowProblem(name, problem.detail) from problem
        except ValueError as problem:
            raise RowProblem(name, problem) from problem

    def _value(self, name: str, field: CustomField, text: str) -> Any:
        kind = FieldKind(field.kind)
        if kind == FieldKind.NUMBER:
            return checked(field, values.number(text, decimal=self._mapping.decimal))
        if kind == FieldKind.MONEY:
            return checked(field, values.amount(text, decimal=self._mapping.decimal))
        if kind == FieldKind.DATE:
            return checked(field, self._times.any_day(text, self._mapping.fields[name].formats))
        if kind == FieldKind.MEMBER:
            return self._member(text)
        if kind == FieldKind.CHOICE:
            return self._choice(name, field, text)
        if kind == FieldKind.CHOICES:
            found = {self._choice(name, field, part) for part in self._parts(name, text)}
            return tuple(sorted(found, key=lambda each: (each.position, each.pk))) or None
        return checked(field, text)

    def _member(self, text: str) -> Membership:
        """By name or address; whoever has left may still stand in what is imported, as with owners."""
        found = self._members.get(key(text))
        if found is None:
            said = _("Nobody in this workspace has the name or address “%(name)s”.") % {"name": text[:120]}
            raise ValueError(said)
        return found

    def _choice(self, name: str, field: CustomField, text: str) -> FieldChoice:
        found = self._choices[name].get(key(text))
        # The service says what there is to choose among.
        choice: FieldChoice = found or checked(field, [text] if field.kind == FieldKind.CHOICES else text)
        return choice

    def _parts(self, name: str, text: str) -> list[str]:
        """The choices of a cell; each may be called otherwise in the file, as the mapping's `values` say."""
        if key(text) in self._choices[name]:
            return [text]
        parts = [part.strip() for part in BETWEEN.split(text) if part.strip()]
        spec = self._mapping.fields[name]
        if spec.values is None or len(parts) == 1:
            return parts
        ours = {theirs.casefold(): value for theirs, value in spec.values.items()}
        found = [ours.get(part.casefold(), part) for part in parts]
        return [part for part in found if isinstance(part, str) and part]

    # Comparing --------------------------------------------------------------------------------------------------

    def load(self, deals: Sequence[Found]) -> None:
        """What the deals have there. A query for every BATCH of them."""
        for batch in batched(deals, BATCH):
            had = deal_values([deal.id for deal in batch], self.fields.values())
            for deal in batch:
                deal.custom = {name: had[deal.id].get(field.pk) for name, field in self.fields.items()}

    def changed(self, said: Mapping[str, Any], found: Found) -> dict[str, Any]:
        """What a column says otherwise than the deal. Raises RowProblem. A constant is for new deals alone."""
        changes = {
            name: value
            for name, value in said.items()
            if value != found.custom.get(name) and self._mapping.fields[name].columns
        }
        self.check(changes, found.custom)
        return changes

    def check(self, said: Mapping[str, Any], had: Mapping[str, Any]) -> None:
        """Raise RowProblem for a choice that is no longer offered, unless the deal has it already."""
        for name, value in said.items():
            if self.fields[name].kind not in CHOOSING:
                continue
            kept = parts_of(had.get(name))
            for choice in parts_of(value):
                if choice.archived_at is not None and choice not in kept:
                    detail = _("The choice “%(name)s” is no longer offered.") % {"name": choice.name}
                    raise RowProblem(name, detail)

    def logged(self, changes: Mapping[str, Any], found: Found) -> dict[str, dict[str, Any]]:
        """As `edit_deal` writes it: no free texts."""
        return {
            field.column: {}
            if is_written(field.kind)
            else {"from": as_json(found.custom.get(name)), "to": as_json(changes[name])}
            for name, field in self.fields.items()
            if name in changes
        }

    def given(self, deal_id: uuid.UUID, said: Mapping[str, Any]) -> Iterator[Given]:
        for name, value in said.items():
            yield deal_id, self.fields[name], value


def parts_of(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _choices(field: CustomField) -> dict[str, FieldChoice]:
    """By name and id, those in use before those that are archived."""
    if field.kind not in CHOOSING:
        return {}
    choices = sorted(field.choices.all(), key=lambda choice: choice.archived_at is None)
    return {key(choice.name): choice for choice in choices} | {str(choice.pk): choice for choice in choices}


def _unknown(column: str) -> str:
    known = ", ".join(field.key for field in fields_of(Subject.DEAL))
    said = _("There is no field with the key “%(key)s” here.") % {"key": column.removeprefix(PREFIX)[:80]}
    return f"{said} {_('Choose among: %(known)s.') % {'known': known}}" if known else said


# Writing ------------------------------------------------------------------------------------------------------------


def write_values(given: Iterable[Given]) -> None:
    """Put the values there, set-based, where nothing stands yet."""
    with connection.cursor() as cursor:
        copy_to_temporary(cursor, "import_value", COLUMNS, _rows(given))
        cursor.execute(NEW, [current_workspace_id()])


def replace_values(custom: CustomFields, changes: Iterable[tuple[uuid.UUID, Mapping[str, Any]]]) -> None:
    """The same of deals that are here, in the place of what they have there. `changes`: deal's id, what changes."""
    given = [each for deal_id, said in changes for each in custom.given(deal_id, said)]
    if not given:
        return
    pairs = [(deal_id, field.pk) for deal_id, field, _value in given]
    with connection.cursor() as cursor:
        copy_to_temporary(cursor, "import_replaced", {"deal_id": "uuid", "field_id": "uuid"}, pairs)
        cursor.execute("ANALYZE import_replaced")
        cursor.execute(OLD, [current_workspace_id()])
    write_values(given)


def _rows(given: Iterable[Given]) -> Iterator[tuple[Any, ...]]:
    for deal_id, field, value in given:
        for columns in rows_for(field, value):
            pick: Callable[[str], Any] = columns.get
            yield (
                uuid7(),
                deal_id,
                field.pk,
                pick("text"),
                pick("units"),
                pick("day"),
                pick("flag"),
                columns["choice"].pk if "choice" in columns else None,
                columns["member"].pk if "member" in columns else None,
            )
