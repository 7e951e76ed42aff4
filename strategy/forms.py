"""What forms of the tools take."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deals.forms import AmountField
from pipeline.models import Stage
from strategy.models import Certainty, Part, PipelineTool, Tool


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


class ToolsForm(forms.Form):
    """For each tool whether the pipeline has it, and from which stage on it is asked for ("": from the first)."""

    def __init__(
        self, *args: Any, rows: list[tuple[Tool, PipelineTool | None]], stages: list[Stage], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("from the first stage"))] + [(str(stage.pk), stage.name) for stage in stages]
        self.tools = [tool.value for tool, _row in rows]
        for tool, row in rows:
            self.fields[tool.value] = forms.BooleanField(
                label=tool.label, required=False, initial=row is not None
            )
            self.fields[f"{tool.value}_at"] = forms.ChoiceField(
                label=_("Asked for"),
                choices=choices,
                required=False,
                initial=str(row.opens_at_id) if row and row.opens_at_id else "",
            )

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[tool], self[f"{tool}_at"]) for tool in self.tools]

    @property
    def opens_at(self) -> dict[str, uuid.UUID | None]:
        data = self.cleaned_data
        return {
            tool: uuid.UUID(data[f"{tool}_at"]) if data[f"{tool}_at"] else None
            for tool in self.tools
            if data[tool]
        }
