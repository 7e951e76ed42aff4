"""How long a sale takes: which month must be filled today."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F

from core import clock
from deals.models import Outcome
from deals.selectors.visible import visible_to
from pipeline.models import StageKind
from tenancy.permissions import Actor
from tenancy.scope import current_zone

ENOUGH_WON = 5  # a median of fewer says nothing
DAY = timedelta(days=1)


class Median(Aggregate):
    function = "percentile_cont"
    name = "Median"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def median_cycle_days(*, actor: Actor, as_of: datetime, pipeline_id: uuid.UUID | None = None) -> int | None:
    """Median days from creation to signature of the deals won in the last twelve months; None for too few. One query."""
    today = clock.local_date(as_of, current_zone())
    won = visible_to(actor).filter(
        outcome=Outcome.WON,
        stage__kind=StageKind.OPEN,
        closed_on__gt=clock.add_months(today, -12),
        closed_on__lte=today,
    )
    if pipeline_id is not None:
        won = won.filter(pipeline_id=pipeline_id)
    took = ExpressionWrapper(F("closed_at") - F("created_at"), output_field=DurationField())
    found = won.aggregate(median=Median(took), count=Count("pk"))
    return round(found["median"] / DAY) if found["count"] >= ENOUGH_WON else None
