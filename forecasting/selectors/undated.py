"""Open deals that are in no month: never silently dropped, always listed beside the forecast."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F

from core import clock
from core.errors import NotFound
from deals.models import Deal
from deals.models.deal import ON_BOARD
from deals.selectors.visible import visible_to
from forecasting.selectors.monthly import undated_q
from pipeline.models import StageKind
from tenancy.permissions import Actor
from tenancy.scope import current_zone

PAGE = 10


@dataclass(frozen=True, slots=True)
class UndatedDeals:
    """The largest first; `next_offset` is None at the end."""

    deals: list[Deal]
    today: date
    next_offset: int | None


def undated_deals(
    *,
    actor: Actor,
    as_of: datetime,
    pipeline_id: uuid.UUID | None = None,
    owner_id: uuid.UUID | None = None,
    unowned: bool = False,
    offset: int = 0,
) -> UndatedDeals:
    """A page of the deals that need a date; those in lead stages do not. One query."""
    today = clock.local_date(as_of, current_zone())
    deals = visible_to(actor).filter(ON_BOARD, undated_q(today), stage__kind=StageKind.OPEN)
    if pipeline_id is not None:
        deals = deals.filter(pipeline_id=pipeline_id)
    if unowned:
        deals = deals.filter(owner=None)
    elif owner_id is not None:
        deals = deals.filter(owner_id=owner_id)
    found = list(
        deals.select_related("company", "owner").order_by(F("amount").desc(nulls_last=True), "id")[
            offset : offset + PAGE + 1
        ]
    )
    return UndatedDeals(found[:PAGE], today, offset + PAGE if len(found) > PAGE else None)


def undated_deal(deal_id: uuid.UUID, *, actor: Actor) -> Deal:
    """One open deal as the list shows it. Raises NotFound, also for a closed one."""
    found = visible_to(actor).filter(ON_BOARD, pk=deal_id).select_related("company", "owner").first()
    if found is None:
        raise NotFound
    return found
