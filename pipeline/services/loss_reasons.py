"""Loss reasons: the list from which whoever loses a deal chooses."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, NotFound
from core.ids import uuid7
from pipeline.models import LossReason
from pipeline.services import rows
from pipeline.services.checks import checked_name, claimed_name
from tenancy.permissions import Actor, Permission
from tenancy.services.audit import record


@transaction.atomic
def add_loss_reason(*, name: str, actor: Actor) -> LossReason:
    """Raises InvalidInput for a name that is empty, too long or there already; NotAllowed."""
    actor.require(Permission.DESIGN_PIPELINES)
    name = checked_name(name, model=LossReason)
    reason = LossReason(id=uuid7(), name=name, position=rows.next_position(LossReason.objects.all()))
    with claimed_name(name, _in_use()):
        reason.save(force_insert=True)
    record(actor=actor, action="loss_reason.added", target_id=reason.pk, detail={"name": name})
    return reason


@transaction.atomic
def rename_loss_reason(*, reason_id: uuid.UUID, name: str, actor: Actor) -> LossReason:
    """Deals lost for it show the new name too. Raises InvalidInput, NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    reason: LossReason = rows.held(_in_use(), reason_id)
    name = checked_name(name, model=LossReason)
    if name != reason.name:
        detail = {"name": name, "field": "name", "from": reason.name, "to": name}
        reason.name = name
        with claimed_name(name, _in_use().exclude(pk=reason.pk)):
            reason.save(update_fields=["name"])
        record(actor=actor, action="loss_reason.changed", target_id=reason.pk, detail=detail)
    return reason


@transaction.atomic
def archive_loss_reason(*, reason_id: uuid.UUID, actor: Actor) -> LossReason:
    """Offer it no longer; deals lost for it keep it. Raises Conflict for the last one; NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    reason, reasons = _held_among_all(reason_id)
    if len(reasons) == 1:
        raise Conflict(_("A deal cannot be lost without a reason: keep at least one."))
    rows.archive(reason)
    record(actor=actor, action="loss_reason.removed", target_id=reason.pk, detail={"name": reason.name})
    return reason


@transaction.atomic
def restore_loss_reason(*, reason_id: uuid.UUID, actor: Actor) -> LossReason:
    """Raises InvalidInput when there is another one of its name meanwhile; NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    reason: LossReason = rows.held(LossReason.objects.exclude(archived_at=None), reason_id)
    with claimed_name(reason.name, _in_use()):
        rows.unarchive(reason)
    record(actor=actor, action="loss_reason.restored", target_id=reason.pk, detail={"name": reason.name})
    return reason


@transaction.atomic
def step_loss_reason(*, reason_id: uuid.UUID, up: bool, actor: Actor) -> LossReason:
    """One place up or down."""
    actor.require(Permission.DESIGN_PIPELINES)
    reason, reasons = _held_among_all(reason_id)
    rows.step(reason, reasons, up=up)
    return reason


def _in_use() -> Any:
    return LossReason.objects.filter(archived_at=None)


def _held_among_all(reason_id: uuid.UUID) -> tuple[LossReason, list[LossReason]]:
    """The reason, and all that are in use in their order. Raises NotFound.

    Held in the order of ids: two who let neighbours change places must not deadlock.
    """
    list(_in_use().select_for_update(no_key=True).order_by("pk").values_list("pk"))
    reasons = list(_in_use().order_by("position", "name"))
    reason = next((each for each in reasons if each.pk == reason_id), None)
    if reason is None:
        raise NotFound
    return reason, reasons
