"""What a deal in a stage counts for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from pipeline.models import Stage, StageKind


@dataclass(frozen=True, slots=True)
class StageTerms:
    """`basis` is the win rate in hundredths of a percent: whole, so that sums stay whole."""

    is_lead: bool
    basis: int
    category: str


def terms_of(kind: str, win_rate: Decimal, category: str) -> StageTerms:
    return StageTerms(kind == StageKind.LEAD, int(win_rate * 100), category)


def stage_terms() -> dict[uuid.UUID, StageTerms]:
    """Stage → its terms today; archived ones too, for deals that were won there. One query."""
    rows = Stage.objects.values_list("pk", "kind", "win_rate", "category")
    return {pk: terms_of(kind, win_rate, category) for pk, kind, win_rate, category in rows}
