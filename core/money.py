"""Amounts: exact decimals in major units, stored as BIGINT ten-thousandths.

Not NUMERIC: its comparison operators are not leakproof, so under row-level security an index on it is no
index condition, and deep pages by amount would become scans (docs/decisions/0003-amounts-as-bigint.md).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

SCALE = 10_000
SMALLEST = Decimal("0.0001")
MAX_AMOUNT = Decimal(100_000_000_000_000)  # a hundred trillion: above any deal, far below BIGINT's end

# Digits after the point of each currency offered (ISO 4217).
CURRENCY_DIGITS = {
    "KRW": 0,
    "USD": 2,
    "EUR": 2,
    "JPY": 0,
    "GBP": 2,
    "CNY": 2,
    "SGD": 2,
    "AUD": 2,
    "CAD": 2,
    "VND": 0,
}


def to_units(amount: Decimal) -> int:
    """Ten-thousandths of a major unit. Raises ValueError for a finer amount, or one beyond BIGINT."""
    if is_too_fine(amount) or abs(amount) > MAX_AMOUNT * SCALE:
        raise ValueError("finer than a ten-thousandth, or far too large")
    return int(amount.scaleb(4))


def is_too_fine(amount: Decimal) -> bool:
    # By quantize and comparison, which are exact: a product would be rounded to the context's 28 digits.
    return abs(amount) < MAX_AMOUNT * SCALE and amount != amount.quantize(SMALLEST)


def from_units(units: int) -> Decimal:
    return Decimal(units) / SCALE


def round_to_currency(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the currency's unit: once, at the end of a calculation."""
    digits = CURRENCY_DIGITS.get(currency, 2)
    return amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def plain(amount: Decimal | None) -> str | None:
    """A decimal string without exponent and without trailing zeros: "10000000", "1054.5"."""
    if amount is None:
        return None
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def parse_amount(text: str) -> Decimal:
    """Read an amount as a person types it. Raises ValueError with what to do."""
    try:
        value = Decimal(text.replace(",", "").strip())
    except InvalidOperation as error:
        raise ValueError(str(_("Enter an amount in digits, for example 10000000."))) from error
    check_amount(value)
    return value


def check_amount(value: Decimal) -> None:
    """Raise ValueError unless `value` is finite, not negative, not absurd, and not finer than we store."""
    if not value.is_finite() or value < 0:
        raise ValueError(str(_("An amount cannot be negative.")))
    if value > MAX_AMOUNT:
        raise ValueError(str(_("This amount is too large.")))
    if is_too_fine(value):
        raise ValueError(str(_("An amount has four digits after the point at most.")))


def check_unit(value: Decimal, currency: str) -> None:
    """Raise ValueError for a value finer than the currency's unit: half a won, a tenth of a cent."""
    digits = CURRENCY_DIGITS.get(currency, 2)
    if value == round_to_currency(value, currency):
        return
    if digits == 0:
        raise ValueError(_("%(currency)s has no fractions. Write a whole amount.") % {"currency": currency})
    raise ValueError(
        _("%(currency)s has %(digits)s digits after the point at most.")
        % {"currency": currency, "digits": digits}
    )


class MoneyField(models.Field):
    """A Decimal in Python, a BIGINT of ten-thousandths in the database."""

    description = "An amount of money"

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: int | None, *_args: Any) -> Decimal | None:
        return None if value is None else from_units(int(value))

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(str(value))
        except InvalidOperation as error:
            raise ValidationError(_("Enter an amount in digits, for example 10000000.")) from error

    def get_prep_value(self, value: Any) -> int | None:
        value = super().get_prep_value(value)
        if value is None:
            return None
        return to_units(value if isinstance(value, Decimal) else Decimal(str(value)))

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": forms.DecimalField, **kwargs})
