"""The deals that a list asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q, QuerySet

from deals.models import Deal
from deals.selectors.stalled import stalled_q
from deals.selectors.visible import visible_to
from pipeline.models import Pipeline, Stage
from tenancy.models import Membership
from tenancy.permissions import Actor


@dataclass(frozen=True, slots=True)
class DealFilters:
    """What is None is not asked. `close_from` and `close_to` bound the expected close date, both included."""

    pipeline: Pipeline | None = None
    stage: Stage | None = None
    owner: Membership | None = None
    outcome: str | None = None
    stalled: bool | None = None
    close_from: date | None = None
    close_to: date | None = None
    search: str = ""
    external_source: str | None = None
    external_id: str | None = None


def deal_list(*, actor: Actor, filters: DealFilters, as_of: datetime) -> QuerySet[Deal]:
    """Visible deals that fit, unordered, with stage, `company_name` and `owner_name`. One query more for `stalled`.

    `search`: part of the deal's or its company's name, small and capital letters alike.
    """
    # Two names instead of two objects more for each row.
    names = {"company_name": F("company__name"), "owner_name": F("owner__display_name")}
    rows = visible_to(actor).select_related("stage").annotate(**names)
    exact = {
        "pipeline": filters.pipeline,
        "stage": filters.stage,
        "owner": filters.owner,
        "outcome": filters.outcome,
        "expected_close_date__gte": filters.close_from,
        "expected_close_date__lte": filters.close_to,
        "external_source": filters.external_source,
        "external_id": filters.external_id,
    }
    rows = rows.filter(**{lookup: value for lookup, value in exact.items() if value is not None})
    if filters.search:
        rows = rows.filter(Q(name__icontains=filters.search) | Q(company__name__icontains=filters.search))
    if filters.stalled is not None:
        stalled = stalled_q(as_of=as_of)
        rows = rows.filter(stalled if filters.stalled else ~stalled)
    return rows
