"""What the forms of an approval take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from deals.models import Deal
from strategy.models import IfMissed, PassedBefore, Way
from strategy.models.approval import MAX_DAYS
from strategy.selectors.approval import Sheet, offered_people

PARTS = {
    "people": ("approver_on_paper", "approver_in_truth", "signer"),
    "drafting": ("drafter", "passed_before", "drafting_days", "begun_on", "submitted_on"),
    "way": ("way", "signing_days", "absent_from", "absent_to"),
}


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


def days_field(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MAX_DAYS, help_text=help_text)


def choice_field(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", _("Unknown")), *choices], required=False)


class PersonField(forms.ModelChoiceField):
    def __init__(self, label: Any, help_text: Any = "") -> None:
        super().__init__(
            queryset=Contact.objects.none(),
            label=label,
            help_text=help_text,
            required=False,
            empty_label=_("Unknown"),
        )

    def label_from_instance(self, contact: Any) -> str:
        return f"{contact.name} · {contact.title}" if contact.title else contact.name


class ApprovalForm(forms.Form):
    """The fields of one of PARTS. The version is that of the approval that was seen."""

    approver_on_paper = PersonField(_("Final approver on paper"))
    approver_in_truth = PersonField(
        _("Final approver in truth"), _("Whose judgement does the one on paper follow?")
    )
    signer = PersonField(_("Who signs the order"))
    drafter = PersonField(_("Drafter"))
    passed_before = choice_field(_("Passed one of this size before"), PassedBefore.choices)
    drafting_days = days_field(_("Working days for drafting"))
    begun_on = day_field(_("Drafting begun on"))
    submitted_on = day_field(_("Papers submitted on"))
    way = choice_field(_("Way of approval"), Way.choices)
    signing_days = days_field(_("Working days from approval to signature"))
    absent_from = day_field(_("Approver travels from"))
    absent_to = day_field(_("to"))
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, part: str, deal: Deal, sheet: Sheet, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", f"a-{part}")
        super().__init__(*args, **kwargs)
        self.fields = {name: self.fields[name] for name in (*PARTS[part], "version")}
        for field in self.fields.values():
            if isinstance(field, PersonField):
                field.queryset = offered_people(deal, sheet)


class MeetingForm(forms.Form):
    name = forms.CharField(
        label=_("Meeting"),
        max_length=120,
        widget=forms.TextInput(attrs={"placeholder": _("Board meeting, management meeting…")}),
    )
    on = day_field(_("Held on"), required=True)
    papers_due = day_field(_("Papers due on"))
    if_missed = choice_field(_("If the papers miss it"), IfMissed.choices)
    next_on = day_field(_("Next regular one on"))
    missed_days = days_field(_("Working days for an extraordinary one or for briefing"))
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class DepartmentForm(forms.Form):
    name = forms.CharField(
        label=_("Department"),
        max_length=120,
        widget=forms.TextInput(attrs={"placeholder": _("Legal, security, finance…")}),
    )
    days = days_field(_("Working days it takes"))
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("Answer"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class QuestionForm(forms.Form):
    text = forms.CharField(label=_("Question"), max_length=300)
    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
