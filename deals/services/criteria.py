"""Tick an exit criterion by hand."""

from __future__ import annotations

import uuid

from django.db import transaction

from core import clock
from core.errors import CriterionComputed, NotFound
from deals.models import CriterionCheck, Deal, EventKind
from deals.services.events import record_event
from deals.services.placing import lock_deal
from pipeline.models import CriterionKind, ExitCriterion
from tenancy.permissions import Actor, Permission


@transaction.atomic
def check_criterion(*, deal_id: uuid.UUID, criterion_id: uuid.UUID, met: bool, actor: Actor) -> Deal:
    """Say whether a manual criterion of the deal's pipeline holds.

    Raises CriterionComputed for a field, task or fact criterion; NotFound for one of another pipeline.
    """
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    criterion = ExitCriterion.objects.filter(
        pk=criterion_id, stage__pipeline_id=deal.pipeline_id, archived_at=None
    ).first()
    if criterion is None:
        raise NotFound
    if criterion.kind != CriterionKind.MANUAL:
        raise CriterionComputed
    was = CriterionCheck.objects.filter(deal=deal, criterion=criterion).values_list("met", flat=True).first()
    if (was or False) == met:
        return deal
    CriterionCheck.objects.update_or_create(
        deal=deal,
        criterion=criterion,
        defaults={"met": met, "checked_by": actor.member, "checked_at": clock.now()},
    )
    record_event(
        deal=deal,
        kind=EventKind.CRITERION_CHECKED,
        actor=actor,
        data={"criterion": str(criterion.pk), "met": met},
    )
    return deal
