"""The running totals: whatever happens to deals, totals and changes beside them add up to what the deals say."""

from __future__ import annotations

import io
import uuid
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from core import clock
from deals.models import Deal, DealTotal, DealTotalChange
from deals.models.total import TOTALS
from deals.selectors.board import board_totals
from deals.selectors.filters import DealFilter
from deals.selectors.totals import total_differences
from deals.services import fold_totals as folding
from deals.services.fold_totals import fold_totals, mend_totals
from deals.services.move_deal import move_deal
from deals.services.placing import Edge
from pipeline.models import Stage
from tenancy.models import DueWork
from tenancy.scope import workspace_scope
from tests.deals.services.test_concurrency import at_once, each_committing
from tests.factories import Cast, make_deal


def sums(cast: Cast, chosen: DealFilter | None = None) -> list[tuple[int, Decimal]]:
    """(deals, amount) of each column."""
    board = board_totals(
        pipeline=cast.pipeline, actor=cast.actor(), chosen=chosen or DealFilter(), as_of=clock.now()
    )
    return [(lane.count, lane.amount) for lane in board.lanes]


def fold(cast: Cast) -> int:
    return fold_totals(workspace_id=cast.workspace.pk)


def words(workspace_id: uuid.UUID) -> int:
    return DueWork.objects.filter(workspace_id=workspace_id, kind=TOTALS).count()


def test_folding_changes_no_sum(acme: Cast, stages: list[Stage]) -> None:
    first, second = (
        make_deal(
            actor=acme.actor(), amount=1_000_000, owner=acme.rep, expected_close_date=date(2027, 5, day)
        )
        for day in (1, 31)
    )
    make_deal(actor=acme.actor(), amount=None)
    before = sums(acme)
    assert before[0] == (3, Decimal(2_000_000))
    assert words(acme.workspace.pk) == 3

    assert fold(acme) == 3
    assert (sums(acme), DealTotalChange.objects.count(), words(acme.workspace.pk)) == (before, 0, 0)
    total = DealTotal.objects.get(owner=acme.rep)
    assert (total.month, total.deals, total.units) == (date(2027, 5, 1), 2, 2_000_000 * 10_000)

    move_deal(deal_id=first.pk, to_stage=stages[1].pk, actor=acme.actor("leader"), override_reason="x")
    Deal.objects.filter(pk=second.pk).update(deleted_at=clock.now())
    assert sums(acme)[:2] == [(1, Decimal(0)), (1, Decimal(1_000_000))]
    fold(acme)
    assert sums(acme)[:2] == [(1, Decimal(0)), (1, Decimal(1_000_000))]
    assert not DealTotal.objects.filter(deals=0).exists(), "what has come to nothing leaves no row"
    assert total_differences() == []


def test_a_filter_by_owner_is_answered_too(acme: Cast) -> None:
    make_deal(actor=acme.actor(), owner=acme.rep, amount=5)
    fold(acme)
    make_deal(actor=acme.actor(), owner=acme.rep, amount=6)
    make_deal(actor=acme.actor(), amount=7)
    assert sums(acme, DealFilter.of(owner=acme.rep.pk))[0] == (2, Decimal(11))
    assert sums(acme, DealFilter.of(owner="none"))[0] == (1, Decimal(7))
    assert sums(acme, DealFilter.of(q="한결"))[0] == (3, Decimal(18)), "a text is looked for in the deals"


def test_a_place_in_the_column_leaves_no_change(acme: Cast) -> None:
    deal, other = make_deal(actor=acme.actor()), make_deal(actor=acme.actor())
    fold(acme)
    move_deal(deal_id=deal.pk, to_stage=deal.stage_id, actor=acme.actor(), place=other.pk)
    move_deal(deal_id=deal.pk, to_stage=deal.stage_id, actor=acme.actor(), place=Edge.TOP)
    assert not DealTotalChange.objects.exists()
    assert words(acme.workspace.pk) == 0


