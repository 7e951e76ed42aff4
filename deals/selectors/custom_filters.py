"""Filters on the fields that a workspace has added: `cf_<key>=…` in the URL.

any, none                  something stands there, nothing does
2026-01-01..2026-03-31     from–to for dates, numbers and amounts; either end may be left out
1200                       exactly that
seoul, =seoul              a text that begins so; one that is exactly this. Letters' case does not matter
<id>,<id>                  one of these choices, or members ("me" among them)
yes, no                    a tick; "no" is what nobody ticked
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Left, Lower

from core.errors import InvalidInput
from core.ids import parse_uuid
from core.money import plain, to_units
from deals.models import DealFieldValue
from deals.selectors.filters import MOST, TEXT, Family, Moment
from fields.models import CustomField, FieldKind, Subject
from fields.models.field import CHOOSING, COUNTED, PREFIX, WRITTEN
from fields.models.value import KEY_LENGTH
from fields.selectors.definitions import fields_named
from fields.services.values import checked

ANY, NONE, ME = "any", "none", "me"
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


def read(texts: Mapping[str, Sequence[str]]) -> dict[str, Asked]:
    """Those that can be read, of fields that exist. Two queries."""
    known = fields_named(Subject.DEAL, texts)
    found = {name: read_one(field, texts[name][-1].strip()) for name, field in known.items()}
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


def condition(asked: Asked, moment: Moment) -> Q:
    """An index on (workspace, field, value, deal) answers each but "none"."""
    rows = DealFieldValue.objects.filter(field_id=asked.field_id)
    if asked.op == NONE:
        return ~Q(Exists(rows.filter(deal=OuterRef("pk"))))
    return Q(pk__in=rows.filter(_value_q(asked, moment)).values("deal_id"))


def _value_q(asked: Asked, moment: Moment) -> Q:
    if asked.op == ANY:
        return Q(**{f"{_column(asked.kind)}__isnull": False})
    if asked.op == "in":
        ids = [moment.reader.member if each == ME else each for each in asked.ids]
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


CUSTOM = Family(PREFIX, read, condition, write)
