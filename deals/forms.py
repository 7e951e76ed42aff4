"""What people type about a deal, read and checked. The services check again: a form is one door of several."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from core.ids import parse_uuid
from core.money import CURRENCY_DIGITS, parse_amount
from deals.models.activity import ActivityKind, Direction
from deals.models.deal import RevenueType
from deals.selectors.custom_values import value_of
from deals.selectors.filter_words import (
    Choices,
    close_choices,
    outcome_choices,
    stage_choices,
    who_choices,
)
from deals.selectors.filters import TEXT, DealFilter
from fields.filter_forms import AddedFieldsForm
from fields.forms import value_form
from fields.models import Subject
from fields.selectors.definitions import fields_named, is_custom
from pipeline.models import LossReason, Stage


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


class NewDealForm(forms.Form):
    """Quick add: a name is enough."""

    name = forms.CharField(label=_("Deal name"), max_length=200)
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    amount = AmountField(label=_("Amount"), required=False)
    expected_close_date = forms.DateField(
        label=_("Expected close date"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Stage"), required=False, empty_label=None)

    def __init__(self, *args: Any, stages: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stages is None:
            del self.fields["stage"]
        else:
            self.fields["stage"].queryset = stages  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """A drop, or a choice in "Move to…". `after` empty: on top; absent: at the bottom."""

    stage = forms.UUIDField()
    version = forms.IntegerField(required=False, min_value=1)
    after = forms.CharField(required=False, max_length=40)
    override_reason = forms.CharField(required=False, max_length=500)


class LoseForm(forms.Form):
    reason = forms.ModelChoiceField(
        LossReason.objects.none(), label=_("Why was it lost?"), widget=forms.RadioSelect, empty_label=None
    )
    note = forms.CharField(
        label=_("What would have helped?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from pipeline.selectors.stages import loss_reasons

        self.fields["reason"].queryset = loss_reasons()  # type: ignore[attr-defined]


class RetireForm(forms.Form):
    """Where the open deals of the stages that leave go. Nothing is asked when there are none."""

    to_stage = forms.TypedChoiceField(label=_("The deals go to"), coerce=uuid.UUID, empty_value=None)
    automate = forms.BooleanField(label=_("Make the tasks of the new stage"), required=False)

    def __init__(self, *args: Any, leaving: Sequence[Stage], needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_stage"].required = needed
        if needed:
            self.fields["to_stage"].choices = [  # type: ignore[attr-defined]
                ("", _("Choose a stage")),
                *_stages_to_go_to(leaving),
            ]


def _stages_to_go_to(leaving: Sequence[Stage]) -> list[Any]:
    """Every other stage in use, under its pipeline's name; the pipeline of the leaving ones first."""
    from pipeline.selectors.stages import stages

    gone = {stage.pk for stage in leaving}
    groups: dict[str, list[tuple[str, str]]] = {}
    own = leaving[0].pipeline_id if leaving else None
    for stage in sorted(stages(), key=lambda each: (each.pipeline_id != own, each.pipeline.name)):
        if stage.pk not in gone:
            groups.setdefault(stage.pipeline.name, []).append((str(stage.pk), stage.name))
    return list(groups.items())


class TaskForm(forms.Form):
    name = forms.CharField(label=_("What is to be done?"), max_length=200)
    due_on = forms.DateField(label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class NoteForm(forms.Form):
    """`mentioned`: ids of the members chosen from the list that opens at an @."""

    body = forms.CharField(
        label=_("Note"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 2, "data-mentions": ""})
    )
    mentioned = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)

    def clean_mentioned(self) -> list[uuid.UUID]:
        found = (parse_uuid(text) for text in self.cleaned_data["mentioned"].split(","))
        return [ident for ident in found if ident is not None]


