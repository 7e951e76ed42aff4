"""What the forms of the value case take."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from deals.forms import AmountField
from strategy.models import Box, Period


class LineForm(forms.Form):
    """A line as the page sends it. `box` and `after` belong to new and moved ones; the service says what is wrong with
    the text, beside the line."""

    text = forms.CharField(required=False)
    box = forms.ChoiceField(choices=Box.choices, required=False)
    after = forms.UUIDField(required=False)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)


class FigureForm(forms.Form):
    """A benefit's figure: in money, or in words with its unit."""

    amount = AmountField(label=_("Amount"), required=False)
    period = forms.ChoiceField(label=_("How often"), choices=Period.choices, required=False)
    measure = forms.CharField(
        label=_("Or in words, with its unit"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"placeholder": _("2.5 hours a week for each person")}),
    )
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("Who said it, or where it stands")}),
    )
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
