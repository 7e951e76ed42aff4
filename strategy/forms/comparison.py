"""What the forms of the comparison take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SelectionForm(forms.Form):
    said_by = forms.CharField(
        label=_("Who said it"), max_length=120, widget=forms.TextInput(attrs={"list": "people-names"})
    )
    on = forms.DateField(label=_("On"), widget=forms.DateInput(attrs={"type": "date"}))


class CriterionForm(forms.Form):
    """Any part of a criterion, as a field of the table or a point sends it: what is not sent stays. Texts are checked by
    the service."""

    text = forms.CharField(required=False, strip=False)
    whose = forms.CharField(required=False, max_length=200)
    matters = forms.TypedChoiceField(
        coerce=int, empty_value=None, required=False, choices=[("", "")] + [(str(n), n) for n in range(5)]
    )
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)


class StandingField(forms.TypedChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        choices = [("", "")] + [(str(n), n) for n in range(-2, 3)]
        super().__init__(coerce=int, empty_value=None, required=False, choices=choices, **kwargs)
