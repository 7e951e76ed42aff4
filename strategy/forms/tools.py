"""Which tools a pipeline has."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.models import Stage
from strategy.models import PipelineTool, Tool


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
