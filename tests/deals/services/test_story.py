"""Any story of creating, moving, ordering, closing, reopening and undoing, against a simple model of the board."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core import clock
from core.errors import StagecraftError
from deals.models import Deal, DealEvent, DealVersion, StageStay
from deals.selectors.totals import total_differences
from deals.services.close_deal import lose_deal, reopen_deal, win_deal
from deals.services.edit_deal import delete_deal, edit_deal, restore_deal
from deals.services.fold_totals import fold_totals
from deals.services.move_deal import move_deal
from deals.services.placing import Edge
from deals.services.undo_move import undo_move
from pipeline.models import LossReason
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal

START = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)


class Story(RuleBasedStateMachine):
    """`columns` is the model: stage → deals from top to bottom. Every step takes some time."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.scope = workspace_scope(self.cast.workspace.pk)
        self.scope.__enter__()
        self.leader = self.cast.actor("leader")
        self.stages = list(self.cast.pipeline.stages.order_by("position"))
        self.columns: dict[uuid.UUID, list[uuid.UUID]] = {stage.pk: [] for stage in self.stages}
        self.reason = LossReason.objects.order_by("position")[0]
        self.versions: dict[uuid.UUID, int] = {}
        self.closed_for: dict[uuid.UUID, timedelta] = {}
        self.closed_since: dict[uuid.UUID, datetime] = {}
        self.changes = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.scope.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    # steps

    def step(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        self.now += timedelta(hours=7)
        with clock.frozen_at(self.now), transaction.atomic():
            return work(*args, actor=self.leader, **kwargs)

    def chosen(self, number: int) -> Deal:
        deals = list(Deal.objects.filter(deleted_at=None).order_by("id"))
        return deals[number % len(deals)]

    def take_out(self, deal_id: uuid.UUID) -> None:
        for column in self.columns.values():
            if deal_id in column:
                column.remove(deal_id)

    @precondition(lambda self: len(self.versions) < 6)
    @rule(stage=st.integers(0, 4))
    def create(self, stage: int) -> None:
        deal = self.step(make_deal, stage=self.stages[stage].name)
        self.columns[deal.stage_id].insert(0, deal.pk)
        self.versions[deal.pk] = 1
        self.closed_for[deal.pk] = timedelta()
        self.changes += 1

    @precondition(lambda self: self.versions)
    @rule(number=st.integers(0, 5), stage=st.integers(0, 4), place=st.integers(-1, 5))
    def move(self, number: int, stage: int, place: int) -> None:
        deal, target = self.chosen(number), self.stages[stage].pk
        neighbours = [pk for pk in self.columns[target] if pk != deal.pk]
        where: Any = Edge.TOP if place < 0 else Edge.BOTTOM
        index = 0 if place < 0 else len(neighbours)
        if 0 <= place < len(neighbours):
            where, index = neighbours[place], place + 1
        fields = {"deal_id": deal.pk, "to_stage": target, "place": where, "expected_version": deal.version}
        if not deal.is_open:
            with pytest.raises(StagecraftError):
                self.step(move_deal, **fields, override_reason="x")
            return
        self.step(move_deal, **fields, override_reason="x")
        self.take_out(deal.pk)
        self.columns[target].insert(index, deal.pk)
        self.changes += deal.stage_id != target

    @precondition(lambda self: self.versions)
    @rule(number=st.integers(0, 5), won=st.booleans())
    def close(self, number: int, won: bool) -> None:
        deal = self.chosen(number)
        fields: dict[str, Any] = {"override_reason": "x"} if won else {"reason": self.reason}
        if not deal.is_open:
            with pytest.raises(StagecraftError):
                self.step(win_deal if won else lose_deal, deal_id=deal.pk, **fields)
            return
        self.step(win_deal if won else lose_deal, deal_id=deal.pk, **fields)
        self.take_out(deal.pk)
        self.closed_since[deal.pk] = self.now
        self.changes += 1

    @precondition(lambda self: self.closed_since)
    @rule(number=st.integers(0, 5))
    def reopen(self, number: int) -> None:
        deal = self.chosen(number)
        if deal.is_open:
            with pytest.raises(StagecraftError):
                self.step(reopen_deal, deal_id=deal.pk)
            return
        self.step(reopen_deal, deal_id=deal.pk)
        self.closed_for[deal.pk] += self.now - self.closed_since.pop(deal.pk)
        self.columns[deal.stage_id].insert(0, deal.pk)
        self.changes += 1

    @precondition(lambda self: self.versions)
    @rule(number=st.integers(0, 5))
    def undo(self, number: int) -> None:
        deal = self.chosen(number)
        last = (
            DealEvent.objects.filter(deal=deal)
            .exclude(kind__in=["edited", "deleted", "restored"])
            .order_by("-id")
            .first()
        )
        assert last is not None
        if last.kind not in ("stage_changed", "won", "lost"):
            with pytest.raises(StagecraftError):
                self.step(undo_move, deal_id=deal.pk)
            return
        undone = self.step(undo_move, deal_id=deal.pk, expected_version=deal.version)
        self.take_out(deal.pk)
        self.columns[undone.stage_id].insert(0, deal.pk)
        self.closed_since.pop(deal.pk, None)
        self.changes += 1

    @precondition(lambda self: self.versions)
    @rule(number=st.integers(0, 5), amount=st.integers(0, 3))
    def edit(self, number: int, amount: int) -> None:
        deal = self.chosen(number)
        self.step(
            edit_deal, deal_id=deal.pk, changes={"amount": Decimal(amount)}, expected_version=deal.version
        )
        self.changes += deal.amount != amount

    @precondition(lambda self: self.versions)
    @rule(number=st.integers(0, 5), owned=st.booleans(), month=st.none() | st.integers(1, 3))
    def hand_over_and_date(self, number: int, owned: bool, month: int | None) -> None:
        deal = self.chosen(number)
        day = None if month is None else date(2026, month, 28)
        changes = {"owner": self.cast.rep if owned else None, "expected_close_date": day}
        self.step(edit_deal, deal_id=deal.pk, changes=changes, expected_version=deal.version)

    @rule()
    def fold(self) -> None:
        fold_totals(workspace_id=self.cast.workspace.pk)

    @precondition(lambda self: self.versions)
    @rule(number=st.integers(0, 5))
    def delete_and_restore(self, number: int) -> None:
        deal = self.chosen(number)
        self.step(delete_deal, deal_id=deal.pk)
        self.step(restore_deal, deal_id=deal.pk)
        if deal.is_open:
            self.take_out(deal.pk)
            self.columns[deal.stage_id].insert(0, deal.pk)
        self.changes += 2

    # what always holds

    @invariant()
    def columns_are_as_the_model_says(self) -> None:
        for stage_id, column in self.columns.items():
            cards = Deal.objects.filter(stage_id=stage_id, outcome="open", deleted_at=None).order_by("rank")
            ranks = [card.rank for card in cards]
            assert [card.pk for card in cards] == column
            assert len(set(ranks)) == len(ranks)

    @invariant()
    def stays_tell_the_whole_life(self) -> None:
        for deal in Deal.objects.all():
            stays = list(StageStay.objects.filter(deal=deal, voided_at=None).order_by("entered_at", "id"))
            open_stays = [stay for stay in stays if stay.left_at is None]
            assert [stay.stage_id for stay in open_stays] == ([deal.stage_id] if deal.is_open else [])
            assert stays[0].entered_at == deal.created_at
            assert stays[-1].stage_id == deal.stage_id
            assert stays[-1].entered_at == deal.stage_entered_at
            gaps = timedelta()
            for earlier, later in itertools.pairwise(stays):
                assert earlier.left_at is not None
                assert later.entered_at >= earlier.left_at
                gaps += later.entered_at - earlier.left_at
            assert gaps == self.closed_for[deal.pk]
            end = deal.closed_at or self.now
            lived = sum(((stay.left_at or self.now) - stay.entered_at for stay in stays), timedelta())
            assert lived == end - deal.created_at - gaps

    @invariant()
    def versions_never_fall(self) -> None:
        for deal in Deal.objects.all():
            assert deal.version >= self.versions[deal.pk]
            self.versions[deal.pk] = deal.version

    @invariant()
    def the_last_version_row_is_the_deal(self) -> None:
        for deal in Deal.objects.all():
            rows = list(DealVersion.objects.filter(pgh_obj=deal).order_by("pgh_created_at", "pgh_id"))
            last: Any = rows[-1]
            for field in ("stage_id", "owner_id", "amount", "outcome", "closed_on", "deleted_at"):
                assert getattr(last, field) == getattr(deal, field), field
            assert [row.pgh_id for row in rows] == sorted(row.pgh_id for row in rows)
            assert rows[0].pgh_created_at > START
            assert rows[-1].pgh_created_at <= self.now

    @invariant()
    def totals_are_what_the_deals_say(self) -> None:
        assert total_differences() == []

    @invariant()
    def every_change_left_an_event(self) -> None:
        assert DealEvent.objects.count() >= self.changes


@pytest.fixture
def story(cast: Cast) -> type[Story]:
    Story.cast = cast
    return Story


def test_any_story_holds_together(story: type[Story]) -> None:
    run_state_machine_as_test(
        story,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
