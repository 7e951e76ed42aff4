"""What the forms of BANT take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deals.forms import AmountField
from strategy.models import Certainty, Part


class BantForm(forms.Form):
    """`currency` stands beside the amount. The version is that of the answer that was seen."""

    certainty = forms.ChoiceField(
        label=_("How sure is it?"), choices=Certainty.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("What is known"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    amount = AmountField(label=_("Amount"), required=False)
    day = forms.DateField(
        label=_("Decided by"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("Who said it, or where it stands")}),
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, part: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if part != Part.BUDGET:
            del self.fields["amount"]
        if part != Part.TIMEFRAME:
            del self.fields["day"]