class ActivityForm(forms.Form):
    """A call, meeting, e-mail or message: the moment is on the reader's clock."""

    kind = forms.ChoiceField(choices=ActivityKind.choices, widget=forms.HiddenInput)
    direction = forms.ChoiceField(label=_("Who turned to whom"), choices=(), widget=forms.RadioSelect)
    occurred_at = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    contacts = forms.ModelMultipleChoiceField(
        Contact.objects.none(), label=_("Who took part"), required=False, widget=forms.CheckboxSelectMultiple
    )
    subject = forms.CharField(label=_("Subject"), required=False, max_length=300)
    body = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "data-draft": "body"}),
    )

    def __init__(self, *args: Any, people: QuerySet[Contact], kind: str, **kwargs: Any) -> None:
        kwargs["prefix"] = "a"
        super().__init__(*args, **kwargs)
        self.chosen = ActivityKind(kind)
        self.fields["contacts"].queryset = people  # type: ignore[attr-defined]
        self.fields["direction"].choices = DIRECTION_WORDS[self.chosen]  # type: ignore[attr-defined]


# What each direction means of each kind, the usual one first.
DIRECTION_WORDS = {
    ActivityKind.CALL: [
        (Direction.BOTH, _("We talked")),
        (Direction.FROM_BUYER, _("They called")),
        (Direction.TO_BUYER, _("Not reached")),
    ],
    ActivityKind.MEETING: [
        (Direction.BOTH, _("We met")),
        (Direction.FROM_BUYER, _("They asked for one")),
        (Direction.TO_BUYER, _("We offered one")),
    ],
    ActivityKind.EMAIL: [
        (Direction.TO_BUYER, _("We wrote")),
        (Direction.FROM_BUYER, _("They wrote")),
        (Direction.BOTH, _("Both wrote")),
    ],
    ActivityKind.MESSAGE: [
        (Direction.TO_BUYER, _("We wrote")),
        (Direction.FROM_BUYER, _("They wrote")),
        (Direction.BOTH, _("Both wrote")),
    ],
}


class RoleForm(forms.Form):
    role = forms.CharField(label=_("Role in this deal"), required=False, max_length=80)


class PersonForm(RoleForm):
    """Somebody who is not known yet."""

    field_order = ("name", "title", "role", "email", "phone")
    name = forms.CharField(label=_("Name"), max_length=200)
    title = forms.CharField(label=_("Title"), required=False, max_length=120)
    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"inputmode": "email"}),
    )
    phone = forms.CharField(
        label=_("Phone"), required=False, max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )


class TagForm(forms.Form):
    name = forms.CharField(label=_("Tag"), max_length=60)


def edit_form(field: str, deal_id: uuid.UUID | None = None) -> type[forms.Form] | None:
    """The form that edits one field of a deal in place, or None where there is none."""
    if is_custom(field):
        return _custom_form(field, deal_id)
    fields = EDIT_FIELDS.get(field)
    return None if fields is None else type(f"Edit{field.title()}", (forms.Form,), fields())


def _custom_form(name: str, deal_id: uuid.UUID | None) -> type[forms.Form] | None:
    field = fields_named(Subject.DEAL, [name]).get(name)
    if field is None:
        return None
    return value_form(field, value_of(deal_id, field) if deal_id else None)


def _members() -> forms.Field:
    from tenancy.selectors.members import active_members

    return forms.ModelChoiceField(active_members(), label=_("Owner"), required=False, empty_label=_("Nobody"))


EDIT_FIELDS: dict[str, Any] = {
    "name": lambda: {"name": forms.CharField(label=_("Deal name"), max_length=200)},
    "amount": lambda: {"amount": AmountField(label=_("Amount"), required=False)},
    "expected_close_date": lambda: {
        "expected_close_date": forms.DateField(
            label=_("Expected close date"), required=False, widget=forms.DateInput(attrs={"type": "date"})
        )
    },
    "owner": lambda: {"owner": _members()},
    "company": lambda: {"company": forms.CharField(label=_("Company"), max_length=200, required=False)},
    "source": lambda: {"source": forms.CharField(label=_("Source"), max_length=120, required=False)},
    "currency": lambda: {
        "currency": forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCY_DIGITS])
    },
    "revenue_type": lambda: {
        "revenue_type": forms.ChoiceField(label=_("Kind of revenue"), choices=RevenueType.choices)
    },
}
