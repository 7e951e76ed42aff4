"""The API's value types: each reads one JSON form and writes the same one."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.ids import parse_uuid
from core.money import check_amount, plain

EARLIEST = datetime.datetime(1990, 1, 1, tzinfo=datetime.UTC)
LATEST = datetime.datetime(2200, 1, 1, tzinfo=datetime.UTC)
PLAIN_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?\Z")
MONTH = re.compile(r"((?:19|20|21)[0-9]{2})-(0[1-9]|1[0-2])\Z")


def is_query(field: serializers.Field) -> bool:
    """Whether the value stands in a query string, where everything is text."""
    return bool(getattr(field.root, "from_query", False))


class Text(serializers.CharField):
    """A string; a number is not one."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("allow_blank"):
            kwargs.setdefault("min_length", 1)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(
    {"type": "string", "pattern": r"^[0-9]{1,15}(\.[0-9]{1,4})?$", "examples": ["10000000", "1054.5"]}
)
class Amount(serializers.Field):
    """Major units as a plain decimal string without trailing zeros. A JSON number is read as well."""

    default_error_messages = {
        "invalid": _("Write an amount as a decimal string, for example “10000000” or “1054.5”.")
    }

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, str | int | Decimal):
            self.fail("invalid")
        text = data if isinstance(data, str) else format_number(data)
        if not PLAIN_NUMBER.match(text):
            self.fail("invalid")
        value = Decimal(text)
        try:
            check_amount(value)
        except ValueError as error:
            raise serializers.ValidationError(str(error), code="invalid") from error
        return value

    def to_representation(self, value: Decimal) -> str | None:
        return plain(value)


def format_number(number: int | Decimal) -> str:
    """Digits, unless there would be too many of them to be an amount."""
    if abs(Decimal(number).adjusted()) > 30:
        return ""
    return format(number, "f") if isinstance(number, Decimal) else str(number)


@extend_schema_field(
    {"type": "string", "pattern": r"^[0-9]{1,10}(\.[0-9]{1,10})?$", "examples": ["1385.4", "0.0067"]}
)
class Rate(serializers.Field):
    """An exchange rate as a plain decimal string. A JSON number is read as well."""

    default_error_messages = {"invalid": _("Write a rate as a decimal string, for example “1385.4”.")}

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, str | int | Decimal):
            self.fail("invalid")
        text = data if isinstance(data, str) else format_number(data)
        if not PLAIN_NUMBER.match(text):
            self.fail("invalid")
        return Decimal(text)

    def to_representation(self, value: Decimal) -> str | None:
        return plain(value)


@extend_schema_field({"type": "number", "minimum": 0, "maximum": 100, "examples": [70, 63.15]})
class Percent(serializers.Field):
    """A JSON number: 70, or 63.15."""

    def to_representation(self, value: Decimal) -> int | float:
        return int(value) if value == value.to_integral_value() else float(value)


class Moment(serializers.DateTimeField):
    """ISO 8601; written in UTC with Z. Without an offset it is read as UTC."""

    default_error_messages = {"range": _("Enter a moment between 1990 and 2199.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=datetime.UTC, **kwargs)

    def to_representation(self, value: datetime.datetime) -> str:
        return value.astimezone(datetime.UTC).isoformat().removesuffix("+00:00") + "Z"

    def to_internal_value(self, value: Any) -> datetime.datetime:
        moment = super().to_internal_value(value)
        if not EARLIEST <= moment < LATEST:
            self.fail("range")
        return moment


class Flag(serializers.BooleanField):
    """true or false, and nothing else; in a query string the words."""

    WORDS = {"true": True, "false": False}

    def to_internal_value(self, data: Any) -> bool:
        if isinstance(data, bool):
            return data
        if is_query(self) and isinstance(data, str) and data in self.WORDS:
            return self.WORDS[data]
        return self.fail("invalid", input=data)


class Whole(serializers.IntegerField):
    """A whole number; in a query string its digits."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_value", 2**31 - 1)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        if is_query(self) and isinstance(data, str) and re.fullmatch(r"-?[0-9]{1,10}", data):
            return int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


@extend_schema_field({"type": "string", "format": "uuid"})
class Ref(serializers.Field):
    """The id of a row: read into the row, written as the id. Another workspace's id is one that does not exist."""

    default_error_messages = {
        "invalid": _("This is not an id."),
        "does_not_exist": _("There is no such object."),
    }

    def __init__(self, rows: Callable[[], QuerySet[Any]], **kwargs: Any) -> None:
        self.rows = rows
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Model:
        ident = parse_uuid(data) if isinstance(data, str) and len(data) == 36 else None
        if ident is None:
            self.fail("invalid")
        found = self.rows().filter(pk=ident).first()
        if found is None:
            self.fail("does_not_exist")
        return found

    def to_representation(self, value: Any) -> str:
        return str(getattr(value, "pk", value))


@extend_schema_field(
    {"type": "string", "pattern": "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$", "examples": ["2027-11"]}
)
class Month(serializers.Field):
    """A month, "2027-11": read into its first day."""

    default_error_messages = {"invalid": _("Write a month like 2027-11.")}

    def to_internal_value(self, data: Any) -> datetime.date:
        match = MONTH.match(data) if isinstance(data, str) else None
        if match is None:
            self.fail("invalid")
        return datetime.date(int(match[1]), int(match[2]), 1)

    def to_representation(self, value: datetime.date) -> str:
        return value.strftime("%Y-%m")
