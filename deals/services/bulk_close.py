"""Win, lose or delete many deals: the set-based siblings of `win_deal`, `lose_deal` and `delete_deal`."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core import clock
from core.errors import InvalidInput
from deals.models import BulkChange, BulkKind, Deal, EventKind, Outcome, StageStay
from deals.selectors.bulk import BulkPlan, Seen, plan_lose, plan_win
from deals.services.checks import checked_text
from deals.services.many import BulkResult, held_deals, keep_bulk, moment_after, record_events
from deals.services.move_deal import OPEN_STAY
from pipeline.models import LossReason
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_zone


@transaction.atomic
def win_deals(*, seen: Seen, actor: Actor, override_reason: str | None = None) -> BulkResult:
    """Close as won all that may be. Raises InvalidInput, NotAllowed (an override below leader)."""
    actor.require(Permission.EDIT_DEALS)
    reason = checked_text(override_reason, "override_reason", 500)
    if reason:
        actor.require(Permission.OVERRIDE_GATE)
    plan = BulkPlan()
    deals = held_deals(seen=seen, actor=actor, plan=plan)
    plan = plan_win(deals, override=bool(reason), plan=plan)
    data = {"override_reason": reason} if reason else {}
    return _close(plan, BulkKind.WIN, actor=actor, values={"outcome": Outcome.WON}, data=data)


@transaction.atomic
def lose_deals(*, seen: Seen, reason: LossReason | None, actor: Actor) -> BulkResult:
    """Close as lost, for one reason. Raises InvalidInput."""
    actor.require(Permission.EDIT_DEALS)
    if reason is None or reason.archived_at is not None:
        raise InvalidInput.of("reason", _("Choose why the deals were lost."), "required")
    plan = BulkPlan()
    deals = held_deals(seen=seen, actor=actor, plan=plan)
    plan = plan_lose(deals, plan=plan)
    values = {"outcome": Outcome.LOST, "loss_reason": reason}
    return _close(plan, BulkKind.LOSE, actor=actor, values=values, data={"reason": str(reason.pk)})


def _close(
    plan: BulkPlan, kind: BulkKind, *, actor: Actor, values: dict[str, Any], data: dict[str, str]
) -> BulkResult:
    deals = plan.goes
    if not deals:
        return BulkResult(plan, None, frozenset())
    at = moment_after(deals)
    stays = dict(StageStay.objects.filter(OPEN_STAY, deal__in=deals).values_list("deal_id", "pk"))
    StageStay.objects.filter(pk__in=stays.values()).update(left_at=at)
    closed_on = clock.local_date(at, current_zone())
    _update(deals, **values, closed_at=at, closed_on=closed_on)
    change = _keep(kind, deals, actor=actor, was=lambda deal: {"stay": str(stays[deal.pk])})
    record_events(
        deals,
        kind=EventKind.WON if kind == BulkKind.WIN else EventKind.LOST,
        actor=actor,
        at=at,
        stays=stays,
        data=lambda deal: {"stage": str(deal.stage_id), "bulk": str(change.pk), **data},
    )
    return BulkResult(plan, change, _stages(deals))


@transaction.atomic
def delete_deals(*, seen: Seen, actor: Actor) -> BulkResult:
    """Take them out of sight, open and closed ones."""
    actor.require(Permission.EDIT_DEALS)
    plan = BulkPlan()
    plan.goes = deals = held_deals(seen=seen, actor=actor, plan=plan)
    if not deals:
        return BulkResult(plan, None, frozenset())
    at = clock.now()
    _update(deals, deleted_at=at)
    change = _keep(BulkKind.DELETE, deals, actor=actor, was=lambda _deal: {})
    record_events(
        deals, kind=EventKind.DELETED, actor=actor, at=at, data=lambda _deal: {"bulk": str(change.pk)}
    )
    return BulkResult(plan, change, _stages(deals))


def _update(deals: list[Deal], **values: Any) -> None:
    Deal.objects.filter(pk__in=[deal.pk for deal in deals]).update(**values, version=F("version") + 1)


def _keep(
    kind: BulkKind, deals: list[Deal], *, actor: Actor, was: Callable[[Deal], dict[str, str]]
) -> BulkChange:
    rows = [{"deal": str(deal.pk), "version": deal.version + 1, "was": was(deal)} for deal in deals]
    return keep_bulk(kind=kind, actor=actor, rows=rows)


def _stages(deals: list[Deal]) -> frozenset[uuid.UUID]:
    return frozenset(deal.stage_id for deal in deals)
