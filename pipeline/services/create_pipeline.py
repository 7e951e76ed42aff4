"""Make a pipeline: from a ready template, empty, or as a copy of another one."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Max

from core.errors import NotFound
from core.ids import uuid7
from pipeline.models import EntryTask, ExitCriterion, Pipeline, Stage
from pipeline.models.criteria import CriterionKind
from pipeline.registry import copied
from pipeline.selectors.stages import stages_of
from pipeline.services.checks import checked_name, claimed_name
from pipeline.services.create_from_template import create_pipeline_from_template
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_workspace
from tenancy.services.audit import record

COPIED = (
    "kind",
    "name",
    "position",
    "win_rate",
    "stall_days",
    "category",
    "is_essential",
    "is_fact_based",
    "is_verifiable",
    "is_buyer_centric",
    "tense",
)


@transaction.atomic
def create_pipeline(*, name: str, template: str, actor: Actor) -> Pipeline:
    """A pipeline with the stages of a ready template ("empty": none), in the workspace's language.

    The first pipeline in use becomes the default one. Raises InvalidInput, NotAllowed.
    """
    actor.require(Permission.DESIGN_PIPELINES)
    name = checked_name(name, model=Pipeline)
    used = Pipeline.objects.filter(archived_at=None)
    with claimed_name(name, used):
        pipeline = create_pipeline_from_template(
            template=template,
            language=current_workspace().language,
            name=name,
            is_default=not used.filter(is_default=True).exists(),
        )
    _put_last(pipeline)
    record(
        actor=actor,
        action="pipeline.created",
        target_id=pipeline.pk,
        detail={"name": name, "template": template},
    )
    return pipeline


@transaction.atomic
def copy_pipeline(*, pipeline_id: uuid.UUID, name: str, actor: Actor) -> Pipeline:
    """A copy with stages, exit criteria and entry tasks, without deals. Raises InvalidInput, NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    original = Pipeline.objects.filter(pk=pipeline_id, archived_at=None).first()
    if original is None:
        raise NotFound
    name = checked_name(name, model=Pipeline)
    with claimed_name(name, Pipeline.objects.filter(archived_at=None)):
        copy = Pipeline.objects.create(name=name)
    _put_last(copy)
    copied(original, copy, {stage.pk: _copy_stage(stage, copy) for stage in stages_of(original.pk)})
    record(
        actor=actor,
        action="pipeline.copied",
        target_id=copy.pk,
        detail={"name": name, "from": original.name},
    )
    return copy


def _put_last(pipeline: Pipeline) -> None:
    last = Pipeline.objects.exclude(pk=pipeline.pk).aggregate(last=Max("position"))["last"]
    pipeline.position = 0 if last is None else last + 1
    pipeline.save(update_fields=["position"])


def _copy_stage(stage: Stage, pipeline: Pipeline) -> Stage:
    copy = Stage.objects.create(
        id=uuid7(), pipeline=pipeline, **{name: getattr(stage, name) for name in COPIED}
    )
    tasks = {
        str(task.pk): EntryTask(
            id=uuid7(), stage=copy, name=task.name, due_days=task.due_days, position=task.position
        )
        for task in stage.entry_tasks.all()
    }
    EntryTask.objects.bulk_create(tasks.values())
    ExitCriterion.objects.bulk_create(
        ExitCriterion(
            stage=copy,
            name=criterion.name,
            question=criterion.question,
            kind=criterion.kind,
            subject=_copied_subject(criterion, tasks),
            required=criterion.required,
            position=criterion.position,
        )
        for criterion in stage.exit_criteria.all()
    )
    return copy


def _copied_subject(criterion: ExitCriterion, tasks: dict[str, EntryTask]) -> str:
    """A criterion on a task looks at the copy of that task."""
    if criterion.kind == CriterionKind.TASK and criterion.subject in tasks:
        return str(tasks[criterion.subject].pk)
    return criterion.subject
