"""Exit criteria, stage-entry tasks and loss reasons."""

from __future__ import annotations

import pytest

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from pipeline.models import ExitCriterion, LossReason, Stage
from pipeline.models.criteria import CriterionKind, Question
from pipeline.selectors.designer import entry_tasks_of, question_groups
from pipeline.selectors.stages import loss_reasons, stages_of
from pipeline.services import criteria, entry_tasks
from pipeline.services import loss_reasons as reasons
from tenancy.models import AuditEntry
from tenancy.permissions import Actor
from tests.factories import Cast, make_deal


@pytest.fixture
def stage(acme: Cast) -> Stage:
    return stages_of(acme.pipeline.pk)[0]


def asked(stage: Stage, question: str) -> list[str]:
    return [
        row.criterion.name
        for group in question_groups(stage)
        if group.question == question
        for row in group.rows
    ]


def test_a_criterion_answers_one_of_the_four_questions(stage: Stage, admin: Actor) -> None:
    added = criteria.add_criterion(
        stage_id=stage.pk, name="예산을 말했음", question=Question.WE_LEARN, required=False, actor=admin
    )
    assert asked(stage, Question.WE_LEARN) == ["예산을 말했음"]
    assert (added.kind, added.required) == (CriterionKind.MANUAL, False)
    assert AuditEntry.objects.get(action="criterion.added").target_id == stage.pk


def test_a_computed_criterion_names_what_it_looks_at(stage: Stage, admin: Actor) -> None:
    task = entry_tasks_of(stage)[0]
    for kind, subject in ((CriterionKind.FIELD, "amount"), (CriterionKind.TASK, str(task.pk))):
        added = criteria.add_criterion(
            stage_id=stage.pk, name=f"{kind}", kind=kind, subject=subject, actor=admin
        )
        assert added.subject == subject
    labels = {row.looks_at for group in question_groups(stage) for row in group.rows}
    assert {"Amount", task.name} <= labels


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (CriterionKind.FIELD, "password"),
        (CriterionKind.FIELD, ""),
        (CriterionKind.TASK, "01890000-0000-7000-8000-000000000000"),
        (CriterionKind.FACT, "moon_is_full"),
        ("guess", ""),
    ],
)
def test_what_cannot_be_looked_at_is_refused(stage: Stage, admin: Actor, kind: str, subject: str) -> None:
    before = ExitCriterion.objects.count()
    with pytest.raises(InvalidInput):
        criteria.add_criterion(stage_id=stage.pk, name="x", kind=kind, subject=subject, actor=admin)
    assert ExitCriterion.objects.count() == before


def test_criteria_have_an_upper_number(stage: Stage, admin: Actor) -> None:
    for number in range(criteria.MOST - 3):
        criteria.add_criterion(stage_id=stage.pk, name=f"기준 {number}", actor=admin)
    with pytest.raises(InvalidInput, match="30"):
        criteria.add_criterion(stage_id=stage.pk, name="하나 더", actor=admin)


def test_a_criterion_changes_moves_leaves_and_comes_back(stage: Stage, admin: Actor) -> None:
    first, second = asked(stage, Question.WE_DO)
    found = ExitCriterion.objects.get(stage=stage, name=first)
    criteria.step_criterion(criterion_id=found.pk, up=False, actor=admin)
    assert asked(stage, Question.WE_DO) == [second, first]
    criteria.step_criterion(criterion_id=found.pk, up=False, actor=admin)
    assert asked(stage, Question.WE_DO) == [second, first]
    criteria.change_criterion(criterion_id=found.pk, changes={"required": False}, actor=admin)
    entry = AuditEntry.objects.get(action="criterion.changed")
    assert (entry.detail["field"], entry.detail["from"], entry.detail["to"]) == ("required", True, False)
    criteria.archive_criterion(criterion_id=found.pk, actor=admin)
    assert asked(stage, Question.WE_DO) == [second]
    with pytest.raises(NotFound):
        criteria.change_criterion(criterion_id=found.pk, changes={"name": "y"}, actor=admin)
    criteria.restore_criterion(criterion_id=found.pk, actor=admin)
    assert asked(stage, Question.WE_DO) == [second, first]


def test_a_task_that_a_criterion_looks_at_stays(stage: Stage, admin: Actor) -> None:
    task = entry_tasks_of(stage)[0]
    looking = criteria.add_criterion(
        stage_id=stage.pk, name="미팅함", kind=CriterionKind.TASK, subject=str(task.pk), actor=admin
    )
    with pytest.raises(Conflict, match="미팅함"):
        entry_tasks.archive_entry_task(entry_task_id=task.pk, actor=admin)
    criteria.archive_criterion(criterion_id=looking.pk, actor=admin)
    entry_tasks.archive_entry_task(entry_task_id=task.pk, actor=admin)
    with pytest.raises(Conflict):
        criteria.restore_criterion(criterion_id=looking.pk, actor=admin)


