"""Locks and ranks: which row is held, and where in a column a card goes."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Collection
from enum import Enum

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from core import ranks
from core.errors import InvalidInput, NotFound
from deals.models import Deal
from deals.models.deal import ON_BOARD
from deals.selectors.visible import visible_to
from tenancy.permissions import Actor
from tenancy.scope import current_workspace_id

RANK_KEY = "deals_deal_rank_key"
ATTEMPTS = 20
# Ranks grow by a digit for every six cards put into the same gap; the column holds 200 characters.
LONG_RANK = 60


class Edge(Enum):
    TOP = "top"
    BOTTOM = "bottom"


# An edge of the column, or the deal that the card goes after.
type Place = Edge | uuid.UUID


def lock_deal(deal_id: uuid.UUID, *, actor: Actor) -> Deal:
    """The deal, held until the transaction ends: everything that changes a deal begins here. Raises NotFound.

    Rows that refer to the deal may be written meanwhile (NO KEY UPDATE): a worker's tasks neither wait for a move
    nor deadlock with it.
    """
    whole = visible_to(actor).select_related("stage", "pipeline", "company", "owner").filter(pk=deal_id)
    found = whole.select_for_update(of=("self",), no_key=True).first()
    if found is not None and not _was_joined_before_a_wait(found):
        return found
    # Somebody held the deal and changed it. PostgreSQL then joins the changed row to what the old one referred to: no
    # row at all after a move, no owner after a new one. So: lock it alone, and read it afterwards.
    if visible_to(actor).select_for_update(no_key=True).filter(pk=deal_id).values_list("pk").first() is None:
        raise NotFound
    return whole.get()


def _was_joined_before_a_wait(deal: Deal) -> bool:
    return (deal.owner_id is not None and deal.owner is None) or (
        deal.company_id is not None and deal.company is None
    )


def rank_in(stage_id: uuid.UUID, place: Place, *, moving: uuid.UUID | None) -> str:
    """A rank at that place of the stage's column, the moving deal itself left out.

    A neighbour that has meanwhile left the column sends the card to the bottom; an unknown one is InvalidInput.
    """
    rank = _rank_in(stage_id, place, moving=moving)
    if len(rank) > LONG_RANK and respace_column(stage_id):
        rank = _rank_in(stage_id, place, moving=moving)
    return rank


def _rank_in(stage_id: uuid.UUID, place: Place, *, moving: uuid.UUID | None) -> str:
    column = Deal.objects.filter(ON_BOARD, stage_id=stage_id).exclude(pk=moving)
    if place is Edge.TOP:
        return _blurred(ranks.between(None, column.order_by("rank").values_list("rank", flat=True).first()))
    if place is Edge.BOTTOM:
        return _blurred(ranks.between(column.order_by("-rank").values_list("rank", flat=True).first(), None))
    low = column.filter(pk=place).values_list("rank", flat=True).first()
    if low is None:
        if not Deal.objects.filter(pk=place).exists():
            raise InvalidInput.of("after", _("There is no such deal to place this one after."), "not-found")
        return _rank_in(stage_id, Edge.BOTTOM, moving=moving)
    high = column.filter(rank__gt=low).order_by("rank").values_list("rank", flat=True).first()
    return ranks.between(low, high)


def _blurred(rank: str) -> str:
    """Two random digits: cards that arrive at one edge at the same time do not wait for each other's commit.

    The next rank at an edge is stepped from the first digits, so this does not make ranks longer and longer.
    """
    # Padded first, or "A" + "zz" would jump over a neighbour at "A00003".
    return rank.ljust(ranks.END_LENGTH, ranks.DIGITS[0]) + "".join(
        ranks.DIGITS[1 + secrets.randbelow(ranks.BASE - 1)] for _digit in range(2)
    )


def ranks_in(
    stage_id: uuid.UUID, place: Place, count: int, *, moving: Collection[uuid.UUID] = ()
) -> list[str]:
    """`count` ascending ranks at that place of the column, the moving deals themselves left out. See `rank_in`."""
    found = _ranks_in(stage_id, place, count, moving)
    if any(len(rank) > LONG_RANK for rank in found) and respace_column(stage_id):
        found = _ranks_in(stage_id, place, count, moving)
    return found


def _ranks_in(stage_id: uuid.UUID, place: Place, count: int, moving: Collection[uuid.UUID]) -> list[str]:
    column = Deal.objects.filter(ON_BOARD, stage_id=stage_id).exclude(pk__in=list(moving))
    found: list[str] = []
    if place is Edge.TOP:
        edge = column.order_by("rank").values_list("rank", flat=True).first()
        for _card in range(count):
            edge = _blurred(ranks.between(None, edge))
            found.insert(0, edge)
        return found
    if place is Edge.BOTTOM:
        edge = column.order_by("-rank").values_list("rank", flat=True).first()
        for _card in range(count):
            edge = _blurred(ranks.between(edge, None))
            found.append(edge)
        return found
    low = column.filter(pk=place).values_list("rank", flat=True).first()
    if low is None:
        return _ranks_in(stage_id, Edge.BOTTOM, count, moving)
    high = column.filter(rank__gt=low).order_by("rank").values_list("rank", flat=True).first()
    return _halved(low, high, count)


def _halved(low: str | None, high: str | None, count: int) -> list[str]:
    """Ranks between two cards by halving the gap, so that a hundred of them cost two digits and not sixteen."""
    if count == 0:
        return []
    middle = ranks.between(low, high)
    before = (count - 1) // 2
    return [*_halved(low, middle, before), middle, *_halved(middle, high, count - 1 - before)]


def with_free_rank(rank: str, write: Callable[[str], None]) -> None:
    """Call `write(rank)`; where another transaction took that rank meanwhile, try again right behind it.

    Optimistic instead of a lock on the column, so that two people dropping cards never wait for each other, and
    opposite drags cannot deadlock (docs/decisions/0006-optimistic-ranks.md).
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


def respace_column(stage_id: uuid.UUID) -> bool:
    """Give the column's cards short ranks in the same order. False, and nothing done, while somebody holds a card."""
    column = Deal.objects.filter(ON_BOARD, stage_id=stage_id)
    try:
        with transaction.atomic():
            held = (
                column.select_for_update(nowait=True, no_key=True)
                .order_by("rank")
                .values_list("pk", flat=True)
            )
            ids = list(held)
            # By way of ranks that no card has, because uniqueness is checked row by row.
            write_ranks(ids, [f"!{rank}" for rank in ranks.spread(len(ids))])
            write_ranks(ids, ranks.spread(len(ids)))
    except (OperationalError, IntegrityError):
        return False
    return True


def write_ranks(ids: list[uuid.UUID], new_ranks: list[str]) -> None:
    """Each deal's rank, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deals_deal SET rank = new.rank FROM unnest(%s::uuid[], %s::text[]) AS new(id, rank)"
            " WHERE deals_deal.workspace_id = %s AND deals_deal.id = new.id",
            [list(map(str, ids)), new_ranks, str(current_workspace_id())],
        )
