"""Make a deal: a stage entry, with everything that follows from one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Company
from core import clock
from core.errors import InvalidInput, LeadCannotBeWon
from core.ids import uuid7
from deals.models import Deal, EventKind, Outcome, StageStay
from deals.services.checks import (
    check_amount_unit,
    checked_amount,
    checked_company,
    checked_currency,
    checked_date,
    checked_name,
    checked_owner,
    checked_text,
)
from deals.services.edit_deal import CHECKS, apply_custom
from deals.services.events import record_event
from deals.services.placing import Edge, Place, rank_in, with_free_rank
from pipeline.models import LossReason, Pipeline, Stage, StageKind
from pipeline.selectors.held import hold_stage
from tenancy.history import valid_from
from tenancy.models import Membership
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_workspace, current_zone


@dataclass(frozen=True, slots=True)
class Past:
    """For moving history in: when the deal began, entered its stage, and how it ended."""

    created_at: datetime | None = None
    stage_entered_at: datetime | None = None
    outcome: str = Outcome.OPEN
    closed_at: datetime | None = None
    loss_reason: LossReason | None = None


@transaction.atomic
def create_deal(
    *,
    actor: Actor,
    name: str,
    pipeline: Pipeline,
    stage: Stage | None = None,
    owner: Membership | None = None,
    company: Company | None = None,
    amount: Decimal | None = None,
    currency: str | None = None,
    expected_close_date: date | None = None,
    place: Place = Edge.TOP,
    past: Past | None = None,
    custom: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Deal:
    """A deal in `stage` (default: the pipeline's first open one), on top of its column.

    `fields`: names of OTHER_FIELDS. `custom`: values of added fields ("cf_…"). `past` needs the right to import history. Raises InvalidInput with the field,
    LeadCannotBeWon, NotAllowed.
    """
    actor.require(Permission.EDIT_DEALS)
    if past is not None:
        actor.require(Permission.IMPORT_HISTORY)
    history = checked_past(past)
    entered_at = history.stage_entered_at or history.created_at or history.closed_at or clock.now()
    stage = checked_stage(stage, pipeline)
    if history.outcome == Outcome.WON and stage.kind == StageKind.LEAD:
        raise LeadCannotBeWon
    deal = Deal(
        id=uuid7(),
        pipeline=pipeline,
        stage=stage,
        name=checked_name(name),
        company=checked_company(company),
        # Whoever has left may still own what they closed.
        owner=owner if past else checked_owner(owner),
        amount=checked_amount(amount),
        currency=checked_currency(currency or current_workspace().currency),
        expected_close_date=checked_date(expected_close_date, "expected_close_date"),
        stage_entered_at=entered_at,
        created_at=history.created_at or entered_at,
        qualified_at=None if stage.kind == StageKind.LEAD else entered_at,
        **checked_fields(fields),
    )
    check_amount_unit(deal.amount, deal.currency)
    insert(deal, place, past=past)
    apply_custom(deal, custom or {})
    if history.closed_at is not None:
        close_in_the_past(deal, history, at=history.closed_at)
    stay = StageStay(
        deal=deal, stage=stage, entered_at=entered_at, left_at=deal.closed_at, entered_by=actor.member
    )
    stay.save(force_insert=True)
    record_event(
        deal=deal,
        kind=EventKind.CREATED,
        actor=actor,
        stay=stay,
        at=deal.created_at,
        data={"stage": str(stage.pk), "version": deal.version},
        quiet=not deal.is_open,
    )
    return deal


def insert(deal: Deal, place: Place, *, past: Past | None) -> None:
    """Write the row. Its first version is valid from now by the database's clock, as later ones are, or from the past."""

    def write(rank: str) -> None:
        deal.rank = rank
        deal.save(force_insert=True)

    with valid_from(deal.created_at) if past else nullcontext():
        with_free_rank(rank_in(deal.stage_id, place, moving=None), write)


def close_in_the_past(deal: Deal, past: Past, *, at: datetime) -> None:
    """A version of its own, so that on the days before its closing the deal reads as open."""
    deal.outcome = past.outcome
    deal.closed_at = at
    deal.closed_on = clock.local_date(at, current_zone())
    deal.loss_reason = past.loss_reason
    with valid_from(at):
        deal.save(update_fields=["outcome", "closed_at", "closed_on", "loss_reason"])


def checked_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The rarer fields. Raises TypeError for a name that is none of OTHER_FIELDS, InvalidInput for a wrong value."""
    unknown = set(fields) - set(OTHER_FIELDS)
    if unknown:
        raise TypeError(f"create_deal() does not know {', '.join(sorted(unknown))}")
    return {name: OTHER_FIELDS[name](value) for name, value in fields.items()}


def checked_external_id(text: str | None) -> str | None:
    """None where there is none: the pair with its source is unique among those that have one."""
    return checked_text(text, "external_id", 200) or None


OTHER_FIELDS: dict[str, Callable[[Any], Any]] = {
    "source": CHECKS["source"],
    "revenue_type": CHECKS["revenue_type"],
    "snoozed_until": CHECKS["snoozed_until"],
    "external_source": partial(checked_text, field="external_source", limit=60),
    "external_id": checked_external_id,
}


def checked_stage(stage: Stage | None, pipeline: Pipeline) -> Stage:
    """The stage given, or the pipeline's first open one."""
    found = (
        stage or pipeline.stages.filter(archived_at=None, kind=StageKind.OPEN).order_by("position").first()
    )
    if found is None:
        raise InvalidInput.of("pipeline", _("This pipeline has no stages yet. Add a stage first."))
    held = hold_stage(found.pk)
    if held is None or held.pipeline_id != pipeline.pk:
        raise InvalidInput.of("stage", _("This stage is not in the pipeline."), "invalid_choice")
    return held


def checked_past(past: Past | None) -> Past:
    """The past, made whole: each moment in order, an outcome with its closing."""
    past = past or Past()
    now = clock.now()
    moments = {
        "created_at": past.created_at,
        "stage_entered_at": past.stage_entered_at,
        "closed_at": past.closed_at,
    }
    for field, moment in moments.items():
        if moment is not None and moment > now:
            raise InvalidInput.of(field, _("This moment lies in the future."))
    given = [(field, moment) for field, moment in moments.items() if moment is not None]
    for (_field, earlier), (field, later) in itertools.pairwise(given):
        if later < earlier:
            raise InvalidInput.of(field, _("This moment lies before the one that must precede it."))
    if past.outcome == Outcome.OPEN and past.closed_at:
        raise InvalidInput.of("closed_at", _("An open deal has no closing time."))
    if past.outcome != Outcome.OPEN and not past.closed_at:
        raise InvalidInput.of("closed_at", _("A won or lost deal needs its closing time."), "required")
    if past.outcome == Outcome.LOST and past.loss_reason is None:
        raise InvalidInput.of("loss_reason", _("A lost deal needs its reason."), "required")
    if past.outcome != Outcome.LOST and past.loss_reason is not None:
        raise InvalidInput.of("loss_reason", _("Only a lost deal has a loss reason."))
    return past
