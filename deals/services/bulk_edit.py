"""Give many deals another owner, source or expected close date: the set-based sibling of `edit_deal`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core import clock
from core.errors import InvalidInput
from deals.models import BulkKind, Deal, EventKind
from deals.selectors.bulk import BulkPlan, Seen, plan_edit, plan_shift
from deals.services.checks import checked_date, checked_owner
from deals.services.edit_deal import UNLOGGED, checked_value, loggable
from deals.services.many import BulkResult, held_deals, keep_bulk, record_events
from tenancy.models import Membership
from tenancy.permissions import Actor, Permission

MOST_DAYS = 3650


@transaction.atomic
def give_deals(*, seen: Seen, owner: Membership | None, actor: Actor) -> BulkResult:
    """Another owner for all of them, None: nobody. Raises InvalidInput for somebody who has left."""
    actor.require(Permission.EDIT_DEALS)
    checked_owner(owner)
    plan = BulkPlan()
    deals = held_deals(seen=seen, actor=actor, plan=plan)
    plan = plan_edit(deals, "owner", owner, plan=plan)
    return _write(plan, BulkKind.OWNER, "owner", actor=actor, value=lambda _deal: owner, new=owner)


@transaction.atomic
def source_deals(*, seen: Seen, source: str, actor: Actor) -> BulkResult:
    """Where all of them came from; "" takes theirs away."""
    actor.require(Permission.EDIT_DEALS)
    source = checked_value("source", source)
    plan = BulkPlan()
    deals = held_deals(seen=seen, actor=actor, plan=plan)
    plan = plan_edit(deals, "source", source, plan=plan)
    return _write(plan, BulkKind.SOURCE, "source", actor=actor, value=lambda _deal: source, new=source)


@transaction.atomic
def date_deals(*, seen: Seen, day: date | None, actor: Actor) -> BulkResult:
    """One expected close date for all of them; None takes theirs away."""
    actor.require(Permission.EDIT_DEALS)
    day = checked_date(day, "expected_close_date")
    plan = BulkPlan()
    deals = held_deals(seen=seen, actor=actor, plan=plan)
    plan = plan_edit(deals, "expected_close_date", day, plan=plan)
    return _write(
        plan, BulkKind.CLOSE_DATE, "expected_close_date", actor=actor, value=lambda _deal: day, new=day
    )


@transaction.atomic
def shift_deals(*, seen: Seen, days: int, actor: Actor) -> BulkResult:
    """Each expected close date `days` later, or earlier where negative; deals without one are refused in the plan."""
    actor.require(Permission.EDIT_DEALS)
    check_days(days)
    plan = BulkPlan()
    deals = held_deals(seen=seen, actor=actor, plan=plan)
    plan = plan_shift(deals, days, plan=plan)
    return _write(
        plan,
        BulkKind.CLOSE_DATE,
        "expected_close_date",
        actor=actor,
        value=lambda deal: deal.expected_close_date + timedelta(days=days),
        new=F("expected_close_date") + timedelta(days=days),
    )


def check_days(days: int) -> None:
    if not days or abs(days) > MOST_DAYS:
        detail = _("Enter a number of days between 1 and %(most)s.") % {"most": MOST_DAYS}
        raise InvalidInput.of("days", detail, "out_of_range")


def _write(plan: BulkPlan, kind: BulkKind, field: str, *, actor: Actor, value: Any, new: Any) -> BulkResult:
    """`value(deal)`: what each gets, for its history; `new`: the same for the statement."""
    deals = plan.goes
    if not deals:
        return BulkResult(plan, None, frozenset())
    rows = [
        {"deal": str(deal.pk), "version": deal.version + 1, "was": loggable(getattr(deal, field))}
        for deal in deals
    ]
    change = keep_bulk(kind=kind, actor=actor, rows=rows)
    Deal.objects.filter(pk__in=[deal.pk for deal in deals]).update(**{field: new}, version=F("version") + 1)
    record_events(
        deals,
        kind=EventKind.EDITED,
        actor=actor,
        at=clock.now(),
        data=lambda deal: {
            "fields": {field: logged(field, getattr(deal, field), value(deal))},
            "bulk": str(change.pk),
        },
    )
    return BulkResult(plan, change, frozenset(deal.stage_id for deal in deals))


def logged(field: str, before: Any, after: Any) -> dict[str, Any]:
    """What the event says of the field, as of a single edit."""
    return {} if field in UNLOGGED else {"from": loggable(before), "to": loggable(after)}
