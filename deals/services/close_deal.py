"""Win, lose, reopen."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, InvalidInput, LeadCannotBeWon, Unprocessable
from deals.models import Deal, EventKind, Outcome, StageStay
from deals.services.checks import check_open, check_version, checked_text
from deals.services.events import record_event
from deals.services.move_deal import OPEN_STAY, change_stay, pass_gate
from deals.services.placing import Edge, lock_deal, rank_in, with_free_rank
from pipeline.models import LossReason, StageKind
from pipeline.selectors.held import hold_stage
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_zone

MAX_NOTE = 2000
CLOSING_FIELDS = ["outcome", "closed_at", "closed_on", "loss_reason", "loss_note", "version"]


@transaction.atomic
def win_deal(
    *,
    deal_id: uuid.UUID,
    actor: Actor,
    expected_version: int | None = None,
    override_reason: str | None = None,
) -> Deal:
    """Close the deal as won. The gate: required criteria of its stage and of every stage after it.

    Raises LeadCannotBeWon, ExitCriteriaNotMet, StaleVersion, DealClosed, NotAllowed, NotFound.
    """
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    check_version(deal, expected_version)
    check_open(deal)
    if deal.stage.kind == StageKind.LEAD:
        raise LeadCannotBeWon
    reason = pass_gate(deal, until=None, actor=actor, override_reason=override_reason)
    data = {"override_reason": reason} if reason else {}
    return _close(deal, Outcome.WON, actor=actor, kind=EventKind.WON, data=data)


@transaction.atomic
def lose_deal(
    *,
    deal_id: uuid.UUID,
    reason: LossReason | None,
    actor: Actor,
    note: str = "",
    expected_version: int | None = None,
) -> Deal:
    """Close the deal as lost, for a reason. Free from any stage. Raises InvalidInput, StaleVersion, DealClosed."""
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    check_version(deal, expected_version)
    check_open(deal)
    if reason is None or reason.archived_at is not None:
        raise InvalidInput.of("reason", _("Choose why the deal was lost."), "required")
    deal.loss_reason = reason
    deal.loss_note = checked_text(note, "note", MAX_NOTE)
    return _close(deal, Outcome.LOST, actor=actor, kind=EventKind.LOST, data={"reason": str(reason.pk)})


def _close(deal: Deal, outcome: Outcome, *, actor: Actor, kind: str, data: dict[str, str]) -> Deal:
    now = max(clock.now(), deal.stage_entered_at)
    deal.outcome = outcome
    deal.closed_at = now
    deal.closed_on = clock.local_date(now, current_zone())
    deal.version += 1
    stay = StageStay.objects.get(OPEN_STAY, deal=deal)
    stay.left_at = now
    stay.save(update_fields=["left_at"])
    deal.save(update_fields=CLOSING_FIELDS)
    record_event(
        deal=deal, kind=kind, actor=actor, stay=stay, at=now, data={"stage": str(deal.stage_id), **data}
    )
    return deal


@transaction.atomic
def reopen_deal(*, deal_id: uuid.UUID, actor: Actor, expected_version: int | None = None) -> Deal:
    """Open a closed deal again, in the stage where it was, on top of the column. A new stay begins: a new clock.

    Raises Conflict when it is open already, Unprocessable when its stage was retired.
    """
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    check_version(deal, expected_version)
    if deal.is_open:
        raise Conflict(_("The deal is open already."))
    check_stage_in_use(deal)
    now = max(clock.now(), deal.closed_at or deal.stage_entered_at)
    was = deal.outcome
    reset_outcome(deal)
    deal.stage_entered_at = now
    stay = change_stay(deal, deal.stage, actor=actor, at=now)
    save_on_top(deal)
    record_event(
        deal=deal,
        kind=EventKind.REOPENED,
        actor=actor,
        stay=stay,
        at=now,
        data={"stage": str(deal.stage_id), "was": was, "version": deal.version},
    )
    return deal


def check_stage_in_use(deal: Deal) -> None:
    """An open deal in a retired stage would be on no board."""
    if hold_stage(deal.stage_id) is None:
        raise Unprocessable(_("The deal's stage was retired. Choose another stage for it."))


def reset_outcome(deal: Deal) -> None:
    """Back to open, in memory; the version goes up."""
    deal.outcome = Outcome.OPEN
    deal.closed_at = deal.closed_on = deal.loss_reason = None
    deal.loss_note = ""
    deal.version += 1


def save_on_top(deal: Deal) -> None:
    """Write outcome, stage, pipeline, deletion and a free rank on top of the stage's column."""

    def write(rank: str) -> None:
        deal.rank = rank
        deal.save(
            update_fields=[
                *CLOSING_FIELDS,
                "stage",
                "pipeline",
                "stage_entered_at",
                "qualified_at",
                "deleted_at",
                "rank",
            ]
        )

    with_free_rank(rank_in(deal.stage_id, Edge.TOP, moving=deal.pk), write)
