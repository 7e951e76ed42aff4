"""Make a pipeline from one of the ready templates."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from pipeline.models import EntryTask, ExitCriterion, LossReason, Pipeline, Stage
from pipeline.naming import guess_tense
from pipeline.registry import made
from pipeline.templates import LOSS_REASONS, TEMPLATES, PipelineTemplate, StageTemplate


@transaction.atomic
def create_pipeline_from_template(
    *, template: str, language: str, is_default: bool = False, name: str = ""
) -> Pipeline:
    """A pipeline with the template's stages, criteria and entry tasks in `language` ("ko" or "en").

    "empty" makes a pipeline without stages. Raises InvalidInput for an unknown template.
    """
    chosen = TEMPLATES.get(template)
    if chosen is None:
        raise InvalidInput.of(
            "template",
            _("Unknown template “%(name)s”. Choose one of: %(known)s.")
            % {"name": template, "known": ", ".join(TEMPLATES)},
        )
    pipeline = Pipeline.objects.create(name=name or chosen.name.text(language), is_default=is_default)
    _create_stages(pipeline, chosen, language)
    if not LossReason.objects.exists():
        LossReason.objects.bulk_create(
            LossReason(name=reason.text(language), position=position)
            for position, reason in enumerate(LOSS_REASONS)
        )
    made(pipeline, template)
    return pipeline


def _create_stages(pipeline: Pipeline, template: PipelineTemplate, language: str) -> None:
    """Three statements, however many stages: a new workspace waits for this."""
    pairs = [
        (_stage_of(pipeline, stage, position, language), stage)
        for position, stage in enumerate(template.stages)
    ]
    Stage.objects.bulk_create([stage for stage, _template in pairs])
    ExitCriterion.objects.bulk_create(
        ExitCriterion(
            stage=stage, name=criterion.name.text(language), question=criterion.question, position=index
        )
        for stage, of_stage in pairs
        for index, criterion in enumerate(of_stage.criteria)
    )
    EntryTask.objects.bulk_create(
        EntryTask(stage=stage, name=task.name.text(language), due_days=task.due_days, position=index)
        for stage, of_stage in pairs
        for index, task in enumerate(of_stage.tasks)
    )


def _stage_of(pipeline: Pipeline, template: StageTemplate, position: int, language: str) -> Stage:
    name = template.name.text(language)
    return Stage(
        pipeline=pipeline,
        position=position,
        name=name,
        kind=template.kind,
        win_rate=template.win_rate,
        stall_days=template.stall_days,
        category=template.category,
        is_essential=True,
        is_fact_based=True,
        is_verifiable=True,
        is_buyer_centric=True,
        tense=guess_tense(name),
    )
