"""What a computed exit criterion may look at."""

from __future__ import annotations

from django.utils.functional import Promise

from pipeline.models import CriterionKind, EntryTask, Stage
from pipeline.registry import subjects_of


def criterion_subjects(stage: Stage, kind: str) -> list[tuple[str, str | Promise]]:
    """(value, label) pairs: the stage's own tasks, the deal's fields, the facts that Stagecraft knows."""
    if kind == CriterionKind.TASK:
        tasks = EntryTask.objects.filter(stage=stage, archived_at=None).order_by("position", "id")
        return [(str(pk), name) for pk, name in tasks.values_list("pk", "name")]
    return subjects_of(kind)
