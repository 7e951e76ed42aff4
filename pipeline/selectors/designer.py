"""What the designer shows: every pipeline, one pipeline's stages, one stage with what it asks for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from core.errors import NotFound
from pipeline.models import CriterionKind, EntryTask, ExitCriterion, LossReason, Pipeline, Stage
from pipeline.models.criteria import Question
from pipeline.registry import open_deals_in
from pipeline.selectors.review import Severity, StageFinding, stage_findings
from pipeline.selectors.stages import pipelines, stages_of
from pipeline.selectors.subjects import criterion_subjects
from tenancy.audit_words import Told, line_of
from tenancy.models import AuditEntry
from tenancy.selectors.history import Change

RECENT = 20


@dataclass(slots=True)
class PipelineRow:
    """A pipeline in the list. `open_deals` counts those in lead stages too."""

    pipeline: Pipeline
    stages: list[Stage] = field(default_factory=list)
    open_deals: int = 0


def pipeline_rows() -> list[PipelineRow]:
    """The pipelines in use with their stages' names. Three queries."""
    found = {pipeline.pk: PipelineRow(pipeline) for pipeline in pipelines()}
    stages = Stage.objects.filter(archived_at=None, pipeline_id__in=found).order_by("position")
    for stage in stages:
        found[stage.pipeline_id].stages.append(stage)
    counts = open_deals_in([stage.pk for row in found.values() for stage in row.stages])
    for row in found.values():
        row.open_deals = sum(counts.get(stage.pk, 0) for stage in row.stages)
    return list(found.values())


def archived_pipelines() -> QuerySet[Pipeline]:
    return Pipeline.objects.exclude(archived_at=None).order_by("-archived_at", "id")


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage in the designer's list: how many open deals lie in it, what it asks for, what speaks against it."""

    stage: Stage
    open_deals: int
    criteria: int
    tasks: int
    findings: list[StageFinding]

    @property
    def worst(self) -> StageFinding | None:
        """What the list says of it; open questions are for the review."""
        return next((each for each in self.findings if each.severity is not Severity.TODO), None)


@dataclass(frozen=True, slots=True)
class Design:
    pipeline: Pipeline
    rows: list[StageRow]
    retired: list[Stage]

    @property
    def open_deals(self) -> int:
        return sum(row.open_deals for row in self.rows)


def design_of(pipeline_id: uuid.UUID) -> Design:
    """One pipeline in use. Six queries. Raises NotFound."""
    pipeline = Pipeline.objects.filter(pk=pipeline_id, archived_at=None).first()
    if pipeline is None:
        raise NotFound
    stages = stages_of(pipeline.pk)
    counts = open_deals_in([stage.pk for stage in stages])
    retired = Stage.objects.filter(pipeline=pipeline).exclude(archived_at=None).order_by("-archived_at", "id")
    rows = [_row(stage, counts.get(stage.pk, 0)) for stage in stages]
    return Design(pipeline, rows, list(retired))


def _row(stage: Stage, open_deals: int) -> StageRow:
    criteria, tasks = len(stage.exit_criteria.all()), len(stage.entry_tasks.all())
    return StageRow(stage, open_deals, criteria, tasks, stage_findings(stage))


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """`looks_at` names the field, task or fact that a computed criterion asks for."""

    criterion: ExitCriterion
    looks_at: str


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """One of the four questions with the criteria that answer it."""

    question: Question
    rows: list[CriterionRow]


def stage_in_use(stage_id: uuid.UUID) -> Stage:
    """With its pipeline. Raises NotFound for a retired one too."""
    found = (
        Stage.objects.filter(pk=stage_id, archived_at=None, pipeline__archived_at=None)
        .select_related("pipeline")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def question_groups(stage: Stage) -> list[QuestionGroup]:
    """The stage's criteria under the four questions, unanswered questions included. Two queries."""
    criteria = list(ExitCriterion.objects.filter(stage=stage, archived_at=None).order_by("position", "id"))
    kinds = {criterion.kind for criterion in criteria}
    labels = {kind: dict(criterion_subjects(stage, kind)) for kind in kinds if kind != CriterionKind.MANUAL}
    rows = [
        CriterionRow(each, str(labels.get(each.kind, {}).get(each.subject, each.subject)))
        for each in criteria
    ]
    return [
        QuestionGroup(question, [row for row in rows if row.criterion.question == question])
        for question in Question
    ]


def entry_tasks_of(stage: Stage) -> list[EntryTask]:
    return list(EntryTask.objects.filter(stage=stage, archived_at=None).order_by("position", "id"))


def criterion_in_use(criterion_id: uuid.UUID) -> ExitCriterion:
    """Raises NotFound."""
    found = ExitCriterion.objects.filter(pk=criterion_id, archived_at=None, stage__archived_at=None)
    return _one(found.select_related("stage"))


def entry_task_in_use(entry_task_id: uuid.UUID) -> EntryTask:
    """Raises NotFound."""
    found = EntryTask.objects.filter(pk=entry_task_id, archived_at=None, stage__archived_at=None)
    return _one(found.select_related("stage"))


def loss_reason_in_use(reason_id: uuid.UUID) -> LossReason:
    """Raises NotFound."""
    return _one(LossReason.objects.filter(pk=reason_id, archived_at=None))


def _one(rows: QuerySet[Any]) -> Any:
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def archived_loss_reasons() -> QuerySet[LossReason]:
    return LossReason.objects.exclude(archived_at=None).order_by("name", "id")


def changes_of(targets: Sequence[uuid.UUID]) -> list[Change]:
    """What was changed last on these pipelines and stages, newest first. One query."""
    entries = AuditEntry.objects.filter(target_id__in=targets).select_related("actor").order_by("-at", "-id")
    # Entries about stages keep the names that they speak of.
    return [Change(entry.at, entry.actor, line_of(Told.of(entry, {}))) for entry in entries[:RECENT]]
