"""What asks for a member's attention beside tasks: stalled deals, deals without a next task, dates that have passed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from core import clock
from core.errors import NotFound
from deals.models import Deal, Task
from deals.models.deal import ON_BOARD
from deals.models.task import PENDING
from deals.selectors.stalled import stall_limits, stalled_q
from deals.selectors.visible import visible_to
from tenancy.permissions import Actor
from tenancy.scope import current_zone

SHOWN = 50  # of each group; the list has them all


class DayGroup(StrEnum):
    """In the order of the page."""

    STALLED = "stalled"
    NO_TASK = "no_task"
    DATE_PASSED = "date_passed"


@dataclass(frozen=True, slots=True)
class DayDeals:
    """A group's deals, SHOWN at most; `count` is of all of them."""

    group: DayGroup
    count: int
    deals: list[Deal]

    @property
    def more(self) -> int:
        return self.count - len(self.deals)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of one member; `today` is the workspace's."""

    today: date
    groups: list[DayDeals]

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)


def day_of(*, owner_id: uuid.UUID, actor: Actor, as_of: datetime) -> Day:
    """Five queries, whatever there is."""
    today = clock.local_date(as_of, current_zone())
    conditions = _conditions(as_of=as_of, today=today)
    mine = _open_deals(actor).filter(owner_id=owner_id)
    counts = mine.order_by().aggregate(
        **{group.value: Count("pk", filter=condition) for group, condition in conditions.items()}
    )
    groups = [
        DayDeals(
            group,
            counts[group.value],
            list(_in_order(mine.filter(condition), group)[:SHOWN]) if counts[group.value] else [],
        )
        for group, condition in conditions.items()
    ]
    return Day(today, groups)


def day_deal(deal_id: uuid.UUID, *, actor: Actor) -> Deal:
    """One open deal with what its row shows. Raises NotFound."""
    deal = _open_deals(actor).filter(pk=deal_id).select_related("stage", "company").first()
    if deal is None:
        raise NotFound
    return deal


def _open_deals(actor: Actor) -> QuerySet[Deal]:
    return visible_to(actor).filter(ON_BOARD)


def _conditions(*, as_of: datetime, today: date) -> Mapping[DayGroup, Q]:
    return {
        DayGroup.STALLED: stalled_q(as_of=as_of, limits=stall_limits()),
        DayGroup.NO_TASK: ~Q(Exists(Task.objects.filter(PENDING, deal=OuterRef("pk")))),
        DayGroup.DATE_PASSED: Q(expected_close_date__lt=today),
    }


def _in_order(deals: QuerySet[Deal], group: DayGroup) -> QuerySet[Deal]:
    deals = deals.select_related("stage", "company")
    if group == DayGroup.STALLED:
        return deals.order_by("stage_entered_at", "id")
    if group == DayGroup.DATE_PASSED:
        return deals.order_by("expected_close_date", "id")
    return deals.order_by(F("amount").desc(nulls_last=True), "id")
