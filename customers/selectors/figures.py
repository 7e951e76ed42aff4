"""What deals say of companies: how many, how much, when last heard from. Amounts in the workspace's currency."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Count, DecimalField, F, Max, Q, Sum
from django.db.models.functions import Cast

from core.money import from_units, round_to_currency
from deals.models import Activity, ActivityParticipant, Outcome
from deals.models.activity import Direction
from deals.selectors.visible import visible_to
from pipeline.models import StageKind
from tenancy.permissions import Actor
from tenancy.scope import current_workspace

# A lead is no deal yet: it is in no number.
OPEN = Q(outcome=Outcome.OPEN) & ~Q(stage__kind=StageKind.LEAD)
WON = Q(outcome=Outcome.WON)
LOST = Q(outcome=Outcome.LOST)
UNITS = Cast("amount", BigIntegerField())
WEIGHTED = UNITS * F("stage__win_rate") / 100


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
    """One query, none for none. A company without deals is not among them."""
    if not company_ids:
        return {}
    currency = current_workspace().currency
    own = Q(currency=currency)

    def units(expression: Any, condition: Q) -> Sum:
        return Sum(expression, filter=condition, output_field=DecimalField(max_digits=40, decimal_places=4))

    rows = (
        visible_to(actor)
        .filter(company_id__in=company_ids)
        .order_by()
        .values("company_id")
        .annotate(
            open_deals=Count("pk", filter=OPEN),
            open_units=units(UNITS, OPEN & own),
            weighted_units=units(WEIGHTED, OPEN & own),
            won_deals=Count("pk", filter=WON),
            won_units=units(UNITS, WON & own),
            lost_deals=Count("pk", filter=LOST),
            foreign=Count("pk", filter=OPEN & ~own),
            heard=Max("last_heard_at"),
        )
    )
    return {
        row["company_id"]: Figures(
            row["open_deals"],
            amount(row["open_units"]),
            round_to_currency(amount(row["weighted_units"]), currency),
            row["won_deals"],
            amount(row["won_units"]),
            row["lost_deals"],
            row["foreign"],
            row["heard"],
        )
        for row in rows
    }


def amount(units: Any) -> Decimal:
    return from_units(1) * Decimal(units or 0)


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
