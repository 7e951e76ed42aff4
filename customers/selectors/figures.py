"""What deals say of companies: how many, how much, when last heard from. Amounts in the workspace's currency."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import BigIntegerField, Count, DecimalField, Max, Q, QuerySet, Sum
from django.db.models.functions import Cast

from core.money import from_units, round_to_currency
from deals.models import Activity, ActivityParticipant, Outcome
from deals.models.activity import Direction
from deals.selectors.visible import visible_to
from pipeline.models import Stage, StageKind
from tenancy.permissions import Actor
from tenancy.scope import current_workspace

OPEN = Q(outcome=Outcome.OPEN)


@dataclass(frozen=True, slots=True)
class Figures:
    """`other_currency`: open deals that are counted, and not added up."""

    open_deals: int = 0
    open_amount: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    won_deals: int = 0
    won_amount: Decimal = Decimal(0)
    lost_deals: int = 0
    other_currency: int = 0
    last_heard: datetime | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.open_deals or self.won_deals or self.lost_deals)


def figures_by_company(company_ids: Collection[uuid.UUID], *, actor: Actor) -> dict[uuid.UUID, Figures]:
    """Two queries, none for none. A company without deals is not among them.

    Summed by company and stage, and the stages read apart: joined, their few rows lead the plan, and each of them reads
    the companies' deals again.
    """
    if not company_ids:
        return {}
    currency = current_workspace().currency
    stages = {pk: (kind, rate) for pk, kind, rate in Stage.objects.values_list("pk", "kind", "win_rate")}
    found: dict[uuid.UUID, Figures] = {}
    for company_id, rows in groupby(_sums(company_ids, actor, currency), key=itemgetter("company_id")):
        figures = Figures()
        for row in rows:
            kind, rate = stages[row["stage_id"]]
            # A lead is no deal yet: it is in no number.
            figures = _with(figures, row, is_lead=kind == StageKind.LEAD, rate=rate)
        found[company_id] = replace(figures, weighted=round_to_currency(figures.weighted, currency))
    return found


def _sums(company_ids: Collection[uuid.UUID], actor: Actor, currency: str) -> QuerySet[Any]:
    own = Q(currency=currency)
    units = Cast("amount", BigIntegerField())
    whole = DecimalField(max_digits=40, decimal_places=0)
    return (
        visible_to(actor)
        .filter(company_id__in=company_ids)
        .order_by("company_id")
        .values("company_id", "stage_id")
        .annotate(
            open_deals=Count("pk", filter=OPEN),
            open_units=Sum(units, filter=OPEN & own, output_field=whole),
            foreign=Count("pk", filter=OPEN & ~own),
            won_deals=Count("pk", filter=Q(outcome=Outcome.WON)),
            won_units=Sum(units, filter=Q(outcome=Outcome.WON) & own, output_field=whole),
            lost_deals=Count("pk", filter=Q(outcome=Outcome.LOST)),
            heard=Max("last_heard_at"),
        )
    )


def _with(figures: Figures, row: dict[str, Any], *, is_lead: bool, rate: Decimal) -> Figures:
    heard = [moment for moment in (figures.last_heard, row["heard"]) if moment is not None]
    running = Decimal(0) if is_lead else amount(row["open_units"])
    return Figures(
        open_deals=figures.open_deals + (0 if is_lead else row["open_deals"]),
        open_amount=figures.open_amount + running,
        weighted=figures.weighted + running * rate / 100,
        won_deals=figures.won_deals + row["won_deals"],
        won_amount=figures.won_amount + amount(row["won_units"]),
        lost_deals=figures.lost_deals + row["lost_deals"],
        other_currency=figures.other_currency + (0 if is_lead else row["foreign"]),
        last_heard=max(heard, default=None),
    )


def amount(units: Any) -> Decimal:
    return from_units(int(units or 0))


def heard_from(contact_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When each of the people was last heard from. One query."""
    if not contact_ids:
        return {}
    rows = (
        ActivityParticipant.objects.filter(
            contact_id__in=contact_ids,
            activity__in=Activity.objects.filter(
                deleted_at=None, direction__in=(Direction.FROM_BUYER, Direction.BOTH)
            ),
        )
        .order_by()
        .values_list("contact_id")
        .annotate(at=Max("activity__occurred_at"))
    )
    return dict(rows)
