"""Deals and stages as they stood, from the version rows that the database's triggers leave."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from deals.models import DealVersion
from forecasting.selectors.terms import StageTerms, terms_of
from pipeline.models import StageVersion
from tenancy.permissions import Actor, Permission


def deals_as_of(moment: datetime, *, actor: Actor) -> QuerySet[DealVersion]:
    """The version of each deal that was valid at `moment`, with the deal's own field names.

    Deals deleted since are among them, as they were: their versions say when they were deleted.
    """
    # Everybody sees every deal of the workspace (deals.selectors.visible); a rule there must be met here.
    actor.require(Permission.VIEW)
    later = DealVersion.objects.filter(
        Q(pgh_created_at__gt=OuterRef("pgh_created_at"))
        | Q(pgh_created_at=OuterRef("pgh_created_at"), pgh_id__gt=OuterRef("pgh_id")),
        pgh_obj=OuterRef("pgh_obj"),
        pgh_created_at__lte=moment,
    )
    return DealVersion.objects.filter(~Exists(later), pgh_created_at__lte=moment)


def stages_as_of(moment: datetime) -> dict[uuid.UUID, StageTerms]:
    """Stage → its terms at `moment`; a stage that was made later, for history moved in, has its first ones. One query."""
    terms: dict[uuid.UUID, StageTerms] = {}
    rows = StageVersion.objects.order_by("pgh_created_at", "pgh_id").values_list(
        "pgh_obj_id", "pgh_created_at", "kind", "win_rate", "category"
    )
    for stage_id, valid_from, kind, win_rate, category in rows:
        if valid_from <= moment or stage_id not in terms:
            terms[stage_id] = terms_of(kind, win_rate, category)
    return terms