def test_entry_tasks_are_added_changed_moved_removed(stage: Stage, admin: Actor) -> None:
    added = entry_tasks.add_entry_task(stage_id=stage.pk, name="담당 임원 확인", due_days=2, actor=admin)
    entry_tasks.step_entry_task(entry_task_id=added.pk, up=True, actor=admin)
    entry_tasks.change_entry_task(entry_task_id=added.pk, changes={"due_days": 4}, actor=admin)
    assert [(task.name, task.due_days) for task in entry_tasks_of(stage)] == [
        ("미팅 진행", 3),
        ("담당 임원 확인", 4),
        ("체험 계정 발급", 5),
    ]
    entry_tasks.archive_entry_task(entry_task_id=added.pk, actor=admin)
    assert len(entry_tasks_of(stage)) == 2
    entry_tasks.restore_entry_task(entry_task_id=added.pk, actor=admin)
    assert len(entry_tasks_of(stage)) == 3
    for wrong in ({"due_days": -1}, {"due_days": 4000}, {"name": " "}):
        with pytest.raises(InvalidInput):
            entry_tasks.change_entry_task(entry_task_id=added.pk, changes=wrong, actor=admin)


def test_loss_reasons_are_kept_unique_and_never_run_out(acme: Cast, admin: Actor) -> None:
    names = list(loss_reasons().values_list("name", flat=True))
    with pytest.raises(InvalidInput):
        reasons.add_loss_reason(name=names[0], actor=admin)
    added = reasons.add_loss_reason(name="담당자 퇴사", actor=admin)
    reasons.step_loss_reason(reason_id=added.pk, up=True, actor=admin)
    assert loss_reasons().values_list("name", flat=True)[len(names) - 1] == "담당자 퇴사"
    reasons.rename_loss_reason(reason_id=added.pk, name="담당자가 떠남", actor=admin)
    for reason in list(loss_reasons())[1:]:
        reasons.archive_loss_reason(reason_id=reason.pk, actor=admin)
    with pytest.raises(Conflict):
        reasons.archive_loss_reason(reason_id=loss_reasons()[0].pk, actor=admin)
    reasons.restore_loss_reason(reason_id=added.pk, actor=admin)
    assert loss_reasons().count() == 2


def test_a_loss_reason_may_be_written_in_other_letters(acme: Cast, admin: Actor) -> None:
    added = reasons.add_loss_reason(name="erp replaced", actor=admin)
    assert (
        reasons.rename_loss_reason(reason_id=added.pk, name="ERP replaced", actor=admin).name
        == "ERP replaced"
    )


def test_the_reason_of_a_lost_deal_outlives_its_removal(acme: Cast, admin: Actor) -> None:
    from deals.services.close_deal import lose_deal

    reason = LossReason.objects.order_by("position")[0]
    deal = lose_deal(deal_id=make_deal(actor=admin).pk, reason=reason, actor=admin)
    reasons.archive_loss_reason(reason_id=reason.pk, actor=admin)
    deal.refresh_from_db()
    assert deal.loss_reason == reason


def test_reps_design_nothing(acme: Cast, stage: Stage) -> None:
    rep = acme.actor("rep")
    criterion = stage.exit_criteria.all()[0]
    task = stage.entry_tasks.all()[0]
    reason = loss_reasons()[0]
    for refused in (
        lambda: criteria.add_criterion(stage_id=stage.pk, name="x", actor=rep),
        lambda: criteria.change_criterion(criterion_id=criterion.pk, changes={}, actor=rep),
        lambda: criteria.archive_criterion(criterion_id=criterion.pk, actor=rep),
        lambda: criteria.restore_criterion(criterion_id=criterion.pk, actor=rep),
        lambda: criteria.step_criterion(criterion_id=criterion.pk, up=True, actor=rep),
        lambda: entry_tasks.add_entry_task(stage_id=stage.pk, name="x", actor=rep),
        lambda: entry_tasks.change_entry_task(entry_task_id=task.pk, changes={}, actor=rep),
        lambda: entry_tasks.archive_entry_task(entry_task_id=task.pk, actor=rep),
        lambda: entry_tasks.restore_entry_task(entry_task_id=task.pk, actor=rep),
        lambda: entry_tasks.step_entry_task(entry_task_id=task.pk, up=True, actor=rep),
        lambda: reasons.add_loss_reason(name="x", actor=rep),
        lambda: reasons.rename_loss_reason(reason_id=reason.pk, name="x", actor=rep),
        lambda: reasons.archive_loss_reason(reason_id=reason.pk, actor=rep),
        lambda: reasons.restore_loss_reason(reason_id=reason.pk, actor=rep),
        lambda: reasons.step_loss_reason(reason_id=reason.pk, up=True, actor=rep),
    ):
        with pytest.raises(NotAllowed):
            refused()
