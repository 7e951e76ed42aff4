"""What may stand in an added field, and how it is written. The record that it belongs to is locked by the caller."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.money import MAX_AMOUNT, check_amount, check_unit, is_too_fine, to_units
from fields.models import CustomField, FieldChoice, FieldKind, FieldValue, Subject
from fields.models.field import COUNTED, PREFIX
from fields.models.value import MAX_TEXT
from fields.selectors.definitions import fields_named, is_custom
from fields.selectors.values import values_of
from tenancy.models import Membership

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
YES = {"true", "yes", "1", "on", "y", "예", "네"}
NO = {"false", "no", "0", "off", "n", "아니요"}
VALID_LINK = URLValidator(schemes=["http", "https"])


def checked(field: CustomField, raw: Any, *, had: Any = None) -> Any:
    """`raw`, which a form, a file or the API gives, as a value of the field; None for nothing.

    `had`: what stands there, which may stay although it could no longer be chosen. Raises InvalidInput.
    """
    if isinstance(raw, str):
        raw = raw.strip()
        if not storable(raw):
            raise _refused(field, _("A text cannot contain a null character."), "null_characters")
    if raw is None or raw in ("", [], ()):
        return None
    return CHECKS[FieldKind(field.kind)](field, raw, had)


def storable(text: str) -> bool:
    """Whether the database takes it: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _text(field: CustomField, raw: Any, _had: Any) -> str:
    if not isinstance(raw, str):
        raise _refused(field, _("A text is expected."))
    if len(raw) > MAX_TEXT:
        raise _refused(field, _("At most %(max)s characters fit here.") % {"max": MAX_TEXT}, "max_length")
    return raw


def _link(field: CustomField, raw: Any, had: Any) -> str:
    text = _text(field, raw, had)
    if "://" not in text and not text.lower().startswith(("javascript:", "data:", "mailto:", "vbscript:")):
        text = f"https://{text}"
    try:
        VALID_LINK(text)
    except ValidationError as error:
        raise _refused(field, _("Enter a web address, for example https://example.com.")) from error
    return _text(field, text, had)


def _number(field: CustomField, raw: Any, _had: Any) -> Decimal:
    wrong = _("Enter a number in digits, for example 1200 or -3.5.")
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise _refused(field, wrong)
    try:
        value = Decimal(str(raw).replace(",", ""))
    except InvalidOperation as error:
        raise _refused(field, wrong) from error
    if not value.is_finite():
        raise _refused(field, wrong)
    if abs(value) > MAX_AMOUNT:
        raise _refused(field, _("This number is too large."))
    if is_too_fine(value):
        raise _refused(field, _("A number has four digits after the point at most."))
    return value


def _money(field: CustomField, raw: Any, had: Any) -> Decimal:
    try:
        value = _number(field, raw, had)
    except InvalidInput as problem:
        if not isinstance(raw, str):
            raise
        raise _refused(field, _("Enter an amount in digits, for example 10000000.")) from problem
    try:
        check_amount(value)
        check_unit(value, field.currency)
    except ValueError as error:
        raise _refused(field, str(error)) from error
    return value


def _date(field: CustomField, raw: Any, _had: Any) -> date:
    try:
        day = raw if isinstance(raw, date) else date.fromisoformat(raw)
    except (TypeError, ValueError) as error:
        raise _refused(field, _("Enter a date as 2026-03-31.")) from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise _refused(field, _("Enter a date between 1900 and 2199."), "out_of_range")
    return day


def _checkbox(field: CustomField, raw: Any, _had: Any) -> bool | None:
    """Ticked, or nothing: what nobody ticked is not filled."""
    word = raw.lower() if isinstance(raw, str) else ""
    if raw is True or word in YES:
        return True
    if raw is False or word in NO:
        return None
    raise _refused(field, _("Give true or false."))


