"""What is written about a deal: tasks, notes, talks, people, tags."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from core.ids import parse_uuid
from deals.models.activity import ActivityKind, Direction


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
