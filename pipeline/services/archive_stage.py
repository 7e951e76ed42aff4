"""Take an empty stage out of use. One with deals in it is retired by the app that moves deals."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict
from pipeline.models import Stage
from pipeline.registry import open_deals_in
from pipeline.services.checks import locked_stage
from pipeline.services.order_stages import in_use, number
from tenancy.permissions import Actor, Permission
from tenancy.services.audit import record


@transaction.atomic
def archive_stage(*, stage_id: uuid.UUID, actor: Actor) -> Stage:
    """History goes on pointing at the stage; boards no longer show it. Raises Conflict while open deals lie in it."""
    actor.require(Permission.DESIGN_PIPELINES)
    stage = locked_stage(stage_id, against_entry=True)
    if open_deals_in([stage.pk]):
        raise Conflict(_("There are open deals in this stage. Say where they go first."))
    stage.archived_at = clock.now()
    stage.version += 1
    stage.save(update_fields=["archived_at", "version"])
    number(in_use(stage.pipeline))
    record(
        actor=actor,
        action="stage.retired",
        target_id=stage.pk,
        detail={"name": stage.name, "pipeline": stage.pipeline.name},
    )
    return stage
