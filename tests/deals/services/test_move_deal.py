"""The gate and the move, stage by stage."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contacts.models import Company
from core import clock
from core.errors import DealClosed, ExitCriteriaNotMet, InvalidInput, NotAllowed, NotFound, StaleVersion
from deals import facts
from deals.models import CriterionCheck, Deal, DealEvent, DealVersion, StageStay
from deals.services.close_deal import lose_deal, win_deal
from deals.services.criteria import check_criterion
from deals.services.edit_deal import edit_deal
from deals.services.move_deal import move_deal
from deals.services.tasks import add_task, change_task
from pipeline.models import CriterionKind, ExitCriterion, LossReason, Stage, StageKind
from pipeline.services.create_from_template import create_pipeline_from_template
from tests.factories import Cast, make_deal

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def meet_all(deal: Deal, *stages: Stage) -> None:
    """Tick every criterion of those stages, as rows: the ticking itself is tested elsewhere."""
    for criterion in ExitCriterion.objects.filter(stage__in=stages):
        CriterionCheck.objects.update_or_create(
            deal=deal, criterion=criterion, defaults={"met": True, "checked_at": NOW}
        )


def state(deal: Deal) -> tuple[Any, ...]:
    """What a refusal must leave as it was."""
    row = Deal.objects.filter(pk=deal.pk).values_list(
        "stage", "version", "rank", "stage_entered_at", "outcome"
    )
    return (
        row[0],
        list(StageStay.objects.order_by("id").values_list("id", "left_at")),
        DealEvent.objects.count(),
        DealVersion.objects.count(),
    )


def test_a_move_closes_one_stay_and_opens_the_next(acme: Cast, stages: list[Stage]) -> None:
    with clock.frozen_at(NOW):
        deal = make_deal(actor=acme.actor())
    meet_all(deal, stages[0])
    later = NOW + timedelta(days=3)
    with clock.frozen_at(later):
        moved = move_deal(
            deal_id=deal.pk, to_stage=stages[1].pk, actor=acme.actor("other_rep"), expected_version=1
        )
    moved.refresh_from_db()
    assert (moved.stage, moved.version, moved.stage_entered_at) == (stages[1], 2, later)
    first, second = StageStay.objects.order_by("entered_at")
    assert (first.entered_at, first.left_at) == (NOW, later)
    assert (second.stage, second.entered_at, second.left_at) == (stages[1], later, None)
    assert (second.entered_by, second.override_reason) == (acme.other_rep, "")
    event = DealEvent.objects.get(kind="stage_changed")
    assert (event.stay, event.actor, event.at) == (second, acme.other_rep, later)
    assert event.data == {"from": str(stages[0].pk), "to": str(stages[1].pk), "version": 2}


@pytest.mark.parametrize("target", range(5))
@pytest.mark.parametrize("start", range(5))
def test_the_gate_asks_every_stage_left_behind(
    acme: Cast, stages: list[Stage], start: int, target: int
) -> None:
    deal = make_deal(actor=acme.actor(), stage=stages[start].name)
    if target == start:
        assert move_deal(deal_id=deal.pk, to_stage=stages[target].pk, actor=acme.actor()).version == 1
        return
    if target < start:
        assert move_deal(deal_id=deal.pk, to_stage=stages[target].pk, actor=acme.actor()).version == 2
        return
    before = state(deal)
    with pytest.raises(ExitCriteriaNotMet) as refusal:
        move_deal(deal_id=deal.pk, to_stage=stages[target].pk, actor=acme.actor())
    assert [unmet.criterion.stage for unmet in refusal.value.unmet] == [
        stage for stage in stages[start:target] for _criterion in stage.exit_criteria.all()
    ]
    assert state(deal) == before
    meet_all(deal, *stages[start:target])
    assert move_deal(deal_id=deal.pk, to_stage=stages[target].pk, actor=acme.actor()).stage == stages[target]


@pytest.mark.parametrize("start", range(5))
def test_winning_asks_the_stage_and_all_after_it(acme: Cast, stages: list[Stage], start: int) -> None:
    deal = make_deal(actor=acme.actor(), stage=stages[start].name)
    with pytest.raises(ExitCriteriaNotMet) as refusal:
        win_deal(deal_id=deal.pk, actor=acme.actor())
    asked = {unmet.criterion.stage_id for unmet in refusal.value.unmet}
    assert asked == {stage.pk for stage in stages[start:]}
    meet_all(deal, *stages[start:])
    assert win_deal(deal_id=deal.pk, actor=acme.actor()).outcome == "won"


def test_one_criterion_short_is_named_alone(acme: Cast, stages: list[Stage]) -> None:
    deal = make_deal(actor=acme.actor())
    meet_all(deal, stages[0])
    missing = stages[0].exit_criteria.order_by("position")[2]
    check_criterion(deal_id=deal.pk, criterion_id=missing.pk, met=False, actor=acme.actor())
    with pytest.raises(ExitCriteriaNotMet) as refusal:
        move_deal(deal_id=deal.pk, to_stage=stages[1].pk, actor=acme.actor())
    assert [unmet.id for unmet in refusal.value.unmet] == [missing.pk]


def test_advice_and_retired_criteria_and_stages_do_not_block(acme: Cast, stages: list[Stage]) -> None:
    deal = make_deal(actor=acme.actor())
    first, second, third = stages[0].exit_criteria.order_by("position")
    ExitCriterion.objects.filter(pk=first.pk).update(required=False)
    ExitCriterion.objects.filter(pk=second.pk).update(archived_at=NOW)
    with pytest.raises(ExitCriteriaNotMet) as refusal:
        move_deal(deal_id=deal.pk, to_stage=stages[2].pk, actor=acme.actor())
    assert third.pk in {unmet.id for unmet in refusal.value.unmet}
    assert not {first.pk, second.pk} & {unmet.id for unmet in refusal.value.unmet}
    Stage.objects.filter(pk=stages[1].pk).update(archived_at=NOW)
    check_criterion(deal_id=deal.pk, criterion_id=third.pk, met=True, actor=acme.actor())
    assert move_deal(deal_id=deal.pk, to_stage=stages[2].pk, actor=acme.actor()).stage == stages[2]


# what a criterion can ask -------------------------------------------------------------------------------------------


@pytest.fixture
def only(stages: list[Stage]) -> Callable[..., ExitCriterion]:
    """Make one criterion the only one of the first stage."""

    def make(kind: str, subject: str = "") -> ExitCriterion:
        stages[0].exit_criteria.update(archived_at=NOW)
        return ExitCriterion.objects.create(stage=stages[0], name="x", kind=kind, subject=subject)

    return make


def passes(acme: Cast, deal: Deal, stages: list[Stage]) -> bool:
    try:
        move_deal(deal_id=deal.pk, to_stage=stages[1].pk, actor=acme.actor())
    except ExitCriteriaNotMet:
        return False
    move_deal(deal_id=deal.pk, to_stage=stages[0].pk, actor=acme.actor())
    return True


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", Decimal(0)),
        ("expected_close_date", NOW.date()),
        ("owner", lambda acme: acme.rep),
        ("company", lambda _acme: Company.objects.create(name="x")),
        ("source", "소개"),
    ],
)
def test_a_field_criterion_asks_for_the_field(
    acme: Cast, stages: list[Stage], only: Callable[..., ExitCriterion], field: str, value: Any
) -> None:
    only(CriterionKind.FIELD, field)
    deal = make_deal(actor=acme.actor(), amount=None)
    assert not passes(acme, deal, stages)
    edit_deal(deal_id=deal.pk, changes={field: value(acme) if callable(value) else value}, actor=acme.actor())
    assert passes(acme, deal, stages)


def test_a_field_that_is_none_never_holds(
    acme: Cast, stages: list[Stage], only: Callable[..., ExitCriterion]
) -> None:
    only(CriterionKind.FIELD, "workspace_id")
    assert not passes(acme, make_deal(actor=acme.actor()), stages)


def test_a_task_criterion_asks_for_the_stages_task(
    acme: Cast, stages: list[Stage], only: Callable[..., ExitCriterion]
) -> None:
    entry_task = stages[0].entry_tasks.order_by("position")[0]
    only(CriterionKind.TASK, str(entry_task.pk))
    deal = make_deal(actor=acme.actor())
    task = add_task(deal_id=deal.pk, name="미팅 진행", actor=acme.actor())
    change_task(task_id=task.pk, done=True, actor=acme.actor())
    assert not passes(acme, deal, stages)
    type(task).objects.filter(pk=task.pk).update(entry_task=entry_task)
    assert passes(acme, deal, stages)
    type(task).objects.filter(pk=task.pk).update(voided_at=NOW)
    assert not passes(acme, deal, stages)


def test_a_task_criterion_without_a_task_never_holds(
    acme: Cast, stages: list[Stage], only: Callable[..., ExitCriterion]
) -> None:
    only(CriterionKind.TASK, "not an id")
    assert not passes(acme, make_deal(actor=acme.actor()), stages)


@pytest.fixture
def holding() -> Iterator[set[uuid.UUID]]:
    """A fact that holds for the deals in the set."""
    deals: set[uuid.UUID] = set()
    facts.register(facts.Fact("test_fact", "A test's fact", lambda ids: deals & set(ids)))
    yield deals
    facts.unregister("test_fact")


def test_a_fact_criterion_asks_whoever_knows(
    acme: Cast, stages: list[Stage], only: Callable[..., ExitCriterion], holding: set[uuid.UUID]
) -> None:
    only(CriterionKind.FACT, "test_fact")
    deal = make_deal(actor=acme.actor())
    assert not passes(acme, deal, stages)
    holding.add(deal.pk)
    assert passes(acme, deal, stages)


def test_a_fact_that_nobody_knows_never_holds(
    acme: Cast, stages: list[Stage], only: Callable[..., ExitCriterion]
) -> None:
    only(CriterionKind.FACT, "unheard_of")
    assert not passes(acme, make_deal(actor=acme.actor()), stages)


def test_two_facts_cannot_share_a_name(holding: set[uuid.UUID]) -> None:
    assert "test_fact" in facts.known_facts()
    with pytest.raises(RuntimeError):
        facts.register(facts.Fact("test_fact", "Another", lambda _ids: set()))


# overriding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["leader", "admin", "owner"])
def test_leaders_override_with_a_reason_that_is_kept(acme: Cast, stages: list[Stage], who: str) -> None:
    deal = make_deal(actor=acme.actor())
    move_deal(deal_id=deal.pk, to_stage=stages[3].pk, actor=acme.actor(who), override_reason=" 대표 지시 ")
    assert StageStay.objects.get(left_at=None).override_reason == "대표 지시"
    assert DealEvent.objects.get(kind="stage_changed").data["override_reason"] == "대표 지시"


def test_a_win_keeps_its_override_too(acme: Cast) -> None:
    deal = make_deal(actor=acme.actor())
    win_deal(deal_id=deal.pk, actor=acme.actor("leader"), override_reason="구두 합의")
    assert DealEvent.objects.get(kind="won").data["override_reason"] == "구두 합의"


def test_a_rep_cannot_override_and_a_leader_needs_a_reason(acme: Cast, stages: list[Stage]) -> None:
    deal = make_deal(actor=acme.actor())
    before = state(deal)
    for who, reason, refusal in (
        ("rep", "바빠서", NotAllowed),
        ("leader", "  ", ExitCriteriaNotMet),
        ("leader", None, ExitCriteriaNotMet),
        ("leader", "x" * 501, InvalidInput),
        ("leader", "nu\x00ll", InvalidInput),
    ):
        with pytest.raises(refusal):
            move_deal(deal_id=deal.pk, to_stage=stages[1].pk, actor=acme.actor(who), override_reason=reason)
        assert state(deal) == before


def test_a_reason_that_was_not_needed_is_not_kept(acme: Cast, stages: list[Stage]) -> None:
    deal = make_deal(actor=acme.actor())
    meet_all(deal, stages[0])
    move_deal(deal_id=deal.pk, to_stage=stages[1].pk, actor=acme.actor(), override_reason="바빠서")
    assert StageStay.objects.get(left_at=None).override_reason == ""


# refusals -----------------------------------------------------------------------------------------------------------


def test_the_version_is_checked_before_the_gate(acme: Cast, stages: list[Stage]) -> None:
    deal = make_deal(actor=acme.actor())
    edit_deal(deal_id=deal.pk, changes={"name": "y"}, actor=acme.actor())
    before = state(deal)
    with pytest.raises(StaleVersion) as refusal:
        move_deal(deal_id=deal.pk, to_stage=stages[1].pk, actor=acme.actor(), expected_version=1)
    assert (refusal.value.current.version, refusal.value.current.name) == (2, "y")
    assert state(deal) == before


def test_only_open_deals_of_this_pipeline_move_to_its_stages_in_use(acme: Cast, stages: list[Stage]) -> None:
    other = create_pipeline_from_template(template="the-model", language="ko")
    deal = make_deal(actor=acme.actor())
    Stage.objects.filter(pk=stages[4].pk).update(archived_at=NOW)
    for target in (other.stages.all()[0].pk, stages[4].pk, uuid.uuid4()):
        with pytest.raises(InvalidInput):
            move_deal(deal_id=deal.pk, to_stage=target, actor=acme.actor())
    lose_deal(deal_id=deal.pk, reason=LossReason.objects.all()[0], actor=acme.actor())
    for target in (stages[0].pk, stages[1].pk):
        with pytest.raises(DealClosed):
            move_deal(deal_id=deal.pk, to_stage=target, actor=acme.actor())


def test_what_is_not_here_is_not_found(acme: Cast, stages: list[Stage]) -> None:
    deal = make_deal(actor=acme.actor())
    Deal.objects.update(deleted_at=NOW)
    for deal_id in (deal.pk, uuid.uuid4()):
        with pytest.raises(NotFound):
            move_deal(deal_id=deal_id, to_stage=stages[1].pk, actor=acme.actor())


# the rest -----------------------------------------------------------------------------------------------------------


def test_reordering_neither_checks_nor_changes_the_version(acme: Cast, stages: list[Stage]) -> None:
    first = make_deal(actor=acme.actor(), name="first")
    second = make_deal(actor=acme.actor(), name="second")
    before = state(second)[1:]
    moved = move_deal(
        deal_id=second.pk, to_stage=stages[0].pk, actor=acme.actor(), expected_version=99, place=first.pk
    )
    assert moved.version == 1
    assert list(Deal.objects.order_by("rank")) == [first, second]
    assert state(second)[1:] == before


def test_an_edit_since_then_does_not_keep_a_card_from_being_reordered(
    acme: Cast, stages: list[Stage]
) -> None:
    deal = make_deal(actor=acme.actor())
    edit_deal(deal_id=deal.pk, changes={"name": "neu"}, actor=acme.actor())
    moved = move_deal(deal_id=deal.pk, to_stage=stages[0].pk, actor=acme.actor(), expected_version=1)
    assert moved.version == 2


def test_a_move_sent_twice_is_made_once(acme: Cast, stages: list[Stage]) -> None:
    """The second finds the deal in its stage already, by a move that its sender has not seen."""
    deal = make_deal(actor=acme.actor(), stage=stages[1].name)
    for stage in (stages[0], stages[0]):
        with pytest.raises(StaleVersion) if StageStay.objects.count() == 2 else nullcontext():
            move_deal(deal_id=deal.pk, to_stage=stage.pk, actor=acme.actor(), expected_version=1)
    assert StageStay.objects.count() == 2
    assert (
        move_deal(deal_id=deal.pk, to_stage=stages[0].pk, actor=acme.actor(), expected_version=2).version == 2
    )


def test_leaving_the_lead_stage_qualifies_once(acme: Cast) -> None:
    pipeline = create_pipeline_from_template(template="the-model", language="ko")
    lead, first, second, *_rest = pipeline.stages.order_by("position")
    assert lead.kind == StageKind.LEAD
    deal = make_deal(actor=acme.actor(), pipeline=pipeline, stage=lead.name)
    with pytest.raises(ExitCriteriaNotMet):
        move_deal(deal_id=deal.pk, to_stage=first.pk, actor=acme.actor())
    meet_all(deal, lead, first)
    day = clock.now()
    for number, stage in enumerate([first, lead, second]):
        with clock.frozen_at(day + timedelta(days=number)):
            deal = move_deal(deal_id=deal.pk, to_stage=stage.pk, actor=acme.actor())
    assert deal.qualified_at == day


def test_a_clock_that_runs_behind_does_not_turn_stays_around(acme: Cast, stages: list[Stage]) -> None:
    with clock.frozen_at(NOW):
        deal = make_deal(actor=acme.actor(), stage=stages[2].name)
    with clock.frozen_at(NOW - timedelta(seconds=5)):
        move_deal(deal_id=deal.pk, to_stage=stages[1].pk, actor=acme.actor())
    assert set(StageStay.objects.values_list("entered_at", flat=True)) == {NOW}


def test_a_move_takes_few_statements(acme: Cast, stages: list[Stage], query_count: Any) -> None:
    deal = make_deal(actor=acme.actor())
    meet_all(deal, stages[0])
    with query_count() as counted:
        move_deal(deal_id=deal.pk, to_stage=stages[1].pk, actor=acme.actor(), expected_version=1)
    assert counted() <= 8