def test_a_change_undone_with_its_transaction_was_never_there(acme: Cast) -> None:
    make_deal(actor=acme.actor(), amount=1)
    with transaction.atomic():
        make_deal(actor=acme.actor(), amount=2)
        assert sums(acme)[0] == (2, Decimal(3)), "one's own change counts before it is committed"
        transaction.set_rollback(True)
    assert sums(acme)[0] == (1, Decimal(1))


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Decimal(3)},
        {"currency": "USD"},
        {"owner_id": None},
        {"expected_close_date": date(2031, 1, 31)},
        {"outcome": "won", "closed_at": clock.now(), "closed_on": date(2026, 11, 30)},
        {"deleted_at": clock.now()},
    ],
)
def test_one_statement_over_many_deals(acme: Cast, change: dict[str, Any]) -> None:
    for day in range(1, 9):
        make_deal(actor=acme.actor(), owner=acme.rep, amount=day, expected_close_date=date(2027, day, 9))
    fold(acme)
    Deal.objects.filter(amount__gte=5).update(**change)
    assert total_differences() == []
    fold(acme)
    assert total_differences() == []


def test_many_batches(acme: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "BATCH", 2)
    monkeypatch.setattr(folding, "FOLD", folding.FOLD.replace("LIMIT 20000", "LIMIT 2"))
    for day in range(1, 6):
        make_deal(actor=acme.actor(), expected_close_date=date(2027, 1, day))
    assert fold(acme) == 5
    assert DealTotal.objects.get().deals == 5


def test_folding_while_people_move(committed_cast: Cast) -> None:
    """Four people move, two workers fold, one reader sees the same number of deals at every moment."""
    cast = committed_cast
    with workspace_scope(cast.workspace.pk):
        stages = list(cast.pipeline.stages.order_by("position"))
        deals = [make_deal(actor=cast.actor(), amount=1) for _ in range(8)]
    leader, seen = cast.actor("leader"), Counter[int]()

    def move(deal: Deal) -> None:
        for step in range(10):
            with workspace_scope(cast.workspace.pk):
                target = stages[(step + 1) % len(stages)].pk
                move_deal(deal_id=deal.pk, to_stage=target, actor=leader, override_reason="x")

    def read() -> None:
        for _ in range(40):
            with workspace_scope(cast.workspace.pk):
                seen[sum(count for count, _amount in sums(cast))] += 1

    def keep_folding() -> None:
        for _ in range(20):
            fold(cast)

    works = [*(partial(move, deal) for deal in deals[:4]), keep_folding, keep_folding, read]
    assert each_committing(works) == [None] * len(works)
    assert seen == {len(deals): 40}
    fold(cast)
    with workspace_scope(cast.workspace.pk):
        assert total_differences() == []
        assert not DealTotalChange.objects.exists()


def test_wrong_totals_are_found_and_mended(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        make_deal(actor=cast.actor(), amount=4)
        fold(cast)
        assert mend_totals() == 0
        DealTotal.objects.update(units=7, deals=2)
    with pytest.raises(CommandError, match="acme"):
        totals_command()
    assert "acme: 1 wrong, mended" in totals_command("--mend", "--workspace", "acme")
    assert "acme: right" in totals_command()
    with workspace_scope(cast.workspace.pk):
        assert sums(cast)[0] == (1, Decimal(4))
    with pytest.raises(CommandError, match="no workspace"):
        totals_command("--workspace", "nobody")


def test_two_who_mend_at_once_mend_once(committed_cast: Cast) -> None:
    cast = committed_cast
    with workspace_scope(cast.workspace.pk):
        for _deal in range(30):
            make_deal(actor=cast.actor(), amount=4)
    fold(cast)
    for _round in range(5):
        with workspace_scope(cast.workspace.pk):
            DealTotal.objects.update(deals=1)
        mended = at_once(cast, [mend_totals] * 4)
        assert sorted(mended) == [0, 0, 0, 1]
        with workspace_scope(cast.workspace.pk):
            assert total_differences() == []
        fold(cast)


def totals_command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("deal_totals", *arguments, stdout=out)
    return out.getvalue()
