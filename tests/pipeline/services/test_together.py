"""Admins who change the same thing at the same moment: for real, in threads, with commits."""

from __future__ import annotations

from functools import partial

from core.errors import InvalidInput
from pipeline.models import EntryTask, ExitCriterion, LossReason, Pipeline
from pipeline.selectors.stages import stages_of
from pipeline.services.change_pipeline import make_default
from pipeline.services.create_pipeline import copy_pipeline, create_pipeline
from pipeline.services.criteria import add_criterion, step_criterion
from pipeline.services.entry_tasks import step_entry_task
from pipeline.services.loss_reasons import add_loss_reason, step_loss_reason
from tenancy.scope import workspace_scope
from tests.deals.services.test_concurrency import at_once
from tests.factories import Cast

ROUNDS = 6


def test_neighbours_change_places_at_once_without_a_deadlock(committed_cast: Cast) -> None:
    cast = committed_cast
    admin = cast.actor("admin")
    with workspace_scope(cast.workspace.pk):
        stage = stages_of(cast.pipeline.pk)[0]
        criteria = [add_criterion(stage_id=stage.pk, name=f"C{n}", actor=admin).pk for n in range(2)]
        tasks = list(EntryTask.objects.filter(stage=stage).order_by("position").values_list("pk", flat=True))
        reasons = list(LossReason.objects.order_by("position").values_list("pk", flat=True)[:2])
    for _round in range(ROUNDS):
        steps = [
            *(partial(step_criterion, criterion_id=pk, up=pk == criteria[1], actor=admin) for pk in criteria),
            *(partial(step_entry_task, entry_task_id=pk, up=pk == tasks[1], actor=admin) for pk in tasks[:2]),
            *(partial(step_loss_reason, reason_id=pk, up=pk == reasons[1], actor=admin) for pk in reasons),
        ]
        assert [done for done in at_once(cast, steps) if isinstance(done, Exception)] == []
    with workspace_scope(cast.workspace.pk):
        for rows in (ExitCriterion.objects.filter(stage=stage), LossReason.objects.all()):
            places = list(rows.values_list("position", flat=True))
            assert len(set(places)) == len(places)


def test_a_form_sent_twice_makes_one_and_the_second_is_told_so(committed_cast: Cast) -> None:
    cast = committed_cast
    admin = cast.actor("admin")
    acts = (
        partial(create_pipeline, name="파트너 영업", template="salesmap", actor=admin),
        partial(copy_pipeline, pipeline_id=cast.pipeline.pk, name="파트너 영업 2", actor=admin),
        partial(add_loss_reason, name="두 번 눌림", actor=admin),
    )
    for act in acts:
        done = at_once(cast, [act, act])
        assert sorted(isinstance(each, InvalidInput) for each in done) == [False, True], done
        assert not any(isinstance(each, Exception) and not isinstance(each, InvalidInput) for each in done)


def test_two_who_choose_the_default_leave_one(committed_cast: Cast) -> None:
    cast = committed_cast
    admin = cast.actor("admin")
    with workspace_scope(cast.workspace.pk):
        others = [create_pipeline(name=f"P{n}", template="empty", actor=admin).pk for n in range(2)]
    for _round in range(ROUNDS):
        done = at_once(cast, [partial(make_default, pipeline_id=pk, actor=admin) for pk in others])
        assert [each for each in done if isinstance(each, Exception)] == []
        with workspace_scope(cast.workspace.pk):
            assert Pipeline.objects.filter(is_default=True).count() == 1
            make_default(pipeline_id=cast.pipeline.pk, actor=admin)
