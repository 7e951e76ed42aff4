"""What is asked before many deals are changed at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.forms.moves import loss_reason_field, offer_reasons, override_reason_field
from deals.models import Deal, Tag
from deals.selectors.bulk_tags import sources_offered, tags_offered, tags_on
from deals.services.bulk_edit import MOST_DAYS
from pipeline.selectors.stages import stages
from tenancy.permissions import Actor
from tenancy.selectors.members import active_members


class BulkForm(forms.Form):
    """`deals`: those chosen."""

    prefix = "bulk"

    def __init__(self, *args: Any, deals: Sequence[Deal], actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.offered: list[str] = []  # what a field suggests while one types
        self.prepare(deals)

    def prepare(self, deals: Sequence[Deal]) -> None:
        """Fill in what there is to choose from."""


class OverrideForm(BulkForm):
    override_reason = override_reason_field(gettext_lazy("Why without the criteria?"))


class BulkMoveForm(OverrideForm):
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


class SourceForm(BulkForm):
    source = forms.CharField(
        label=gettext_lazy("New source"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"list": "bulk-offered", "autocomplete": "off"}),
        help_text=gettext_lazy("Left empty, theirs is taken away."),
    )

    def prepare(self, deals: Sequence[Deal]) -> None:
        self.offered = sources_offered(self.actor)


class TagForm(BulkForm):
    """One tag for all of them, or off all of them."""

    how = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=[("add", gettext_lazy("Add a tag")), ("remove", gettext_lazy("Remove a tag"))],
        initial="add",
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=gettext_lazy("Tag to add"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "bulk-offered", "autocomplete": "off"}),
    )
    tag = forms.ModelChoiceField(
        Tag.objects.none(),
        label=gettext_lazy("Tag to remove"),
        required=False,
        empty_label=gettext_lazy("Choose a tag"),
    )

    def prepare(self, deals: Sequence[Deal]) -> None:
        self.offered = tags_offered()
        self.fields["tag"].queryset = tags_on(deals)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("how") == "add" and not values.get("name") and "name" not in self.errors:
            self.add_error("name", _("Write the tag's name."))
        if values.get("how") == "remove" and not values.get("tag") and "tag" not in self.errors:
            self.add_error("tag", _("Choose a tag that one of these deals has."))
        return values


class BulkLoseForm(BulkForm):
    reason = loss_reason_field(gettext_lazy("Why were they lost?"))

    def prepare(self, deals: Sequence[Deal]) -> None:
        offer_reasons(self)


FORMS: dict[str, type[BulkForm]] = {
    "move": BulkMoveForm,
    "owner": OwnerForm,
    "close_date": CloseDateForm,
    "source": SourceForm,
    "tag": TagForm,
    "win": OverrideForm,
    "lose": BulkLoseForm,
    "delete": BulkForm,
}