def _choice(field: CustomField, raw: Any, had: Any) -> FieldChoice:
    """By its id or its name, letters' case aside."""
    wanted = str(raw.pk) if isinstance(raw, FieldChoice) else raw
    kept = {each.pk for each in (had if isinstance(had, tuple) else (had,)) if each is not None}
    for choice in field.choices.all():
        if choice.archived_at is not None and choice.pk not in kept:
            continue
        if isinstance(wanted, str) and wanted.lower() in (str(choice.pk), choice.name.lower()):
            return choice
    known = ", ".join(choice.name for choice in field.choices.all() if choice.archived_at is None)
    raise _refused(
        field,
        _("“%(value)s” is none of the choices. Choose among: %(known)s.")
        % {"value": str(wanted)[:80], "known": known},
        "invalid_choice",
    )


def _choices(field: CustomField, raw: Any, had: Any) -> tuple[FieldChoice, ...] | None:
    """A list, or a text with semicolons between the names."""
    parts = raw.split(";") if isinstance(raw, str) else raw
    if not isinstance(parts, list | tuple):
        raise _refused(field, _("A list is expected."))
    texts = [part.strip() if isinstance(part, str) else part for part in parts]
    found = {_choice(field, part, had) for part in texts if part != ""}
    return tuple(sorted(found, key=lambda each: (each.position, each.pk))) or None


def _member(field: CustomField, raw: Any, had: Any) -> Membership:
    """By id, or by the address with which they log in."""
    if isinstance(raw, Membership):
        found: Membership | None = raw
    else:
        members = Membership.objects.select_related("user")
        try:
            found = members.filter(pk=uuid.UUID(str(raw))).first()
        except ValueError:
            found = members.filter(user__email__iexact=str(raw)).first()
    if found is None or not (found.is_active or found == had):
        raise _refused(field, _("Choose a member of this workspace."), "invalid_choice")
    return found


CHECKS = {
    FieldKind.TEXT: _text,
    FieldKind.LINK: _link,
    FieldKind.NUMBER: _number,
    FieldKind.MONEY: _money,
    FieldKind.DATE: _date,
    FieldKind.CHECKBOX: _checkbox,
    FieldKind.CHOICE: _choice,
    FieldKind.CHOICES: _choices,
    FieldKind.MEMBER: _member,
}
COLUMNS = {
    FieldKind.TEXT: "text",
    FieldKind.LINK: "text",
    FieldKind.NUMBER: "units",
    FieldKind.MONEY: "units",
    FieldKind.DATE: "day",
    FieldKind.CHECKBOX: "flag",
    FieldKind.CHOICE: "choice",
    FieldKind.CHOICES: "choice",
    FieldKind.MEMBER: "member",
}


def _refused(field: CustomField, detail: str, code: str = "invalid") -> InvalidInput:
    return InvalidInput.of(field.column, detail, code)


def rows_for(field: CustomField, value: Any) -> list[dict[str, Any]]:
    """The columns of the rows that hold `value`, which `checked` has made."""
    column = COLUMNS[FieldKind(field.kind)]
    parts = value if isinstance(value, tuple) else () if value is None else (value,)
    return [{column: to_units(part) if field.kind in COUNTED else part} for part in parts]


def write(model: type[FieldValue], owner: str, record: Any, field: CustomField, value: Any) -> None:
    """Put `value` in the place of what the record has there."""
    rows: Any = model._default_manager
    rows.filter(**{owner: record}, field=field).delete()
    rows.bulk_create([model(**{owner: record}, field=field, **columns) for columns in rows_for(field, value)])


def apply(
    model: type[FieldValue], owner: str, record: Any, subject: Subject, changes: Mapping[str, Any]
) -> dict[CustomField, tuple[Any, Any]]:
    """Write those of `changes` that are added fields ("cf_…"); field → (from, to) of those that differ.

    Raises InvalidInput with the name, also for a field that does not exist or is archived.
    """
    names = [name for name in changes if is_custom(name)]
    if not names:
        return {}
    known = fields_named(subject, names)
    for name in names:
        if name not in known:
            detail = _("There is no field with the key “%(key)s” here.") % {
                "key": name.removeprefix(PREFIX)[:80]
            }
            raise InvalidInput.of(name, detail, "unknown")
    had = values_of(model, owner, [record.pk], known.values())[record.pk]
    changed = {}
    for name, field in known.items():
        was = had.get(field.pk)
        now = checked(field, changes[name], had=was)
        if now != was:
            write(model, owner, record, field, now)
            changed[field] = (was, now)
    return changed
