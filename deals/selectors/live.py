"""What has become of some deals and columns of a board that somebody has open."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from deals.models import Deal, DealEvent
from deals.selectors.board import Board, board_deals, board_stages, lanes_with_totals
from deals.selectors.cards import Card, cards_for, with_card_columns
from deals.selectors.filters import DealFilter
from deals.selectors.visible import visible_to
from pipeline.models import Pipeline
from tenancy.permissions import Actor
from tenancy.scope import current_workspace

RECENT = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class LastChange:
    """What somebody last did to a deal, and who."""

    kind: str
    actor_id: uuid.UUID | None
    by: str


@dataclass(slots=True)
class LiveBoard:
    """All heads and totals; the cards asked for that are on the board, by rank; who has just changed which."""

    board: Board
    cards: list[Card]
    gone: list[uuid.UUID]
    changes: dict[uuid.UUID, LastChange]


def live_board(
    *,
    pipeline: Pipeline,
    deal_ids: Collection[uuid.UUID],
    lane_sizes: Mapping[uuid.UUID, int],
    actor: Actor,
    chosen: DealFilter,
    as_of: datetime,
) -> LiveBoard:
    """The deals named, and the first cards of the columns in `lane_sizes`, as many as it says. Six queries."""
    stages = board_stages(pipeline.pk)
    deals = board_deals(actor=actor, chosen=chosen, as_of=as_of)
    lanes = lanes_with_totals(stages, deals, actor=actor, chosen=chosen, as_of=as_of)
    here = deals.filter(pipeline_id=pipeline.pk)
    wanted = here.filter(pk__in=deal_ids).order_by().values("pk")
    firsts = [
        here.filter(stage_id=stage.pk).order_by("rank").values("pk")[: lane_sizes[stage.pk]]
        for stage in stages
        if lane_sizes.get(stage.pk)
    ]
    ids = wanted.union(*firsts, all=True) if firsts else wanted
    found = list(with_card_columns(visible_to(actor).filter(pk__in=ids)).order_by("rank"))
    known = {stage.pk for stage in stages}
    cards = cards_for(
        [deal for deal in found if deal.stage_id in known],
        stages,
        actor=actor,
        as_of=as_of,
        zone=current_workspace().zone,
    )
    shown = {card.deal.pk for card in cards}
    return LiveBoard(
        board=Board(pipeline, lanes, chosen, current_workspace().currency),
        cards=cards,
        gone=[deal_id for deal_id in deal_ids if deal_id not in shown],
        changes=last_changes([pk for pk in deal_ids if pk in shown], since=as_of - RECENT),
    )


def last_change_of(deal: Deal) -> LastChange | None:
    """What a person last did to the deal, whenever that was. One query."""
    found = (
        DealEvent.objects.filter(deal_id=deal.pk, actor__isnull=False)
        .order_by("-at", "-id")
        .values_list("kind", "actor_id", "actor__display_name")
        .first()
    )
    return LastChange(*found) if found else None


def last_changes(deal_ids: Collection[uuid.UUID], *, since: datetime) -> dict[uuid.UUID, LastChange]:
    """What people last did to these deals. One query."""
    if not deal_ids:
        return {}
    events = (
        DealEvent.objects.filter(deal_id__in=deal_ids, at__gte=since, actor__isnull=False)
        .order_by("deal_id", "-at", "-id")
        .distinct("deal_id")
        .values_list("deal_id", "kind", "actor_id", "actor__display_name")
    )
    return {deal_id: LastChange(kind, actor_id, name) for deal_id, kind, actor_id, name in events}
