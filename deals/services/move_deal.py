"""The only code that moves a deal from stage to stage."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import clock
from core.errors import ExitCriteriaNotMet, InvalidInput, StaleVersion
from deals.models import Deal, DealEvent, EventKind, StageStay
from deals.selectors.criteria import unmet_between
from deals.services.checks import check_open, check_version, checked_text
from deals.services.events import record_event
from deals.services.placing import Edge, Place, lock_deal, rank_in, with_free_rank
from pipeline.models import Stage, StageKind
from pipeline.selectors.held import hold_stage
from tenancy.permissions import Actor, Permission

# Events whose data say with which version the deal came to lie in its stage.
ENTRIES = (EventKind.CREATED, EventKind.STAGE_CHANGED, EventKind.REOPENED, EventKind.UNDONE)
OPEN_STAY = Q(left_at=None, voided_at=None)


@transaction.atomic
def move_deal(
    *,
    deal_id: uuid.UUID,
    to_stage: uuid.UUID,
    actor: Actor,
    expected_version: int | None = None,
    place: Place = Edge.BOTTOM,
    override_reason: str | None = None,
    strict: bool = False,
) -> Deal:
    """Put the deal into `to_stage` at `place`, in one transaction. Returns the deal as it now is.

    Inside its own stage a deal is only placed anew: the version does not change, and an edit since then does not
    matter; only a caller who has not seen the deal enter this stage is refused, so that the same move sent twice is made
    once. `strict`: the version must be the latest there too. Raises StaleVersion, DealClosed, ExitCriteriaNotMet (forward moves: required criteria of the stage and of every stage skipped), NotAllowed
    (an override below leader), InvalidInput, NotFound.
    """
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    if strict:
        check_version(deal, expected_version)
    if deal.stage_id == to_stage and deal.is_open:
        check_entry_seen(deal, expected_version)
        return _place_within_stage(deal, place)
    check_version(deal, expected_version)
    check_open(deal)
    stage = hold_stage(to_stage)
    if stage is None or stage.pipeline_id != deal.pipeline_id:
        raise InvalidInput.of("stage", _("This stage is not in the deal's pipeline."), "invalid_choice")
    reason = pass_gate(deal, until=stage.position, actor=actor, override_reason=override_reason)
    return _enter(deal, stage, actor=actor, place=place, override_reason=reason)


def check_entry_seen(deal: Deal, expected: int | None) -> None:
    """Raise StaleVersion when the caller last saw a version from before the deal entered the stage where it is."""
    if expected is None or expected >= deal.version:
        return
    entries = DealEvent.objects.filter(deal=deal, kind__in=ENTRIES).order_by("-id")
    data = entries.values_list("data", flat=True).first() or {}
    if expected < data.get("version", 1):
        raise StaleVersion(current=deal)


def pass_gate(deal: Deal, *, until: int | None, actor: Actor, override_reason: str | None) -> str:
    """Let the deal go on from its stage up to position `until` (None: through all), or raise ExitCriteriaNotMet.

    Returns the reason of an override that was needed and allowed, else "". Backward moves pass.
    """
    if until is not None and until <= deal.stage.position:
        return ""
    unmet = unmet_between(deal, first=deal.stage.position, last=until)
    if not unmet:
        return ""
    reason = checked_text(override_reason, "override_reason", 500)
    if not reason:
        raise ExitCriteriaNotMet(unmet=unmet)
    actor.require(Permission.OVERRIDE_GATE)
    return reason


def _place_within_stage(deal: Deal, place: Place) -> Deal:
    if place == deal.pk:
        return deal

    def write(rank: str) -> None:
        Deal.objects.filter(pk=deal.pk).update(rank=rank)
        deal.rank = rank

    with_free_rank(rank_in(deal.stage_id, place, moving=deal.pk), write)
    return deal


def _enter(deal: Deal, stage: Stage, *, actor: Actor, place: Place, override_reason: str) -> Deal:
    left = deal.stage
    now = max(clock.now(), deal.stage_entered_at)
    stay = change_stay(deal, stage, actor=actor, at=now, override_reason=override_reason)
    deal.moved_from, deal.stage = left, stage
    deal.stage_entered_at = now
    deal.version += 1
    if stage.kind == StageKind.OPEN and deal.qualified_at is None:
        deal.qualified_at = now

    def write(rank: str) -> None:
        deal.rank = rank
        deal.save(update_fields=["stage", "stage_entered_at", "version", "qualified_at", "rank"])

    with_free_rank(rank_in(stage.pk, place, moving=deal.pk), write)
    data: dict[str, Any] = {"from": str(left.pk), "to": str(stage.pk), "version": deal.version}
    if override_reason:
        data["override_reason"] = override_reason
    record_event(deal=deal, kind=EventKind.STAGE_CHANGED, actor=actor, stay=stay, at=now, data=data)
    return deal


def change_stay(
    deal: Deal, stage: Stage, *, actor: Actor, at: datetime, override_reason: str = ""
) -> StageStay:
    """Close the open stay and open the next one at the same moment, so that stays add up to the deal's age."""
    StageStay.objects.filter(OPEN_STAY, deal=deal).update(left_at=at)
    stay = StageStay(
        deal=deal, stage=stage, entered_at=at, entered_by=actor.member, override_reason=override_reason
    )
    stay.save(force_insert=True)
    return stay
