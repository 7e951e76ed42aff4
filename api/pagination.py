"""Keyset pages: each row that nobody touches is seen exactly once, whatever happens to the others meanwhile.

A list is ordered by one key and the id, nulls last both ways. Rows after a position are found by a row comparison,
(key, id) > (…), which an index on (workspace, key, id) answers; rows without a key are a second segment with a
condition of its own, because one condition for both (`OR key IS NULL`) would make PostgreSQL walk the index.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core import signing
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, Value
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.serializers import ChoiceField
from rest_framework.utils.urls import replace_query_param

from core.errors import InvalidInput

SIGNER = signing.Signer(salt="api.pagination")


@dataclass(frozen=True, slots=True)
class Order:
    """One ordering that a list offers: by `key`, then by id in the same direction.

    `by`: an expression that the rows get as `key`, where it is no column of theirs; `field` is its type. No index answers
    it: all rows that match are put in order.
    """

    key: str
    descending: bool = False
    nullable: bool = False
    by: Any = None
    field: Any = None

    def type_in(self, model: type[Model]) -> Any:
        return self.field or model._meta.get_field(self.key)


def orders(*names: str, nullable: Sequence[str] = (), **aliases: str) -> dict[str, Order]:
    """Orderings by name, "-" in front for descending; `aliases` maps a name to the model's field."""
    return {
        name: Order(
            key=aliases.get(name.lstrip("-"), name.lstrip("-")),
            descending=name.startswith("-"),
            nullable=name.lstrip("-") in nullable,
        )
        for name in names
    }


def ordering_field(offered: Mapping[str, Order]) -> ChoiceField:
    """The query parameter; the first ordering is the default."""
    return ChoiceField(choices=list(offered), default=next(iter(offered)), help_text="Nulls come last.")


class RowCompare(Func):
    """(key, id) > (key's value, id's value), which a two-column index answers."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, *expressions: Any, operator: str) -> None:
        super().__init__(*expressions)
        self.operator = operator

    def as_sql(
        self, compiler: Any, connection: Any, *_args: Any, **_extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        parts, params = [], []
        for expression in self.source_expressions:
            sql, values = compiler.compile(expression)
            parts.append(sql)
            params.extend(values)
        return f"({parts[0]}, {parts[1]}) {self.operator} ({parts[2]}, {parts[3]})", tuple(params)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position: after the row with this key and id (before it, when backwards). No id: from that end."""

    ordering: str
    backwards: bool
    ident: uuid.UUID | None
    key: Any = None

    def encode(self) -> str:
        return SIGNER.sign_object(
            [self.ordering, self.backwards, str(self.ident) if self.ident else None, as_text(self.key)]
        )


def as_text(key: Any) -> str | int | None:
    if isinstance(key, datetime | date):
        return key.isoformat()
    return key if isinstance(key, int) or key is None else str(key)


def decode(text: str, ordering: str, order: Order, model: type[Model]) -> Cursor:
    """The cursor, of a list in this ordering. Raises InvalidInput for anything that we did not write."""
    try:
        name, backwards, ident, key = SIGNER.unsign_object(text)
        if name != ordering:
            raise ValueError("a cursor of another ordering")
        value = order.type_in(model).to_python(key)
        return Cursor(name, bool(backwards), uuid.UUID(ident) if ident else None, value)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise InvalidInput.of("cursor", _("This cursor is not one of this list's.")) from error


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Any]
    next: Cursor | None
    previous: Cursor | None


def read_page(rows: QuerySet[Any], *, ordering: str, order: Order, limit: int, cursor: Cursor | None) -> Page:
    """At most `limit` rows in the ordering's direction. One query, two where rows without a key are reached."""
    backwards = cursor.backwards if cursor else False
    found = _read(rows, order, cursor, backwards, limit + 1)
    more = len(found) > limit
    found = found[:limit]
    if backwards:
        found.reverse()
    if not found:
        # Everything on this side is gone: the way back leads to the end that was passed.
        back = Cursor(ordering, not backwards, None) if cursor else None
        return Page([], back if backwards else None, None if backwards else back)

    def at(row: Any, *, backwards: bool) -> Cursor:
        return Cursor(ordering, backwards, row.pk, getattr(row, order.key))

    has_next = backwards or more
    has_previous = more if backwards else cursor is not None
    return Page(
        found,
        at(found[-1], backwards=False) if has_next else None,
        at(found[0], backwards=True) if has_previous else None,
    )


def _read(
    rows: QuerySet[Any], order: Order, cursor: Cursor | None, backwards: bool, wanted: int
) -> list[Any]:
    descending = order.descending != backwards
    if order.by is not None:
        rows = rows.annotate(**{order.key: order.by})
    id_order = F("id").desc() if descending else F("id").asc()
    keyed = [F(order.key).desc() if descending else F(order.key).asc(), id_order]
    if order.key == "id":
        keyed = [id_order]
    found: list[Any] = []
    for empty in _segments(order, cursor, backwards):
        segment = rows
        if order.nullable:
            segment = rows.filter(**{f"{order.key}__isnull": empty})
        if cursor and cursor.ident and (cursor.key is None) == empty:
            segment = segment.filter(_beyond(rows.model, order, cursor, descending))
        ordered = segment.order_by(*([id_order] if empty else keyed))
        found += list(ordered[: wanted - len(found)])
        if len(found) >= wanted:
            break
    return found


def _segments(order: Order, cursor: Cursor | None, backwards: bool) -> list[bool]:
    """Which parts to read, in turn: with a key (False), without (True)."""
    if not order.nullable:
        return [False]
    segments = [True, False] if backwards else [False, True]
    if cursor and cursor.ident and (cursor.key is None) == segments[1]:
        return segments[1:]
    return segments


def _beyond(model: type[Model], order: Order, cursor: Cursor, descending: bool) -> Any:
    side = "lt" if descending else "gt"
    if cursor.key is None or order.key == "id":
        return Q(**{f"id__{side}": cursor.ident})
    return RowCompare(
        F(order.key),
        F("id"),
        Value(cursor.key, output_field=order.type_in(model)),
        Value(cursor.ident, output_field=model._meta.pk),
        operator="<" if descending else ">",
    )


def paginate(
    request: Request, rows: QuerySet[Any], *, params: Mapping[str, Any], offered: Mapping[str, Order]
) -> Page:
    """The page that the request's `limit`, `cursor` and `ordering` ask for."""
    ordering = params["ordering"]
    order = offered[ordering]
    cursor = decode(params["cursor"], ordering, order, rows.model) if params.get("cursor") else None
    return read_page(rows, ordering=ordering, order=order, limit=params["limit"], cursor=cursor)


def page_body(request: Request, page: Page, results: list[Any]) -> dict[str, Any]:
    url = request.build_absolute_uri()

    def link(cursor: Cursor | None) -> str | None:
        return replace_query_param(url, "cursor", cursor.encode()) if cursor else None

    return {"next": link(page.next), "previous": link(page.previous), "results": results}
