"""Amounts as people type them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from core.money import parse_amount


class AmountField(forms.CharField):
    """An amount as people type it: "10,000,000"."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_amount(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
