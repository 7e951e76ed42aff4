"""The order of a pipeline's stages: lead stages first, then the buyer's way to signature."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from pipeline.models import Pipeline, Stage
from pipeline.services.checks import locked_pipeline
from tenancy.permissions import Actor, Permission
from tenancy.services.audit import record

ASIDE = 1_000_000  # beyond every position in use


@transaction.atomic
def order_stages(*, pipeline_id: uuid.UUID, stage_ids: Sequence[uuid.UUID], actor: Actor) -> list[Stage]:
    """Put the pipeline's stages into this order. Returns them.

    Raises InvalidInput when the ids are not exactly the stages in use (somebody added or retired one meanwhile), or
    when a lead stage would come after a deal stage.
    """
    actor.require(Permission.DESIGN_PIPELINES)
    pipeline = locked_pipeline(pipeline_id)
    stages = in_use(pipeline)
    by_id = {stage.pk: stage for stage in stages}
    if len(stage_ids) != len(stages) or set(stage_ids) != set(by_id):
        raise InvalidInput.of(
            "order",
            _("The stages have changed in the meantime. Look at them as they now are, then try again."),
        )
    ordered = [by_id[stage_id] for stage_id in stage_ids]
    check_leads_first(ordered)
    if ordered == stages:
        return stages
    number(ordered)
    record(
        actor=actor,
        action="pipeline.ordered",
        target_id=pipeline.pk,
        detail={
            "name": pipeline.name,
            "from": [stage.name for stage in stages],
            "to": [stage.name for stage in ordered],
        },
    )
    return ordered


def in_use(pipeline: Pipeline) -> list[Stage]:
    return list(Stage.objects.filter(pipeline=pipeline, archived_at=None).order_by("position"))


def check_leads_first(ordered: Sequence[Stage]) -> None:
    """Raise InvalidInput when a lead stage stands behind a deal stage: a deal does not become a lead on its way."""
    leads = [stage.is_lead for stage in ordered]
    if leads != sorted(leads, reverse=True):
        raise InvalidInput.of(
            "order", _("Lead stages come first: what is a deal does not become a lead again.")
        )


def number(ordered: Sequence[Stage]) -> None:
    """Give the stages the positions 0, 1, 2… Only those that change are written.

    No position may be held twice, not even for a moment, so what moves steps aside first.
    """
    moving = [(stage, place) for place, stage in enumerate(ordered) if stage.position != place]
    for offset in (ASIDE, 0):
        for stage, place in moving:
            stage.position = place + offset
            stage.save(update_fields=["position"])
