"""What is entered about a person on the map."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from strategy.models import DecisionRole, Sign, Stance
from strategy.models.stakeholder import HIGHEST
from strategy.standing import BASE, WEIGHTS

STEP = {"min": 0, "max": HIGHEST, "step": 1, "inputmode": "numeric"}


class PlaceForm(forms.Form):
    """What a drag, a key or a choice in the table sends: only what is there is changed."""

    rank = forms.IntegerField(min_value=0, max_value=HIGHEST, required=False)
    influence = forms.IntegerField(min_value=0, max_value=HIGHEST, required=False)
    stance = forms.ChoiceField(choices=Stance.choices, required=False)
    version = forms.IntegerField(min_value=0, required=False)

    @property
    def changes(self) -> dict[str, Any]:
        """An empty rank and influence take the person off the map; an empty stance is no answer."""
        names = [name for name in ("rank", "influence", "stance") if name in self.data]
        return {
            name: self.cleaned_data[name] for name in names if name != "stance" or self.cleaned_data[name]
        }


class StakeholderForm(forms.Form):
    signs = forms.MultipleChoiceField(
        label=_("What was seen in meetings"),
        choices=Sign.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    influence = forms.IntegerField(
        label=_("Influence"),
        min_value=0,
        max_value=HIGHEST,
        required=False,
        widget=forms.NumberInput(attrs=STEP),
    )
    rank = forms.IntegerField(
        label=_("Rank"), min_value=0, max_value=HIGHEST, required=False, widget=forms.NumberInput(attrs=STEP)
    )
    stance = forms.ChoiceField(label=_("Stance"), choices=Stance.choices, widget=forms.RadioSelect)
    roles = forms.MultipleChoiceField(
        label=_("Part in the decision"),
        choices=DecisionRole.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    weights = json.dumps(WEIGHTS)
    base = BASE


class NewPersonForm(forms.Form):
    """Somebody who is not known yet."""

    name = forms.CharField(label=_("Name"), max_length=200)
    title = forms.CharField(label=_("Title"), required=False, max_length=120)
