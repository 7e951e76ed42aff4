"""Writing down the buyer's journey, and where a deal begins in it."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, InvalidInput, NotFound
from pipeline.journey_example import EXAMPLE_JOURNEY, ExampleStep
from pipeline.models import JourneyStep, Pipeline, Stage
from pipeline.selectors.review import journey_steps, stages_under_review
from pipeline.services.checks import checked_line, locked_pipeline
from tenancy.permissions import Actor, Permission
from tenancy.services.audit import record

MAX_STEPS = 60
MAX_TEXT = 300


@transaction.atomic
def add_journey_step(
    *, pipeline_id: uuid.UUID, actor: Actor, buyer_does: str, we_do: str, stage_id: uuid.UUID | None = None
) -> JourneyStep:
    """A step at the end of the journey. Raises InvalidInput for one that says nothing, or beyond the sixtieth."""
    pipeline = design(pipeline_id, actor)
    steps = journey_steps(pipeline)
    if len(steps) >= MAX_STEPS:
        raise InvalidInput.of(
            "buyer_does",
            _("A journey has at most %(max)s steps. Put some of them together.") % {"max": MAX_STEPS},
        )
    step = JourneyStep(pipeline=pipeline, position=steps[-1].position + 1 if steps else 0)
    write(step, buyer_does=buyer_does, we_do=we_do, stage_id=stage_id)
    step.save(force_insert=True)
    told(actor, "added", step)
    return step


@transaction.atomic
def change_journey_step(
    *,
    pipeline_id: uuid.UUID,
    step_id: uuid.UUID,
    actor: Actor,
    buyer_does: str,
    we_do: str,
    stage_id: uuid.UUID | None = None,
) -> JourneyStep:
    """Raises InvalidInput for a step that says nothing."""
    step = step_of(design(pipeline_id, actor), step_id)
    write(step, buyer_does=buyer_does, we_do=we_do, stage_id=stage_id)
    step.save(update_fields=["buyer_does", "we_do", "stage"])
    told(actor, "changed", step)
    return step


@transaction.atomic
def move_journey_step(*, pipeline_id: uuid.UUID, step_id: uuid.UUID, place: int, actor: Actor) -> None:
    """Put the step at `place` of the journey, counted from 0; beyond the ends is at the end."""
    pipeline = design(pipeline_id, actor)
    step = step_of(pipeline, step_id)
    steps = journey_steps(pipeline)
    before = steps.index(step)
    place = max(0, min(place, len(steps) - 1))
    if place == before:
        return
    steps.insert(place, steps.pop(before))
    number(steps)
    told(actor, "moved", step, {"from": before, "to": place})


@transaction.atomic
def remove_journey_step(*, pipeline_id: uuid.UUID, step_id: uuid.UUID, actor: Actor) -> JourneyStep:
    step = step_of(design(pipeline_id, actor), step_id)
    step.archived_at = clock.now()
    step.save(update_fields=["archived_at"])
    told(actor, "removed", step)
    return step


@transaction.atomic
def restore_journey_step(*, pipeline_id: uuid.UUID, step_id: uuid.UUID, actor: Actor) -> JourneyStep:
    """Take a removal back: the step returns to its place, and is the deal's beginning again unless another is by now."""
    pipeline = design(pipeline_id, actor)
    step = JourneyStep.objects.filter(pipeline=pipeline, pk=step_id).first()
    if step is None:
        raise NotFound
    if step.archived_at is None:
        return step
    steps = journey_steps(pipeline)
    step.archived_at = None
    step.begins_deal = step.begins_deal and not any(other.begins_deal for other in steps)
    step.save(update_fields=["archived_at", "begins_deal"])
    place = next((at for at, other in enumerate(steps) if other.position >= step.position), len(steps))
    steps.insert(place, step)
    number(steps)
    told(actor, "restored", step)
    return step


@transaction.atomic
def begin_deals_at(*, pipeline_id: uuid.UUID, step_id: uuid.UUID, actor: Actor) -> JourneyStep:
    """Let a deal begin with this step; what lies before is lead work."""
    pipeline = design(pipeline_id, actor)
    step = step_of(pipeline, step_id)
    if step.begins_deal:
        return step
    JourneyStep.objects.filter(pipeline=pipeline, begins_deal=True).update(begins_deal=False)
    step.begins_deal = True
    step.save(update_fields=["begins_deal"])
    told(actor, "begins_deal", step)
    return step


@transaction.atomic
def start_journey(*, pipeline_id: uuid.UUID, actor: Actor, language: str, from_stages: bool) -> None:
    """Fill an empty journey: with the articles' example in `language`, or with a step for each stage.

    Raises Conflict where steps are written down already.
    """
    pipeline = design(pipeline_id, actor)
    if journey_steps(pipeline):
        raise Conflict(_("The journey has been begun already."))
    stages = stages_under_review(pipeline)
    if from_stages:
        steps = [JourneyStep(buyer_does=stage.name, stage=stage) for stage in stages]
    else:
        steps = [example_step(example, stages, language) for example in EXAMPLE_JOURNEY]
    for position, step in enumerate(steps):
        step.pipeline, step.position = pipeline, position
    JourneyStep.objects.bulk_create(steps)
    record(
        actor=actor,
        action="journey.started",
        target_id=pipeline.pk,
        detail={"name": pipeline.name, "steps": len(steps)},
    )


def example_step(example: ExampleStep, stages: list[Stage], language: str) -> JourneyStep:
    names = {example.stage.name.ko, example.stage.name.en} if example.stage else set()
    return JourneyStep(
        buyer_does=example.buyer_does.text(language),
        we_do=example.we_do.text(language),
        stage=next((stage for stage in stages if stage.name in names), None),
    )


# What all of them do -------------------------------------------------------------------------------------------------


def design(pipeline_id: uuid.UUID, actor: Actor) -> Pipeline:
    actor.require(Permission.DESIGN_PIPELINES)
    return locked_pipeline(pipeline_id)


def step_of(pipeline: Pipeline, step_id: uuid.UUID) -> JourneyStep:
    step = JourneyStep.objects.filter(pipeline=pipeline, pk=step_id, archived_at=None).first()
    if step is None:
        raise NotFound
    return step


def write(step: JourneyStep, *, buyer_does: str, we_do: str, stage_id: uuid.UUID | None) -> None:
    step.buyer_does = checked_line(buyer_does, "buyer_does", MAX_TEXT)
    step.we_do = checked_line(we_do, "we_do", MAX_TEXT)
    if not step.buyer_does and not step.we_do:
        raise InvalidInput.of("buyer_does", _("Say what the buyer does, or what we do."), "required")
    step.stage = None
    if stage_id is not None:
        stages = Stage.objects.filter(pipeline_id=step.pipeline_id, archived_at=None)
        step.stage = stages.filter(pk=stage_id).first()
        if step.stage is None:
            raise InvalidInput.of("stage", _("Choose a stage of this pipeline."), "invalid_choice")


def number(steps: list[JourneyStep]) -> None:
    for position, step in enumerate(steps):
        step.position = position
    JourneyStep.objects.bulk_update(steps, ["position"])


def told(actor: Actor, what: str, step: JourneyStep, detail: dict[str, int] | None = None) -> None:
    record(
        actor=actor,
        action=f"journey.{what}",
        target_id=step.pk,
        detail={"name": step.pipeline.name, "pipeline": str(step.pipeline_id), **(detail or {})},
    )
