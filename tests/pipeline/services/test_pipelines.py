"""Pipelines are made, copied, renamed, archived and taken back."""

from __future__ import annotations

import pytest

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.ids import uuid7
from pipeline.models import ExitCriterion, Pipeline, Stage
from pipeline.models.criteria import CriterionKind
from pipeline.selectors.stages import stages_of
from pipeline.services.change_pipeline import (
    archive_pipeline,
    make_default,
    rename_pipeline,
    restore_pipeline,
)
from pipeline.services.create_pipeline import copy_pipeline, create_pipeline
from pipeline.services.criteria import add_criterion
from tenancy.models import AuditEntry
from tenancy.permissions import Actor
from tests.factories import Cast, make_deal


@pytest.mark.parametrize(("template", "count"), [("salesmap", 5), ("the-model", 5), ("empty", 0)])
def test_a_pipeline_is_made_from_a_template_in_the_workspaces_language(
    acme: Cast, admin: Actor, template: str, count: int
) -> None:
    made = create_pipeline(name="  대기업   영업 ", template=template, actor=admin)
    assert (made.name, made.is_default, len(stages_of(made.pk))) == ("대기업 영업", False, count)
    assert AuditEntry.objects.get(action="pipeline.created").target_id == made.pk


def test_the_first_pipeline_in_use_is_the_default_one(acme: Cast, admin: Actor) -> None:
    Pipeline.objects.update(is_default=False, archived_at="2026-01-01T00:00Z")
    assert create_pipeline(name="첫째", template="empty", actor=admin).is_default


@pytest.mark.parametrize("name", ["", "   ", "가" * 81, "신규 영업", "a\x00b"])
def test_a_bad_name_is_refused_and_nothing_is_made(acme: Cast, admin: Actor, name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        create_pipeline(name=name, template="empty", actor=admin)
    assert refusal.value.errors[0].field == "name"
    assert Pipeline.objects.count() == 1


def test_only_designers_design(acme: Cast) -> None:
    for who in ("viewer", "rep", "leader"):
        with pytest.raises(NotAllowed):
            create_pipeline(name="몰래", template="empty", actor=acme.actor(who))
        with pytest.raises(NotAllowed):
            archive_pipeline(pipeline_id=acme.pipeline.pk, actor=acme.actor(who))


def test_a_copy_has_everything_but_the_deals(acme: Cast, admin: Actor) -> None:
    make_deal(actor=admin)
    first = stages_of(acme.pipeline.pk)[0]
    task = first.entry_tasks.all()[0]
    add_criterion(
        stage_id=first.pk, name="미팅함", kind=CriterionKind.TASK, subject=str(task.pk), actor=admin
    )
    copy = copy_pipeline(pipeline_id=acme.pipeline.pk, name="신규 영업 사본", actor=admin)
    originals, copies = stages_of(acme.pipeline.pk), stages_of(copy.pk)
    for original, copied in zip(originals, copies, strict=True):
        for field in ("name", "win_rate", "stall_days", "is_buyer_centric", "tense"):
            assert getattr(copied, field) == getattr(original, field)
        assert original.tense
        assert [each.name for each in original.exit_criteria.all()] == [
            each.name for each in copied.exit_criteria.all()
        ]
    looking = ExitCriterion.objects.get(stage=copies[0], kind=CriterionKind.TASK)
    assert looking.subject == str(copies[0].entry_tasks.all()[0].pk) != str(task.pk)
    assert copy.deals.count() == 0


def test_a_new_name_is_kept_with_the_old_one(acme: Cast, admin: Actor) -> None:
    rename_pipeline(pipeline_id=acme.pipeline.pk, name="국내 영업", actor=admin)
    entry = AuditEntry.objects.get(action="pipeline.changed")
    assert (entry.detail["from"], entry.detail["to"]) == ("신규 영업", "국내 영업")
    rename_pipeline(pipeline_id=acme.pipeline.pk, name="국내 영업", actor=admin)
    assert AuditEntry.objects.filter(action="pipeline.changed").count() == 1


def test_there_is_one_default_pipeline(acme: Cast, admin: Actor) -> None:
    other = create_pipeline(name="리뉴얼", template="empty", actor=admin)
    make_default(pipeline_id=other.pk, actor=admin)
    assert list(Pipeline.objects.filter(is_default=True)) == [other]


def test_the_default_pipeline_and_one_with_deals_are_not_archived(acme: Cast, admin: Actor) -> None:
    with pytest.raises(Conflict, match="default"):
        archive_pipeline(pipeline_id=acme.pipeline.pk, actor=admin)
    other = create_pipeline(name="리뉴얼", template="salesmap", actor=admin)
    make_deal(actor=admin, pipeline=other)
    with pytest.raises(Conflict, match="1 open deal"):
        archive_pipeline(pipeline_id=other.pk, actor=admin)


def test_what_is_archived_comes_back_with_the_stages_that_it_had(acme: Cast, admin: Actor) -> None:
    other = create_pipeline(name="리뉴얼", template="salesmap", actor=admin)
    gone = stages_of(other.pk)[-1]
    gone.archived_at = "2026-01-01T00:00Z"
    gone.save()
    archive_pipeline(pipeline_id=other.pk, actor=admin)
    assert not Stage.objects.filter(pipeline=other, archived_at=None).exists()
    with pytest.raises(NotFound):
        archive_pipeline(pipeline_id=other.pk, actor=admin)
    back = restore_pipeline(pipeline_id=other.pk, actor=admin)
    assert (back.archived_at, len(stages_of(other.pk))) == (None, 4)


def test_a_pipeline_whose_name_is_taken_meanwhile_does_not_come_back(acme: Cast, admin: Actor) -> None:
    other = create_pipeline(name="리뉴얼", template="empty", actor=admin)
    archive_pipeline(pipeline_id=other.pk, actor=admin)
    create_pipeline(name="리뉴얼", template="empty", actor=admin)
    with pytest.raises(InvalidInput, match="리뉴얼"):
        restore_pipeline(pipeline_id=other.pk, actor=admin)


def test_nothing_is_known_of_a_pipeline_that_is_not(acme: Cast, admin: Actor) -> None:
    for service in (make_default, archive_pipeline, restore_pipeline):
        with pytest.raises(NotFound):
            service(pipeline_id=uuid7(), actor=admin)
