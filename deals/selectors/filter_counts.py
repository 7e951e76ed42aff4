"""How many deals each quick filter would show, beside what else was chosen."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Value

from deals.models.deal import ON_BOARD
from deals.selectors.facets import PASSED
from deals.selectors.filters import DealFilter
from deals.selectors.visible import visible_to
from tenancy.permissions import Actor

QUICK: dict[str, dict[str, Any]] = {
    "stalled": {"stalled": True},
    "no_task": {"no_task": True},
    "passed": {"close": PASSED},
}


def quick_counts(
    *, actor: Actor, chosen: DealFilter, as_of: datetime, pipeline_id: uuid.UUID | None
) -> dict[str, int]:
    """For each of QUICK the open deals that it leaves of what the other filters leave. Two queries, or three.

    `pipeline_id`: the board's; None for a list, where the filter may name one.
    """
    arms = []
    for name, values in QUICK.items():
        asked = chosen.without("outcome", *(["pipeline"] if pipeline_id else [])).plus(**values)
        deals = visible_to(actor).filter(ON_BOARD, asked.q(as_of))
        if pipeline_id:
            deals = deals.filter(pipeline_id=pipeline_id)
        kind = Value(name, output_field=CharField())
        arms.append(
            deals.order_by()
            .annotate(kind=kind)
            .values("kind")
            .annotate(found=Count("pk"))
            .values_list("kind", "found")
        )
    return dict.fromkeys(QUICK, 0) | dict(arms[0].union(*arms[1:], all=True))
