"""Rename a pipeline, make it the default one, archive it, take it back."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.errors import Conflict, NotFound
from pipeline.models import Pipeline, Stage
from pipeline.registry import open_deals_in
from pipeline.services.checks import checked_name, claimed_name, locked_pipeline
from tenancy.permissions import Actor, Permission
from tenancy.services.audit import record


@transaction.atomic
def rename_pipeline(*, pipeline_id: uuid.UUID, name: str, actor: Actor) -> Pipeline:
    """Raises InvalidInput for a name that is empty, too long or taken; NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    pipeline = locked_pipeline(pipeline_id)
    name = checked_name(name, model=Pipeline)
    if name == pipeline.name:
        return pipeline
    detail = {"name": name, "field": "name", "from": pipeline.name, "to": name}
    pipeline.name = name
    with claimed_name(name, Pipeline.objects.filter(archived_at=None).exclude(pk=pipeline.pk)):
        pipeline.save(update_fields=["name"])
    record(actor=actor, action="pipeline.changed", target_id=pipeline.pk, detail=detail)
    return pipeline


@transaction.atomic
def make_default(*, pipeline_id: uuid.UUID, actor: Actor) -> Pipeline:
    """The board opens on it, and deals without a pipeline go into it."""
    actor.require(Permission.DESIGN_PIPELINES)
    # All of them, in the order of ids: there is one default, whoever else chooses at this moment.
    list(
        Pipeline.objects.select_for_update(no_key=True)
        .filter(archived_at=None)
        .order_by("pk")
        .values_list("pk")
    )
    pipeline = locked_pipeline(pipeline_id)
    if pipeline.is_default:
        return pipeline
    Pipeline.objects.filter(is_default=True).update(is_default=False)
    pipeline.is_default = True
    pipeline.save(update_fields=["is_default"])
    record(actor=actor, action="pipeline.made_default", target_id=pipeline.pk, detail={"name": pipeline.name})
    return pipeline


@transaction.atomic
def archive_pipeline(*, pipeline_id: uuid.UUID, actor: Actor) -> Pipeline:
    """Take the pipeline and its stages out of use; its won and lost deals stay in every number of the past.

    Raises Conflict for the default pipeline, and for one with open deals.
    """
    actor.require(Permission.DESIGN_PIPELINES)
    pipeline = locked_pipeline(pipeline_id)
    if pipeline.is_default:
        raise Conflict(_("This is the default pipeline. Make another one the default first."))
    stages = Stage.objects.filter(pipeline=pipeline, archived_at=None)
    # Held, so that no deal enters one of them while they are counted (`hold_stage` waits).
    stage_ids = list(stages.select_for_update().order_by("pk").values_list("pk", flat=True))
    if count := sum(open_deals_in(stage_ids).values()):
        raise Conflict(
            ngettext(
                "There is %(count)s open deal in it. Say where it goes first.",
                "There are %(count)s open deals in it. Say where they go first.",
                count,
            )
            % {"count": count}
        )
    pipeline.archived_at = clock.now()
    pipeline.save(update_fields=["archived_at"])
    stages.update(archived_at=pipeline.archived_at)
    record(actor=actor, action="pipeline.archived", target_id=pipeline.pk, detail={"name": pipeline.name})
    return pipeline


@transaction.atomic
def restore_pipeline(*, pipeline_id: uuid.UUID, actor: Actor) -> Pipeline:
    """Put an archived pipeline back as it was. Raises InvalidInput when its name is taken meanwhile; NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    pipeline = Pipeline.objects.select_for_update(no_key=True).filter(pk=pipeline_id).first()
    if pipeline is None or pipeline.archived_at is None:
        raise NotFound
    used = Pipeline.objects.filter(archived_at=None)
    with claimed_name(pipeline.name, used):
        # Those that were retired before it stay retired.
        Stage.objects.filter(pipeline=pipeline, archived_at=pipeline.archived_at).update(archived_at=None)
        pipeline.archived_at = None
        pipeline.is_default = not used.filter(is_default=True).exists()
        pipeline.save(update_fields=["archived_at", "is_default"])
    record(actor=actor, action="pipeline.restored", target_id=pipeline.pk, detail={"name": pipeline.name})
    return pipeline
