"""What an admin types into the designer, read. The services check it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.models import Category, CriterionKind, Stage, StageKind
from pipeline.models.criteria import Question
from pipeline.registry import StageSettings
from pipeline.selectors.subjects import criterion_subjects

TEMPLATE_CHOICES = [
    ("salesmap", _("New business: five stages on the buyer's way, from the booked meeting to signature")),
    ("the-model", _("The Model: a lead stage and four deal stages, with BANT and the approval")),
    ("empty", _("Empty: I make the stages myself")),
]
QUESTION_HINTS = {
    Question.WE_DO: _("A demo held, a trial account issued: what the buyer needs from us to go on."),
    Question.WE_KNOW: _("Something that can be seen and recorded, not a feeling."),
    Question.WE_LEARN: _("Their problem, who decides, the budget, the date by which they must decide."),
    Question.WE_GET: _("The next meeting, access to an executive, a request for a quote."),
}


class DesignerForm(forms.Form):
    """Several forms with a name stand on one page: each has ids of its own, or a label would lead to another's field."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"{type(self).__name__}_%s", **kwargs)


class PipelineNameForm(DesignerForm):
    name = forms.CharField(label=_("Name"), max_length=80)


class NewPipelineForm(PipelineNameForm):
    template = forms.ChoiceField(
        label=_("Start with"), choices=TEMPLATE_CHOICES, initial="salesmap", widget=forms.RadioSelect
    )


class NewStageForm(DesignerForm):
    name = forms.CharField(label=_("Stage"), max_length=80)
    kind = forms.ChoiceField(choices=StageKind.choices, initial=StageKind.OPEN, required=False)


class StageForm(DesignerForm):
    """`seen` is the version that the admin saw; `agreed` names the effects that were shown and are wanted."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=StageKind.choices)
    win_rate = forms.DecimalField(
        label=_("Win rate"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text=_("How many of a hundred deals that reach this stage are won."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "num"}),
    )
    stall_days = forms.IntegerField(
        label=_("Stall days"),
        min_value=0,
        max_value=3650,
        help_text=_("A deal that stays this long counts as stalled. 0: never."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num"}),
    )
    category = forms.ChoiceField(
        label=_("Forecast layer"), choices=Category.choices, help_text=_("How sure its deals are.")
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    agreed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, data: Any = None, *, stage: Stage) -> None:
        self.stage = stage
        shown = {
            "name": stage.name,
            "kind": stage.kind,
            "win_rate": f"{stage.win_rate.normalize():f}",
            "stall_days": stage.stall_days,
            "category": stage.category,
            "seen": stage.version,
        }
        super().__init__(data, initial=shown)

    def clean_win_rate(self) -> Decimal:
        """A lead stage has no use for a win rate: it keeps what it had."""
        rate: Decimal | None = self.cleaned_data["win_rate"]
        if rate is None and self.cleaned_data.get("kind") == StageKind.LEAD:
            return self.stage.win_rate
        if rate is None:
            raise forms.ValidationError(_("Enter a percentage from 0 to 100."))
        return rate

    def changes(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name] for name in ("name", "kind", "win_rate", "stall_days", "category")
        }

    def settings(self) -> StageSettings:
        found = self.cleaned_data
        return StageSettings(found["kind"], found["win_rate"], found["stall_days"], found["category"])


class CriterionForm(DesignerForm):
    """`subject` is chosen among what the kind can look at; a hand-ticked criterion has none."""

    name = forms.CharField(
        label=_("What holds then"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("A sentence that is true or false: “Demo meeting held”."),
    )
    question = forms.ChoiceField(label=_("Answers the question"), choices=Question.choices)
    looks_at = forms.ChoiceField(label=_("How it is met"))
    required = forms.BooleanField(label=_("Required: holds the deal back until it is met"), required=False)

    def __init__(self, data: Any = None, *, stage: Stage, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["looks_at"].choices = _looks_at_choices(stage)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        kind, _separator, subject = self.cleaned_data["looks_at"].partition(":")
        return {
            "name": self.cleaned_data["name"],
            "question": self.cleaned_data["question"],
            "kind": kind,
            "subject": subject,
            "required": self.cleaned_data["required"],
        }


def _looks_at_choices(stage: Stage) -> list[Any]:
    """One list to choose from: by hand, or a field, a task, a fact."""
    choices: list[Any] = [(CriterionKind.MANUAL.value, CriterionKind.MANUAL.label)]
    for kind in (CriterionKind.FIELD, CriterionKind.TASK, CriterionKind.FACT):
        subjects = criterion_subjects(stage, kind)
        if subjects:
            choices.append((kind.label, [(f"{kind.value}:{value}", label) for value, label in subjects]))
    return choices


def looks_at(kind: str, subject: str) -> str:
    return f"{kind}:{subject}" if subject else kind


class EntryTaskForm(DesignerForm):
    name = forms.CharField(
        label=_("Task"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    due_days = forms.IntegerField(
        label=_("Due, days after entry"),
        min_value=0,
        max_value=3650,
        initial=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num"}),
    )


class LossReasonForm(DesignerForm):
    name = forms.CharField(
        label=_("Loss reason"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
