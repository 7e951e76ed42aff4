"""What a computed exit criterion may look at."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from fields.models import CustomField, Subject
from pipeline.models import CriterionKind, EntryTask, ExitCriterion, Stage
from pipeline.registry import subjects_of


def criterion_subjects(stage: Stage, kind: str) -> list[tuple[str, str | Promise]]:
    """(value, label) pairs: the stage's own tasks, the deal's fields, the facts that Stagecraft knows."""
    if kind == CriterionKind.TASK:
        tasks = EntryTask.objects.filter(stage=stage, archived_at=None).order_by("position", "id")
        return [(str(pk), name) for pk, name in tasks.values_list("pk", "name")]
    return subjects_of(kind)


def criteria_asking_for(field: CustomField) -> str:
    """Why the field cannot be archived: exit criteria ask for it. "" when none does."""
    if field.subject != Subject.DEAL:
        return ""
    asking = ExitCriterion.objects.filter(
        kind=CriterionKind.FIELD, subject=field.column, archived_at=None, stage__archived_at=None
    )
    names = list(asking.order_by("stage__position", "position").values_list("name", flat=True)[:3])
    if not names:
        return ""
    return _("Exit criteria ask for this field: %(names)s. Change them first.") % {"names": ", ".join(names)}
