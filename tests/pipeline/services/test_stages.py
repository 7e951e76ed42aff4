"""Stages are added, changed, put in order, retired while empty, and taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from pipeline.models import Stage, StageKind, StageVersion
from pipeline.selectors.stages import stages_of
from pipeline.services.add_stage import add_stage, restore_stage
from pipeline.services.archive_stage import archive_stage
from pipeline.services.change_stage import change_stage
from pipeline.services.order_stages import order_stages
from tenancy.models import AuditEntry
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_cast, make_deal


def names(acme: Cast) -> list[str]:
    return [stage.name for stage in stages_of(acme.pipeline.pk)]


def positions(acme: Cast) -> list[int]:
    return [stage.position for stage in stages_of(acme.pipeline.pk)]


def test_a_stage_is_added_behind_its_kind(acme: Cast, admin: Actor) -> None:
    before = names(acme)
    last = add_stage(pipeline_id=acme.pipeline.pk, name="발주서 받음", actor=admin)
    lead = add_stage(pipeline_id=acme.pipeline.pk, name="상담 미만", kind="lead", actor=admin)
    assert names(acme) == ["상담 미만", *before, "발주서 받음"]
    assert positions(acme) == list(range(7))
    assert (last.win_rate, last.stall_days, lead.win_rate) == (Decimal(95), 0, 0)


@pytest.mark.parametrize("name", ["", "미팅 약속 완료", "가" * 81])
def test_a_bad_stage_name_is_refused(acme: Cast, admin: Actor, name: str) -> None:
    with pytest.raises(InvalidInput):
        add_stage(pipeline_id=acme.pipeline.pk, name=name, actor=admin)


def test_each_changed_field_leaves_from_and_to(acme: Cast, admin: Actor) -> None:
    stage = stages_of(acme.pipeline.pk)[0]
    changed = change_stage(
        stage_id=stage.pk,
        changes={"win_rate": Decimal("22.5"), "stall_days": 10, "name": stage.name},
        actor=admin,
    )
    assert (changed.win_rate, changed.stall_days, changed.version) == (Decimal("22.50"), 10, 2)
    told = {
        entry.detail["field"]: (entry.detail["from"], entry.detail["to"], entry.actor_id)
        for entry in AuditEntry.objects.filter(action="stage.changed")
    }
    assert told == {"win_rate": ("20", "22.5", acme.admin.pk), "stall_days": (14, 10, acme.admin.pk)}
    assert StageVersion.objects.filter(pgh_obj=stage, win_rate=Decimal("22.50")).exists()


def test_a_change_of_nothing_writes_nothing(acme: Cast, admin: Actor) -> None:
    stage = stages_of(acme.pipeline.pk)[0]
    same = change_stage(stage_id=stage.pk, changes={"win_rate": Decimal(20)}, actor=admin)
    assert same.version == 1
    assert not AuditEntry.objects.filter(action="stage.changed").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"win_rate": Decimal(101)}, "win_rate"),
        ({"win_rate": Decimal("-0.01")}, "win_rate"),
        ({"win_rate": Decimal("33.333")}, "win_rate"),
        ({"win_rate": Decimal("NaN")}, "win_rate"),
        ({"stall_days": -1}, "stall_days"),
        ({"stall_days": 3651}, "stall_days"),
        ({"category": "surely"}, "category"),
        ({"kind": "won"}, "kind"),
        ({"name": "제품 살펴보는 중"}, "name"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    acme: Cast, admin: Actor, changes: dict[str, Any], field: str
) -> None:
    stage = stages_of(acme.pipeline.pk)[0]
    with pytest.raises(InvalidInput) as refusal:
        change_stage(stage_id=stage.pk, changes=changes, actor=admin)
    assert refusal.value.errors[0].field == field
    stage.refresh_from_db()
    assert stage.version == 1


def test_who_has_not_seen_the_other_change_is_told(acme: Cast, admin: Actor) -> None:
    stage = stages_of(acme.pipeline.pk)[0]
    change_stage(stage_id=stage.pk, changes={"stall_days": 9}, actor=admin, expected_version=1)
    with pytest.raises(StaleVersion) as refusal:
        change_stage(stage_id=stage.pk, changes={"stall_days": 8}, actor=admin, expected_version=1)
    assert refusal.value.current.stall_days == 9


def test_only_the_first_deal_stage_can_become_a_lead_stage(acme: Cast, admin: Actor) -> None:
    first, second, *_rest = stages_of(acme.pipeline.pk)
    with pytest.raises(InvalidInput) as refusal:
        change_stage(stage_id=second.pk, changes={"kind": "lead"}, actor=admin)
    assert refusal.value.errors[0].field == "kind"
    assert change_stage(stage_id=first.pk, changes={"kind": "lead"}, actor=admin).is_lead


def test_leaders_do_not_change_stages(acme: Cast) -> None:
    stage = stages_of(acme.pipeline.pk)[0]
    with pytest.raises(NotAllowed):
        change_stage(stage_id=stage.pk, changes={"win_rate": Decimal(50)}, actor=acme.actor("leader"))


def test_an_order_with_a_strange_or_missing_stage_is_refused(acme: Cast, admin: Actor) -> None:
    ids = [stage.pk for stage in stages_of(acme.pipeline.pk)]
    with workspace_scope(acme.rival.pk):
        foreign = Stage.objects.values_list("pk", flat=True)[0]
    for wrong in (ids[1:], [*ids, ids[0]], [*ids[1:], foreign]):
        with pytest.raises(InvalidInput):
            order_stages(pipeline_id=acme.pipeline.pk, stage_ids=wrong, actor=admin)


def test_a_lead_stage_stays_in_front(acme: Cast, admin: Actor) -> None:
    lead = add_stage(pipeline_id=acme.pipeline.pk, name="상담 미만", kind="lead", actor=admin)
    ids = [stage.pk for stage in stages_of(acme.pipeline.pk)]
    with pytest.raises(InvalidInput, match="first"):
        order_stages(pipeline_id=acme.pipeline.pk, stage_ids=[*ids[1:], lead.pk], actor=admin)


def test_an_empty_stage_is_retired_and_comes_back_behind_its_kind(acme: Cast, admin: Actor) -> None:
    before = names(acme)
    second = stages_of(acme.pipeline.pk)[1]
    archive_stage(stage_id=second.pk, actor=admin)
    assert names(acme) == [name for name in before if name != second.name]
    assert positions(acme) == list(range(4))
    with pytest.raises(NotFound):
        change_stage(stage_id=second.pk, changes={"name": "딴 이름"}, actor=admin)
    restore_stage(stage_id=second.pk, actor=admin)
    assert names(acme)[-1] == second.name
    with pytest.raises(NotFound):
        restore_stage(stage_id=second.pk, actor=admin)


def test_a_stage_with_deals_is_not_simply_retired(acme: Cast, admin: Actor) -> None:
    deal = make_deal(actor=admin)
    with pytest.raises(Conflict):
        archive_stage(stage_id=deal.stage_id, actor=admin)


def test_a_retired_stages_name_is_free_again(acme: Cast, admin: Actor) -> None:
    second = stages_of(acme.pipeline.pk)[1]
    archive_stage(stage_id=second.pk, actor=admin)
    add_stage(pipeline_id=acme.pipeline.pk, name=second.name, actor=admin)
    with pytest.raises(InvalidInput):
        restore_stage(stage_id=second.pk, actor=admin)


class TestAnyOrder(TestCase):
    """Any order of the deal stages can be reached from any other, and positions stay 0, 1, 2…"""

    @settings(max_examples=15, deadline=None)
    @given(orders=st.lists(st.permutations(range(5)), min_size=1, max_size=3))
    def test_positions_follow_the_order_asked_for(self, orders: list[list[int]]) -> None:
        cast = make_cast()
        with workspace_scope(cast.workspace.pk):
            stages = stages_of(cast.pipeline.pk)
            assert all(stage.kind == StageKind.OPEN for stage in stages)
            for wanted in orders:
                ids = [stages[index].pk for index in wanted]
                order_stages(pipeline_id=cast.pipeline.pk, stage_ids=ids, actor=cast.actor("admin"))
                now = stages_of(cast.pipeline.pk)
                assert [stage.pk for stage in now] == ids
                assert [stage.position for stage in now] == list(range(5))
