"""Reading pipelines and stages."""

from __future__ import annotations

import uuid

from django.db.models import Prefetch, QuerySet

from core.errors import NotFound
from pipeline.models import EntryTask, ExitCriterion, LossReason, Pipeline, Stage


def pipelines() -> QuerySet[Pipeline]:
    """Pipelines in use, in their order."""
    return Pipeline.objects.filter(archived_at=None).order_by("-is_default", "position", "created_at", "id")


def stages() -> QuerySet[Stage]:
    """Stages in use of every pipeline, in board order, with what they ask for. Three queries."""
    return (
        Stage.objects.filter(archived_at=None, pipeline__archived_at=None)
        .select_related("pipeline")
        .order_by("pipeline_id", "position")
        .prefetch_related(
            Prefetch(
                "exit_criteria", ExitCriterion.objects.filter(archived_at=None).order_by("position", "id")
            ),
            Prefetch("entry_tasks", EntryTask.objects.filter(archived_at=None).order_by("position", "id")),
        )
    )


def stages_of(pipeline_id: uuid.UUID) -> list[Stage]:
    """The pipeline's stages in board order, with criteria and entry tasks."""
    return list(stages().filter(pipeline_id=pipeline_id).order_by("position"))


def pipeline_for_board(pipeline_id: uuid.UUID | None) -> Pipeline:
    """The pipeline asked for, or the default one. Raises NotFound."""
    found = pipelines().filter(pk=pipeline_id).first() if pipeline_id else pipelines().first()
    if found is None:
        raise NotFound
    return found


def loss_reasons() -> QuerySet[LossReason]:
    return LossReason.objects.filter(archived_at=None).order_by("position", "name")


def stage_in_use(stage_id: uuid.UUID) -> Stage:
    """Raises NotFound."""
    found = Stage.objects.filter(pk=stage_id, archived_at=None).select_related("pipeline").first()
    if found is None:
        raise NotFound
    return found
