from __future__ import annotations

from datetime import date

import pytest

from core.errors import CriterionComputed, InvalidInput, NotFound
from core.ids import uuid7
from deals.models import CriterionCheck, DealEvent, Note, Task
from deals.services.criteria import check_criterion
from deals.services.edit_deal import delete_deal
from deals.services.notes import add_note
from deals.services.tasks import add_task, change_task
from pipeline.models import ExitCriterion, Stage
from pipeline.services.create_from_template import create_pipeline_from_template
from tests.factories import Cast, make_deal


def kinds() -> list[str]:
    return list(DealEvent.objects.exclude(kind="created").order_by("id").values_list("kind", flat=True))


def test_a_task_is_the_actors_unless_given_to_another(acme: Cast, stages: list[Stage]) -> None:
    deal = make_deal(actor=acme.actor())
    task = add_task(deal_id=deal.pk, name=" 전화  하기 ", actor=acme.actor(), due_on=date(2026, 12, 1))
    assert (task.name, task.assignee, task.created_by, task.source) == (
        "전화 하기",
        acme.rep,
        acme.rep,
        "manual",
    )
    assert (task.stage, task.due_on, task.stay, task.done_at) == (stages[0], date(2026, 12, 1), None, None)
    other = add_task(deal_id=deal.pk, name="x", actor=acme.actor("leader"), assignee=acme.other_rep)
    assert other.assignee == acme.other_rep
    assert kinds() == ["task_added", "task_added"]


def test_a_task_is_done_once_and_undone_once(acme: Cast) -> None:
    task = add_task(deal_id=make_deal(actor=acme.actor()).pk, name="x", actor=acme.actor())
    for done in (True, True, False, False):
        task = change_task(task_id=task.pk, done=done, actor=acme.actor("other_rep"))
        assert (task.done_at is not None) is done
        assert task.done_by == (acme.other_rep if done else None)
    assert kinds() == ["task_added", "task_done", "task_reopened"]


def test_what_is_not_given_stays(acme: Cast) -> None:
    deal = make_deal(actor=acme.actor())
    task = add_task(deal_id=deal.pk, name="x", actor=acme.actor(), due_on=date(2026, 12, 1))
    change_task(task_id=task.pk, name="y", actor=acme.actor())
    task.refresh_from_db()
    assert (task.name, task.due_on, task.assignee) == ("y", date(2026, 12, 1), acme.rep)
    change_task(task_id=task.pk, due_on=None, assignee=None, actor=acme.actor())
    task.refresh_from_db()
    assert (task.name, task.due_on, task.assignee) == ("y", None, None)


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "nu\x00ll"])
def test_a_task_needs_a_name_that_fits(acme: Cast, name: str) -> None:
    deal = make_deal(actor=acme.actor())
    task = add_task(deal_id=deal.pk, name="x", actor=acme.actor())
    with pytest.raises(InvalidInput):
        add_task(deal_id=deal.pk, name=name, actor=acme.actor())
    with pytest.raises(InvalidInput):
        change_task(task_id=task.pk, name=name, actor=acme.actor())
    assert Task.objects.get().name == "x"


def test_tasks_of_deleted_deals_and_undone_stays_are_not_found(acme: Cast) -> None:
    deal = make_deal(actor=acme.actor())
    task = add_task(deal_id=deal.pk, name="x", actor=acme.actor())
    voided = add_task(deal_id=deal.pk, name="y", actor=acme.actor())
    Task.objects.filter(pk=voided.pk).update(voided_at=voided.created_at)
    delete_deal(deal_id=deal.pk, actor=acme.actor())
    for task_id in (task.pk, voided.pk, uuid7()):
        with pytest.raises(NotFound):
            change_task(task_id=task_id, done=True, actor=acme.actor())
    with pytest.raises(NotFound):
        add_task(deal_id=deal.pk, name="x", actor=acme.actor())


def test_a_note_is_kept_in_the_actors_name(acme: Cast) -> None:
    deal = make_deal(actor=acme.actor())
    add_note(deal_id=deal.pk, body="  예산은 3월에.  ", actor=acme.actor())
    note = Note.objects.get()
    assert (note.body, note.author) == ("예산은 3월에.", acme.rep)
    assert DealEvent.objects.get(kind="note_added").data == {"note": str(note.pk)}
    for body in ("", "  ", "x" * 20_001, "\x00"):
        with pytest.raises(InvalidInput):
            add_note(deal_id=deal.pk, body=body, actor=acme.actor())


# criteria -----------------------------------------------------------------------------------------------------------


def test_a_tick_says_who_and_is_written_once(acme: Cast, stages: list[Stage]) -> None:
    deal = make_deal(actor=acme.actor())
    criterion = stages[0].exit_criteria.order_by("position")[0]
    for met in (False, True, True, False):
        check_criterion(deal_id=deal.pk, criterion_id=criterion.pk, met=met, actor=acme.actor())
    check = CriterionCheck.objects.get()
    assert (check.met, check.checked_by) == (False, acme.rep)
    assert [
        event.data["met"] for event in DealEvent.objects.filter(kind="criterion_checked").order_by("id")
    ] == [True, False]
    deal.refresh_from_db()
    assert deal.version == 1


def test_only_manual_criteria_of_the_deals_pipeline_are_ticked(acme: Cast, stages: list[Stage]) -> None:
    deal = make_deal(actor=acme.actor())
    computed = ExitCriterion.objects.create(stage=stages[0], name="x", kind="field", subject="amount")
    retired = ExitCriterion.objects.create(stage=stages[0], name="y", archived_at=deal.created_at)
    other = (
        create_pipeline_from_template(template="the-model", language="ko")
        .stages.all()[0]
        .exit_criteria.all()[0]
    )
    with pytest.raises(CriterionComputed):
        check_criterion(deal_id=deal.pk, criterion_id=computed.pk, met=True, actor=acme.actor())
    for criterion_id in (retired.pk, other.pk, uuid7()):
        with pytest.raises(NotFound):
            check_criterion(deal_id=deal.pk, criterion_id=criterion_id, met=True, actor=acme.actor())
    assert not CriterionCheck.objects.exists()
