"""What is asked before many deals are changed at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.models import Deal
from deals.services.bulk_edit import MOST_DAYS
from pipeline.selectors.stages import loss_reasons, stages
from tenancy.selectors.members import active_members


class BulkForm(forms.Form):
    """`deals`: those chosen."""

    prefix = "bulk"

    def __init__(self, *args: Any, deals: Sequence[Deal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepare(deals)

    def prepare(self, deals: Sequence[Deal]) -> None:
        """Fill in what there is to choose from."""


class OverrideForm(BulkForm):
    override_reason = forms.CharField(
        label=gettext_lazy("Why without the criteria?"), required=False, max_length=500
    )


class MoveForm(OverrideForm):
    stage = forms.TypedChoiceField(label=gettext_lazy("To stage"), coerce=uuid.UUID, empty_value=None)
    field_order = ("stage", "override_reason")

    def prepare(self, deals: Sequence[Deal]) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        wanted = {deal.pipeline_id for deal in deals}
        for stage in stages():
            if stage.pipeline_id in wanted:
                groups.setdefault(stage.pipeline.name, []).append((str(stage.pk), stage.name))
        found: list[Any] = list(groups.items()) if len(groups) > 1 else next(iter(groups.values()), [])
        self.fields["stage"].choices = [("", _("Choose a stage")), *found]  # type: ignore[attr-defined]


class OwnerForm(BulkForm):
    owner = forms.ChoiceField(label=gettext_lazy("New owner"))

    def prepare(self, deals: Sequence[Deal]) -> None:
        members = [(str(member.pk), member.display_name) for member in active_members()]
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a member")),
            *members,
            ("none", _("Nobody")),
        ]


class CloseDateForm(BulkForm):
    """One day for all, or each so many days later."""

    how = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=[("day", gettext_lazy("One day for all")), ("shift", gettext_lazy("Each later or earlier"))],
        initial="day",
        widget=forms.RadioSelect,
    )
    day = forms.DateField(
        label=gettext_lazy("Expected close date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days later (earlier with a minus)"),
        required=False,
        initial=7,
        min_value=-MOST_DAYS,
        max_value=MOST_DAYS,
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("how") == "day" and not values.get("day") and "day" not in self.errors:
            self.add_error("day", _("Choose a day."))
        if values.get("how") == "shift" and not values.get("days") and "days" not in self.errors:
            self.add_error("days", _("Say by how many days."))
        return values


class LoseForm(BulkForm):
    reason: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None,
        label=gettext_lazy("Why were they lost?"),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def prepare(self, deals: Sequence[Deal]) -> None:
        self.fields["reason"].queryset = loss_reasons()  # type: ignore[attr-defined]


FORMS: dict[str, type[BulkForm]] = {
    "move": MoveForm,
    "owner": OwnerForm,
    "close_date": CloseDateForm,
    "win": OverrideForm,
    "lose": LoseForm,
    "delete": BulkForm,
}
