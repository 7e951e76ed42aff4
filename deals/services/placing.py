"""Locks and ranks: which row is held, and where in a column a card goes."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from enum import Enum

from django.db import IntegrityError, transaction

from core import ranks
from core.errors import InvalidInput, NotFound
from deals.models import Deal
from deals.models.deal import ON_BOARD
from deals.selectors.visible import visible_to
from tenancy.permissions import Actor

RANK_KEY = "deals_deal_rank_key"
ATTEMPTS = 20


class Edge(Enum):
    TOP = "top"
    BOTTOM = "bottom"


# An edge of the column, or the deal that the card goes after.
type Place = Edge | uuid.UUID


def lock_deal(deal_id: uuid.UUID, *, actor: Actor) -> Deal:
    """The deal, held until the transaction ends: everything that changes a deal begins here. Raises NotFound."""
    found = (
        visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("stage", "pipeline", "company", "owner")
        .filter(pk=deal_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def rank_in(stage_id: uuid.UUID, place: Place, *, moving: uuid.UUID | None) -> str:
    """A rank at that place of the stage's column, the moving deal itself left out.

    A neighbour that has meanwhile left the column sends the card to the bottom; an unknown one is InvalidInput.
    """
    column = Deal.objects.filter(ON_BOARD, stage_id=stage_id).exclude(pk=moving)
    if place is Edge.TOP:
        return ranks.between(None, column.order_by("rank").values_list("rank", flat=True).first())
    if place is Edge.BOTTOM:
        return ranks.between(column.order_by("-rank").values_list("rank", flat=True).first(), None)
    anchor = Deal.objects.filter(pk=place).values_list("stage_id", "rank", "outcome").first()
    if anchor is None:
        raise InvalidInput.of("after", "There is no such deal to place this one after.", "not-found")
    anchor_stage, low, outcome = anchor
    if anchor_stage != stage_id or outcome != "open" or place == moving:
        return rank_in(stage_id, Edge.BOTTOM, moving=moving)
    high = column.filter(rank__gt=low).order_by("rank").values_list("rank", flat=True).first()
    return ranks.between(low, high)


def with_free_rank(rank: str, write: Callable[[str], None]) -> None:
    """Call `write(rank)`; where another transaction took that rank meanwhile, try again right behind it.

    Optimistic instead of a lock on the column, so that two people dropping cards never wait for each other, and
    opposite drags cannot deadlock.
    """
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                write(rank)
        except IntegrityError as error:
            if RANK_KEY not in str(error) or attempt == ATTEMPTS - 1:
                raise
            # Random, so that many who collide do not collide again. Still before the next card: it only adds digits.
            rank += ranks.DIGITS[1 + secrets.randbelow(ranks.BASE - 1)]
        else:
            return
