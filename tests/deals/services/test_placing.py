"""Where in a column a card goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import ranks
from core.errors import InvalidInput
from core.ids import uuid7
from deals.models import Deal
from deals.services import placing
from deals.services.close_deal import lose_deal
from deals.services.edit_deal import delete_deal
from deals.services.move_deal import move_deal
from deals.services.placing import LONG_RANK, Edge, Place, respace_column
from pipeline.models import LossReason, Stage
from tests.factories import Cast, make_deal


def names() -> str:
    return "".join(
        Deal.objects.filter(placing.ON_BOARD)
        .order_by("stage__position", "rank")
        .values_list("name", flat=True)
    )


@pytest.fixture
def column(acme: Cast) -> dict[str, Deal]:
    """a, b, c, d from top to bottom."""
    return {
        name: make_deal(actor=acme.actor(), name=name, place=Edge.BOTTOM) for name in ("a", "b", "c", "d")
    }


@pytest.mark.parametrize(
    ("card", "place", "order"),
    [
        ("c", Edge.TOP, "cabd"),
        ("b", Edge.BOTTOM, "acdb"),
        ("d", "a", "adbc"),
        ("a", "d", "bcda"),
        ("a", "b", "bacd"),
        ("c", "b", "abcd"),
        ("c", "c", "abcd"),
        ("a", Edge.TOP, "abcd"),
        ("d", Edge.BOTTOM, "abcd"),
    ],
)
def test_a_card_goes_where_it_is_put(
    acme: Cast, stages: list[Stage], column: dict[str, Deal], card: str, place: Place | str, order: str
) -> None:
    where = column[place].pk if isinstance(place, str) else place
    move_deal(deal_id=column[card].pk, to_stage=stages[0].pk, actor=acme.actor(), place=where)
    assert names() == order


def test_a_card_from_elsewhere_goes_where_it_is_put(
    acme: Cast, stages: list[Stage], column: dict[str, Deal]
) -> None:
    for name, place, order in (
        ("x", column["b"].pk, "abxcd"),
        ("y", Edge.TOP, "yabxcd"),
        ("z", Edge.BOTTOM, "yabxcdz"),
    ):
        deal = make_deal(actor=acme.actor(), name=name, stage=stages[2].name)
        move_deal(deal_id=deal.pk, to_stage=stages[0].pk, actor=acme.actor(), place=place)
        assert names() == order


def test_after_a_card_that_left_means_the_bottom(
    acme: Cast, stages: list[Stage], column: dict[str, Deal]
) -> None:
    move_deal(deal_id=column["b"].pk, to_stage=stages[1].pk, actor=acme.actor("leader"), override_reason="x")
    lose_deal(deal_id=column["c"].pk, reason=LossReason.objects.all()[0], actor=acme.actor())
    extra = make_deal(actor=acme.actor(), name="e", place=Edge.BOTTOM)
    gone = make_deal(actor=acme.actor(), name="f")
    delete_deal(deal_id=gone.pk, actor=acme.actor())
    for left in (column["b"], column["c"], gone):
        move_deal(deal_id=column["a"].pk, to_stage=stages[0].pk, actor=acme.actor(), place=left.pk)
        assert names() == "deab"
        move_deal(deal_id=column["a"].pk, to_stage=stages[0].pk, actor=acme.actor(), place=Edge.TOP)
    assert extra.version == 1


def test_after_a_card_that_never_was_is_an_error(
    acme: Cast, stages: list[Stage], column: dict[str, Deal]
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        move_deal(deal_id=column["a"].pk, to_stage=stages[0].pk, actor=acme.actor(), place=uuid7())
    assert refusal.value.errors[0].field == "after"
    assert names() == "abcd"


def test_a_card_put_after_itself_in_another_column_goes_to_the_bottom(
    acme: Cast, stages: list[Stage], column: dict[str, Deal]
) -> None:
    deal = make_deal(actor=acme.actor(), name="x", stage=stages[2].name)
    move_deal(deal_id=deal.pk, to_stage=stages[0].pk, actor=acme.actor(), place=deal.pk)
    assert names() == "abcdx"


def test_a_taken_rank_is_followed_not_fought_for(acme: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when two transactions read the same column: the second comes right behind the first."""
    first = make_deal(actor=acme.actor(), name="a")
    make_deal(actor=acme.actor(), name="z", place=Edge.BOTTOM)
    monkeypatch.setattr(placing, "_rank_in", lambda *_args, **_kwargs: first.rank)
    monkeypatch.setattr("deals.services.create_deal.rank_in", placing.rank_in)
    for name in "bcdef":
        make_deal(actor=acme.actor(), name=name)
    assert names()[0] == "a"
    assert names()[-1] == "z"
    assert sorted(names()) == list("abcdefz")


def test_ranks_that_have_grown_long_are_spread_anew(
    acme: Cast, stages: list[Stage], column: dict[str, Deal]
) -> None:
    """Always into the same gap: without spreading, the column's 200 characters would end after some 1,200 cards."""
    Deal.objects.filter(pk=column["a"].pk).update(rank="A" * LONG_RANK + "1")
    Deal.objects.filter(pk=column["b"].pk).update(rank="A" * LONG_RANK + "2")
    before = names()
    assert before == "abcd"
    move_deal(deal_id=column["d"].pk, to_stage=stages[0].pk, actor=acme.actor(), place=column["a"].pk)
    assert names() == "adbc"
    assert max(len(rank) for rank in Deal.objects.values_list("rank", flat=True)) < 10


def test_spreading_an_empty_column_is_no_error(acme: Cast, stages: list[Stage]) -> None:
    assert respace_column(stages[3].pk)


@given(
    st.text(ranks.DIGITS, min_size=1, max_size=9).filter(lambda text: not text.endswith("0") and text != "")
)
def test_a_blurred_rank_stays_on_its_side(neighbour: str) -> None:
    assert placing._blurred(ranks.between(None, neighbour)) < neighbour
    assert placing._blurred(ranks.between(neighbour, None)) > neighbour
