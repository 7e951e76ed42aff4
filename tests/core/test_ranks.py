from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import ranks

RANKS = st.text(ranks.DIGITS, min_size=1, max_size=12).filter(lambda text: not text.endswith("0"))


@given(RANKS, RANKS)
def test_between_two_ranks_there_is_another(first: str, second: str) -> None:
    low, high = sorted([first, second])
    if low == high:
        with pytest.raises(ValueError, match="no rank"):
            ranks.between(low, high)
        return
    middle = ranks.between(low, high)
    assert low < middle < high
    assert not middle.endswith("0")
    # Digits added to it, when it is taken, keep it on this side of the next card.
    assert middle + "z" * 5 < high


@given(RANKS)
def test_beyond_each_end_there_is_another(rank: str) -> None:
    assert ranks.between(None, rank) < rank < ranks.between(rank, None)


def test_the_first_rank_leaves_room_on_both_sides() -> None:
    first = ranks.between(None, None)
    assert ranks.between(None, first) < first < ranks.between(first, None)


@pytest.mark.parametrize("at_top", [True, False])
def test_ten_thousand_cards_at_one_end_keep_keys_short(at_top: bool) -> None:
    rank = ranks.between(None, None)
    for _number in range(10_000):
        rank = ranks.between(None, rank) if at_top else ranks.between(rank, None)
    assert len(rank) <= 8


def test_a_hundred_cards_in_one_gap_grow_slowly() -> None:
    low, high = "A", "B"
    for _number in range(100):
        high = ranks.between(low, high)
    assert len(high) <= 30


@given(st.integers(0, 3000))
def test_spread_ranks_ascend_and_leave_room(count: int) -> None:
    found = ranks.spread(count)
    assert len(found) == count
    assert ranks.is_ascending(found)
    for low, high in zip([None, *found], [*found, None], strict=True):
        assert (low or "") < ranks.between(low, high)
