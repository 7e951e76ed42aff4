"""Finding records by the fields that a workspace has added: `cf_<key>=…` in the URL.

any, none                  something stands there, nothing does
2026-01-01..2026-03-31     from–to for dates, numbers and amounts; either end may be left out
1200                       exactly that
seoul, =seoul              a text that begins so; one that is exactly this. Letters' case does not matter
<id>,<id>                  one of these choices, or members ("me" among them)
yes, no                    a tick; "no" is what nobody ticked
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Left, Lower
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.errors import InvalidInput
from core.ids import parse_uuid
from core.money import plain, to_units
from fields.models import CustomField, FieldKind, FieldValue
from fields.models.field import CHOOSING, COUNTED, WRITTEN
from fields.models.value import KEY_LENGTH
from fields.selectors.values import words
from fields.services.values import checked

ANY, NONE, ME = "any", "none", "me"
TEXT = 100  # characters of a text that is looked for
MOST = 50  # choices or members of one filter
LAST = "\U0010ffff"  # after every text that begins alike, in the order of code points


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one field. Which of the rest counts, `op` says: any, none, is, starts, range, in."""

    field_id: uuid.UUID
    kind: str
    op: str
    text: str = ""
    low: Decimal | date | None = None
    high: Decimal | date | None = None
    ids: tuple[uuid.UUID | str, ...] = ()


# Reading ------------------------------------------------------------------------------------------------------------


def read(fields: Iterable[CustomField], texts: Mapping[str, Sequence[str]]) -> dict[str, Asked]:
    """What `texts`, by the fields' names, ask of them; what cannot be read is left out."""
    given = {field: texts[field.column][-1].strip() for field in fields if texts.get(field.column)}
    found = {field.column: read_one(field, text) for field, text in given.items()}
    return {name: asked for name, asked in found.items() if asked is not None}


def read_one(field: CustomField, text: str) -> Asked | None:
    if field.kind == FieldKind.CHECKBOX:
        op = {"yes": ANY, "no": NONE, ANY: ANY, NONE: NONE}.get(text)
        return Asked(field.pk, field.kind, op) if op else None
    if text in (ANY, NONE):
        return Asked(field.pk, field.kind, text)
    if not text:
        return None
    if field.kind in WRITTEN:
        exact = text.startswith("=")
        looked_for = text.removeprefix("=").strip()[:TEXT]
        return Asked(field.pk, field.kind, "is" if exact else "starts", looked_for) if looked_for else None
    if field.kind in CHOOSING or field.kind == FieldKind.MEMBER:
        ids = _ids(text, with_me=field.kind == FieldKind.MEMBER)
        return Asked(field.pk, field.kind, "in", ids=ids) if ids else None
    return _range(field, text)


def _ids(text: str, *, with_me: bool) -> tuple[uuid.UUID | str, ...]:
    parts = [part.strip() for part in text.split(",")]
    found = dict.fromkeys(ME if with_me and part == ME else parse_uuid(part) for part in parts if part)
    return tuple(each for each in found if each is not None)[:MOST]


def _range(field: CustomField, text: str) -> Asked | None:
    low, dots, high = text.partition("..")
    try:
        ends = [checked(field, end) for end in (low, high if dots else low)]
    except InvalidInput:
        return None
    return None if ends == [None, None] else Asked(field.pk, field.kind, "range", low=ends[0], high=ends[1])


# Writing ------------------------------------------------------------------------------------------------------------


def write(asked: Asked) -> str:
    if asked.kind == FieldKind.CHECKBOX:
        return "yes" if asked.op == ANY else "no"
    if asked.op in (ANY, NONE):
        return asked.op
    if asked.op in ("is", "starts"):
        return f"={asked.text}" if asked.op == "is" else asked.text
    if asked.op == "in":
        return ",".join(map(str, asked.ids))
    low, high = end_text(asked.low), end_text(asked.high)
    return low if low == high else f"{low}..{high}"


def end_text(value: Decimal | date | None) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else plain(value) or ""


# Conditions ---------------------------------------------------------------------------------------------------------


def condition(asked: Asked, store: type[FieldValue], owner: str, *, me: uuid.UUID | None) -> Q:
    """On the records that `owner` refers to. An index on (workspace, field, value, record) answers each but "none"."""
    rows = store._default_manager.filter(field_id=asked.field_id)
    if asked.op == NONE:
        return ~Q(Exists(rows.filter(**{owner: OuterRef("pk")})))
    return Q(pk__in=rows.filter(_value_q(asked, me)).values(f"{owner}_id"))


def _value_q(asked: Asked, me: uuid.UUID | None) -> Q:
    if asked.op == ANY:
        return Q(**{f"{_column(asked.kind)}__isnull": False})
    if asked.op == "in":
        ids = [me if each == ME else each for each in asked.ids]
        return Q(**{f"{_column(asked.kind)}_id__in": [each for each in ids if each]})
    if asked.op == "is":
        return Q(text_key=Left(Lower(Value(asked.text)), KEY_LENGTH))
    if asked.op == "starts":
        begin = asked.text.lower()[:KEY_LENGTH]
        return Q(text_key__gte=begin, text_key__lt=begin + LAST)
    column = _column(asked.kind)
    ends = {"gte": asked.low, "lte": asked.high}
    as_stored = {
        end: to_units(value) if asked.kind in COUNTED and isinstance(value, Decimal) else value
        for end, value in ends.items()
        if value is not None
    }
    return Q(**{f"{column}__{end}": value for end, value in as_stored.items()})


def _column(kind: str) -> str:
    if kind in COUNTED:
        return "units"
    if kind in CHOOSING:
        return "choice"
    return {FieldKind.DATE: "day", FieldKind.CHECKBOX: "flag", FieldKind.MEMBER: "member"}.get(
        FieldKind(kind), "text_key"
    )


# In words -----------------------------------------------------------------------------------------------------------


def asked_words(field: CustomField, asked: Asked, members: Iterable[Any]) -> str:
    """“Region: Seoul, Busan”: what is asked of the field. `members`: looked at for names alone."""
    if field.kind == FieldKind.CHECKBOX:
        said = pgettext("answer", "yes") if asked.op == ANY else pgettext("answer", "no")
    elif asked.op in (ANY, NONE):
        said = _("filled in") if asked.op == ANY else _("empty")
    elif asked.op == "in":
        named = members if field.kind == FieldKind.MEMBER else field.choices.all()
        names: dict[Any, str] = {each.pk: str(each) for each in named}
        said = ", ".join(_("Me") if ident == ME else names.get(ident, "–") for ident in asked.ids)
    elif asked.op == "range":
        low, high = words(field, asked.low), words(field, asked.high)
        said = low if low == high else f"{low} – {high}"
        if not low or not high:
            said = (_("From %(amount)s") if low else _("Up to %(amount)s")) % {"amount": low or high}
    else:
        said = _("“%(text)s”") % {"text": asked.text}
        if asked.op == "starts":
            said = _("begins with “%(text)s”") % {"text": asked.text}
    return f"{field.name}: {said}"
