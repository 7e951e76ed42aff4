"""What a leader and a rep look at when they talk about a deal that does not move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef

from deals.models import Deal, DealEvent, EventKind, Outcome, StageStay
from deals.selectors.visible import visible_to
from tenancy.permissions import Actor

ENOUGH_LIKE = 5  # of fewer deals a share would mislead


@dataclass(frozen=True, slots=True)
class LikeDeals:
    """Closed deals that stayed in this stage for its stall days or longer."""

    days: int
    count: int
    won: int

    @property
    def won_percent(self) -> int:
        return round(self.won * 100 / self.count)


@dataclass(frozen=True, slots=True)
class Talk:
    """`pushes`: the close dates in their order, when the date was moved to a later day at least once."""

    pushes: list[date]
    like: LikeDeals | None

    @property
    def push_count(self) -> int:
        return len(self.pushes) - 1


def talk_about(deal: Deal, *, actor: Actor) -> Talk:
    """Two queries."""
    return Talk(pushes=close_date_pushes(deal), like=like_deals(deal, actor=actor))


def close_date_pushes(deal: Deal) -> list[date]:
    """The dates through which the close date was pushed back, oldest first; empty when it never was."""
    events = DealEvent.objects.filter(
        deal=deal, kind=EventKind.EDITED, data__fields__has_key="expected_close_date"
    ).order_by("at", "id")
    pushes: list[date] = []
    for data in events.values_list("data", flat=True):
        change = data["fields"]["expected_close_date"]
        if not change.get("from") or not change.get("to") or change["to"] <= change["from"]:
            continue
        if not pushes:
            pushes.append(date.fromisoformat(change["from"]))
        pushes.append(date.fromisoformat(change["to"]))
    return pushes


def like_deals(deal: Deal, *, actor: Actor) -> LikeDeals | None:
    """What became of the deals that stayed here as long; None when too few have ended to say."""
    days = deal.stage.stall_days
    if not days:
        return None
    lasted = ExpressionWrapper(F("left_at") - F("entered_at"), output_field=DurationField())
    stayed = StageStay.objects.filter(
        deal=OuterRef("pk"), stage=deal.stage_id, voided_at=None, left_at__isnull=False
    ).annotate(lasted=lasted)
    rows = dict(
        visible_to(actor)
        .filter(
            Exists(stayed.filter(lasted__gte=timedelta(days=days))), outcome__in=[Outcome.WON, Outcome.LOST]
        )
        .order_by()
        .values_list("outcome")
        .annotate(count=Count("pk"))
    )
    count = sum(rows.values())
    return LikeDeals(days, count, rows.get(Outcome.WON, 0)) if count >= ENOUGH_LIKE else None
