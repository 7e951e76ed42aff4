"""How the designer's entries of the change history read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.formats import days_short
from pipeline.models import Category, CriterionKind, ReviewQuestion, StageKind
from pipeline.models.criteria import Question
from pipeline.naming import Tense
from tenancy.audit_words import NOTHING, Line, Sentence, Told, register, register_kind

KINDS = {
    "pipeline": gettext_lazy("Pipelines"),
    "stage": gettext_lazy("Stages"),
    "criterion": gettext_lazy("Exit criteria"),
    "entry_task": gettext_lazy("Stage-entry tasks"),
    "loss_reason": gettext_lazy("Loss reasons"),
    "journey": gettext_lazy("Buyer's journey"),
}
FIELDS: dict[str, Promise] = {
    "name": gettext_lazy("Name"),
    "kind": gettext_lazy("Kind"),
    "win_rate": gettext_lazy("Win rate"),
    "stall_days": gettext_lazy("Stall days"),
    "category": gettext_lazy("Forecast layer"),
    "question": gettext_lazy("Answers the question"),
    "subject": gettext_lazy("What it looks at"),
    "required": gettext_lazy("Required"),
    "due_days": gettext_lazy("Due, days after entry"),
}
YES, NO = pgettext_lazy("answer", "yes"), pgettext_lazy("answer", "no")
# What is said of a thing that was only made, put away or taken back: of which kind, and what became of it.
SIMPLE: dict[str, Promise] = {
    "pipeline.created": gettext_lazy("made the pipeline “%(name)s”"),
    "pipeline.made_default": gettext_lazy("made “%(name)s” the default pipeline"),
    "pipeline.archived": gettext_lazy("archived the pipeline “%(name)s”"),
    "pipeline.restored": gettext_lazy("took the pipeline “%(name)s” back"),
    "stage.added": gettext_lazy("added the stage “%(name)s”"),
    "stage.retired": gettext_lazy("retired the stage “%(name)s”"),
    "stage.restored": gettext_lazy("took the stage “%(name)s” back"),
    "stage.noted": gettext_lazy("wrote a note in the review of “%(name)s”"),
    "criterion.added": gettext_lazy("added the exit criterion “%(name)s” to “%(stage)s”"),
    "criterion.removed": gettext_lazy("removed the exit criterion “%(name)s” from “%(stage)s”"),
    "criterion.restored": gettext_lazy("took the exit criterion “%(name)s” of “%(stage)s” back"),
    "entry_task.added": gettext_lazy("added the task “%(name)s” to “%(stage)s”"),
    "entry_task.removed": gettext_lazy("removed the task “%(name)s” from “%(stage)s”"),
    "entry_task.restored": gettext_lazy("took the task “%(name)s” of “%(stage)s” back"),
    "loss_reason.added": gettext_lazy("added the loss reason “%(name)s”"),
    "loss_reason.removed": gettext_lazy("removed the loss reason “%(name)s”"),
    "loss_reason.restored": gettext_lazy("took the loss reason “%(name)s” back"),
    "journey.started": gettext_lazy("began the buyer's journey of “%(name)s”"),
    "journey.added": gettext_lazy("added a step to the buyer's journey of “%(name)s”"),
    "journey.changed": gettext_lazy("changed a step of the buyer's journey of “%(name)s”"),
    "journey.moved": gettext_lazy("moved a step of the buyer's journey of “%(name)s”"),
    "journey.removed": gettext_lazy("removed a step of the buyer's journey of “%(name)s”"),
    "journey.restored": gettext_lazy("took back a step of the buyer's journey of “%(name)s”"),
    "journey.begins_deal": gettext_lazy("said where a deal begins in “%(name)s”"),
}


def register_all() -> None:
    for kind, label in KINDS.items():
        register_kind(kind, label)
    for action, text in SIMPLE.items():
        register(action, simple(text))
    for action, sentence in SENTENCES.items():
        register(action, sentence)


def simple(text: Promise) -> Sentence:
    def sentence(told: Told) -> str:
        return str(text) % {"name": told.value("name"), "stage": told.value("stage")}

    return sentence


def changed(text: Promise) -> Callable[[Told], Line]:
    """“changed … of X”, and the field's value before and after."""

    def sentence(told: Told) -> Line:
        field = told.detail["field"]
        what = str(text) % {
            "name": told.value("name"),
            "stage": told.value("stage"),
            "field": FIELDS.get(field, field),
        }
        return Line(what, shown(field, told.detail["from"]), shown(field, told.detail["to"]))

    return sentence


def shown(field: str, value: Any) -> str:
    """A value as the designer shows it."""
    if value is None or value == "":
        return NOTHING
    if field == "win_rate":
        return f"{value}%"
    if field == "stall_days":
        return days_short(int(value)) if value else _("never stalls")
    if isinstance(value, bool):
        return str(YES if value else NO)
    labels = {"kind": {**LABELS[StageKind], **LABELS[CriterionKind]}, "category": LABELS[Category]}
    labels["question"] = LABELS[Question]
    return str(labels.get(field, {}).get(value, value))


LABELS: dict[Any, dict[str, Any]] = {
    choices: dict(choices.choices) for choices in (StageKind, CriterionKind, Category, Question)
}


def pipeline_copied(told: Told) -> str:
    names = {"name": told.value("name"), "original": told.value("from")}
    return _("made the pipeline “%(name)s” as a copy of “%(original)s”") % names


def pipeline_ordered(told: Told) -> Line:
    what = _("changed the order of the stages of “%(name)s”") % {"name": told.value("name")}
    return Line(what, " · ".join(told.detail["from"]), " · ".join(told.detail["to"]))


def stage_answered(told: Told) -> Line:
    question = told.detail["question"]
    what = _("answered in the review of “%(name)s”: %(question)s") % {
        "name": told.value("name"),
        "question": ReviewQuestion(question).label,
    }
    return Line(what, answer(told.detail["from"]), answer(told.detail["to"]))


def answer(value: bool | str | None) -> str:
    if value is None or value == "":
        return NOTHING
    return str(Tense(value).label) if isinstance(value, str) else str(YES if value else NO)


SENTENCES: dict[str, Sentence] = {
    "pipeline.copied": pipeline_copied,
    "pipeline.ordered": pipeline_ordered,
    "pipeline.changed": changed(gettext_lazy("changed the pipeline “%(name)s”: %(field)s")),
    "stage.changed": changed(gettext_lazy("changed the stage “%(name)s”: %(field)s")),
    "stage.answered": stage_answered,
    "criterion.changed": changed(
        gettext_lazy("changed the exit criterion “%(name)s” of “%(stage)s”: %(field)s")
    ),
    "entry_task.changed": changed(gettext_lazy("changed the task “%(name)s” of “%(stage)s”: %(field)s")),
    "loss_reason.changed": changed(gettext_lazy("changed the loss reason “%(name)s”: %(field)s")),
}
