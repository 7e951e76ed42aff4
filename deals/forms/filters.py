"""The sheet with every filter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from deals.forms.amount import AmountField
from deals.selectors.filter_words import (
    Choices,
    close_choices,
    outcome_choices,
    stage_choices,
    who_choices,
)
from deals.selectors.filters import TEXT, DealFilter
from fields.filter_forms import AddedFieldsForm
from fields.selectors.definitions import is_custom


class FilterForm(AddedFieldsForm):
    """The sheet with every filter. `choices` says what there is; `on_board` leaves out what a board fixes by itself."""

    q = forms.CharField(label=_("Name or company contains"), required=False, max_length=TEXT)
    who = forms.ChoiceField(label=_("Owner"), required=False)
    pipeline = forms.ChoiceField(label=_("Pipeline"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    stage = forms.MultipleChoiceField(label=_("Stage"), required=False, widget=forms.CheckboxSelectMultiple)
    close = forms.ChoiceField(label=_("Close month"), required=False)
    amount_from = AmountField(label=_("Amount from"), required=False)
    amount_to = AmountField(label=_("Amount up to"), required=False)
    stalled = forms.BooleanField(label=_("Stalled"), required=False)
    no_task = forms.BooleanField(label=_("No next task"), required=False)
    overdue = forms.BooleanField(label=_("Overdue task"), required=False)
    tag = forms.MultipleChoiceField(label=_("Tags"), required=False, widget=forms.CheckboxSelectMultiple)
    source = forms.ChoiceField(label=_("Source"), required=False)

    def __init__(
        self, *args: Any, chosen: DealFilter, choices: Choices, on_board: bool, **kwargs: Any
    ) -> None:
        kwargs |= {"initial": _filter_initial(chosen), "prefix": "f"}
        super().__init__(*args, **kwargs)
        self.chosen = chosen
        offered = {
            "who": who_choices(chosen, choices),
            "close": close_choices(chosen),
            "tag": [(str(tag.pk), tag.name) for tag in choices.tags],
            "source": [
                ("", _("Any")),
                *((name, name) for name in choices.sources(chosen.by_name.get("source"))),
            ],
            "pipeline": [
                ("", _("All pipelines")),
                *((str(each.pk), each.name) for each in choices.pipelines),
            ],
            "outcome": outcome_choices(),
            "stage": stage_choices(chosen, choices),
        }
        for name, values in offered.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]
        for name in ("pipeline", "outcome", "stage") if on_board else ():
            del self.fields[name]
        self.offer(choices.custom, chosen.parameters, lambda: choices.members)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        low, high = values.get("amount_from"), values.get("amount_to")
        if low is not None and high is not None and low > high:
            self.add_error("amount_to", _("This is less than the amount from which on."))
        return values

    @property
    def filter(self) -> DealFilter:
        """What the form says; facets that it does not know stay as they were."""
        query = QueryDict(mutable=True)
        for name, text in self.chosen.parameters.items():
            if name not in self.fields and name not in ("owner", "team"):
                query[name] = text
        for name, value in self.cleaned_data.items():
            if name == "who":
                kind, _colon, ident = value.partition(":")
                query["team" if ident else "owner"] = ident or kind
            elif is_custom(name):
                continue
            elif value not in (None, "", [], False):
                query[name] = (
                    ",".join(value) if isinstance(value, list) else "on" if value is True else str(value)
                )
        for name, text in self.custom_parameters.items():
            if text:
                query[name] = text
        return DealFilter.read(query, reader=self.chosen.reader)


def _filter_initial(chosen: DealFilter) -> dict[str, Any]:
    found: dict[str, Any] = {name: text for name, text in chosen.parameters.items() if not is_custom(name)}
    for name in ("stage", "tag"):
        found[name] = found[name].split(",") if name in found else []
    found["who"] = f"team:{found['team']}" if "team" in found else found.get("owner", "")
    return found
