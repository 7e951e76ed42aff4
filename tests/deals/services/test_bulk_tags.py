"""Tags and the source of many deals: the same as of one, and the way back."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.ids import uuid7
from deals.models import BulkChange, Deal, DealEvent, DealTag, Tag
from deals.models.links import MAX_TAGS
from deals.services.bulk_edit import source_deals
from deals.services.bulk_tags import tag_deals, untag_deals
from deals.services.edit_deal import edit_deal
from deals.services.tags import add_tag, remove_tag
from deals.services.undo_bulk import undo_bulk
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal


def many(cast: Cast, count: int) -> list[Deal]:
    return [make_deal(actor=cast.actor(), owner=cast.rep, name=f"딜 {i}") for i in range(count)]


def seen(*deals: Deal) -> dict[uuid.UUID, int | None]:
    return {deal.pk: deal.version for deal in deals}


def tags_of(deal: Deal) -> set[str]:
    return set(DealTag.objects.filter(deal=deal).values_list("tag__name", flat=True))


def undo(cast: Cast, result: Any, who: str = "rep") -> Any:
    assert result.change is not None
    return undo_bulk(change_id=result.change.pk, actor=cast.actor(who))


class TestTags:
    def test_added_as_to_one_and_taken_back(self, acme: Cast) -> None:
        first, second, third = deals = many(acme, 3)
        add_tag(deal_id=first.pk, name="전시회", actor=acme.actor())
        result = tag_deals(seen=seen(*deals), name=" #전시회 ", actor=acme.actor())
        assert ([deal.pk for deal in result.plan.same], result.done) == ([first.pk], 2)
        assert [tags_of(deal) for deal in deals] == [{"전시회"}] * 3
        assert Tag.objects.count() == 1
        single, set_based = (
            DealEvent.objects.get(deal=deal, kind="tag_added").data for deal in (first, second)
        )
        assert single == set_based
        second.refresh_from_db()
        assert second.version == 1  # as of a single tag
        edit_deal(deal_id=third.pk, changes={"amount": None}, actor=acme.actor())
        undone = undo(acme, result)
        assert ({deal.pk for deal in undone.deals}, undone.left) == ({second.pk, third.pk}, 0)
        assert [tags_of(deal) for deal in deals] == [{"전시회"}, set(), set()]
        with pytest.raises(Conflict):
            undo(acme, result)

    def test_taken_off_and_put_back_where_nobody_did(self, acme: Cast) -> None:
        first, second, third = deals = many(acme, 3)
        tag = add_tag(deal_id=first.pk, name="전시회", actor=acme.actor())
        add_tag(deal_id=second.pk, name="전시회", actor=acme.actor())
        result = untag_deals(seen=seen(*deals), tag_id=tag.pk, actor=acme.actor())
        assert ([deal.pk for deal in result.plan.same], result.done) == ([third.pk], 2)
        assert not DealTag.objects.exists()
        add_tag(deal_id=first.pk, name="전시회", actor=acme.actor())
        undone = undo(acme, result, "leader")
        assert ([deal.pk for deal in undone.deals], undone.left) == ([second.pk], 1)
        assert [tags_of(deal) for deal in deals] == [{"전시회"}, {"전시회"}, set()]

    def test_what_was_taken_off_since_stays_off(self, acme: Cast) -> None:
        (deal,) = many(acme, 1)
        result = tag_deals(seen=seen(deal), name="전시회", actor=acme.actor())
        remove_tag(deal_id=deal.pk, tag_id=Tag.objects.get().pk, actor=acme.actor())
        with pytest.raises(Conflict):
            undo(acme, result)

    def test_a_deal_that_is_full_stays_as_it_is(self, acme: Cast) -> None:
        full, free = many(acme, 2)
        for number in range(MAX_TAGS):
            add_tag(deal_id=full.pk, name=f"태그 {number}", actor=acme.actor())
        result = tag_deals(seen=seen(full, free), name="하나 더", actor=acme.actor())
        assert [each.code for each in result.plan.refused] == ["too-many-tags"]
        assert tags_of(free) == {"하나 더"}

    def test_refusals(self, acme: Cast, cast: Cast) -> None:
        (deal,) = many(acme, 1)
        for name in ("", " # ", "x" * 41, "a\x00b"):
            with pytest.raises(InvalidInput) as problem:
                tag_deals(seen=seen(deal), name=name, actor=acme.actor())
            assert problem.value.errors[0].field == "name"
        with pytest.raises(NotFound):
            untag_deals(seen=seen(deal), tag_id=uuid7(), actor=acme.actor())
        for act in (
            lambda actor: tag_deals(seen=seen(deal), name="x", actor=actor),
            lambda actor: untag_deals(seen=seen(deal), tag_id=uuid7(), actor=actor),
            lambda actor: source_deals(seen=seen(deal), source="x", actor=actor),
        ):
            with pytest.raises(NotAllowed):
                act(acme.actor("viewer"))
        assert not BulkChange.objects.exists()
        assert not Tag.objects.exists()

    def test_nothing_of_another_workspace(self, cast: Cast) -> None:
        with workspace_scope(cast.workspace.pk):
            deals = many(cast, 2)
        with workspace_scope(cast.rival.pk):
            result = tag_deals(seen=seen(*deals), name="x", actor=cast.actor("mallory"))
            assert (result.done, Tag.objects.count()) == (0, 0)
        with workspace_scope(cast.workspace.pk):
            assert not DealTag.objects.exists()

    def test_statements_do_not_grow(self, acme: Cast, query_count: Any) -> None:
        counts = []
        for number in (2, 20):
            deals = many(acme, number)
            with query_count() as counted:
                result = tag_deals(seen=seen(*deals), name=f"태그 {number}", actor=acme.actor())
            with query_count() as back:
                undo(acme, result)
            counts.append((counted(), back()))
        assert counts[0] == counts[1]


class TestSource:
    def test_set_as_on_one_and_taken_back(self, acme: Cast) -> None:
        first, second, third = deals = many(acme, 3)
        edit_deal(deal_id=first.pk, changes={"source": "소개"}, actor=acme.actor())
        edit_deal(deal_id=second.pk, changes={"source": "전시회"}, actor=acme.actor())
        for deal in deals:
            deal.refresh_from_db()
        result = source_deals(seen=seen(*deals), source=" 전시회 ", actor=acme.actor())
        assert ([deal.pk for deal in result.plan.same], result.done) == ([second.pk], 2)
        # Texts stay out of the log, as of a single edit.
        assert DealEvent.objects.filter(deal=third, kind="edited").get().data["fields"] == {"source": {}}
        undo(acme, result)
        assert [Deal.objects.get(pk=deal.pk).source for deal in deals] == ["소개", "전시회", ""]
        assert "소개" not in str(list(DealEvent.objects.values_list("data", flat=True)))

    def test_who_changed_one_meanwhile_keeps_it(self, acme: Cast) -> None:
        first, second = deals = many(acme, 2)
        result = source_deals(seen=seen(*deals), source="전시회", actor=acme.actor())
        edit_deal(deal_id=first.pk, changes={"source": "소개"}, actor=acme.actor())
        undone = undo(acme, result)
        assert ([deal.pk for deal in undone.deals], undone.left) == ([second.pk], 1)
        assert Deal.objects.get(pk=first.pk).source == "소개"

    @pytest.mark.parametrize("source", ["x" * 121, "a\x00b"])
    def test_a_source_that_cannot_be(self, acme: Cast, source: str) -> None:
        (deal,) = many(acme, 1)
        with pytest.raises(InvalidInput):
            source_deals(seen=seen(deal), source=source, actor=acme.actor())
