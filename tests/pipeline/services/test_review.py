"""Answering for a stage, renaming it, and writing down the journey: what is kept, what is refused, who may."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.ids import uuid7
from pipeline.models import JourneyStep, Stage, StageAnswer
from pipeline.naming import Tense
from pipeline.selectors.review import journey_steps
from pipeline.services.change_stage import change_stage
from pipeline.services.journey import (
    MAX_STEPS,
    add_journey_step,
    begin_deals_at,
    change_journey_step,
    move_journey_step,
    remove_journey_step,
    restore_journey_step,
    start_journey,
)
from pipeline.services.review import answer_question, note_answer
from tenancy.models import AuditEntry
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_pipeline


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    with workspace_scope(cast.workspace.pk):
        yield cast


@pytest.fixture
def stage(inside: Cast) -> Stage:
    return Stage.objects.filter(pipeline=inside.pipeline).earliest("position")


@pytest.fixture
def admin(inside: Cast) -> Actor:
    return inside.actor("admin")


def entries(action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action=action).order_by("at", "id"))


class TestAnswers:
    def test_an_answer_stands_on_the_stage_and_is_signed(self, stage: Stage, admin: Actor) -> None:
        answer_question(stage_id=stage.pk, question="essential", answer=False, actor=admin)
        stage.refresh_from_db()
        assert stage.is_essential is False
        signed = StageAnswer.objects.get(stage=stage, question="essential")
        assert (signed.answered_by, signed.note) == (admin.member, "")
        assert abs((signed.answered_at - clock.now()).total_seconds()) < 60
        (entry,) = entries("stage.answered")
        assert entry.target_id == stage.pk
        assert entry.actor == admin.member
        assert entry.detail == {"name": stage.name, "question": "essential", "from": True, "to": False}

    def test_it_can_be_taken_back_and_the_same_again_writes_nothing(self, stage: Stage, admin: Actor) -> None:
        answer_question(stage_id=stage.pk, question="verifiable", answer=None, actor=admin)
        answer_question(stage_id=stage.pk, question="verifiable", answer=None, actor=admin)
        stage.refresh_from_db()
        assert stage.is_verifiable is None
        assert len(entries("stage.answered")) == 1

    def test_the_tense(self, stage: Stage, admin: Actor) -> None:
        answer_question(stage_id=stage.pk, question="tense", answer=Tense.UNCLEAR, actor=admin)
        stage.refresh_from_db()
        assert stage.tense == Tense.UNCLEAR
        answer_question(stage_id=stage.pk, question="tense", answer="", actor=admin)
        stage.refresh_from_db()
        assert stage.tense == ""

    @pytest.mark.parametrize(
        ("question", "answer"),
        [("essential", "yes"), ("essential", "finished"), ("tense", True), ("tense", "soon"), ("nice", True)],
    )
    def test_an_unknown_question_or_answer_is_refused(
        self, stage: Stage, admin: Actor, question: str, answer: Any
    ) -> None:
        with pytest.raises(InvalidInput):
            answer_question(stage_id=stage.pk, question=question, answer=answer, actor=admin)
        assert not entries("stage.answered")

    def test_a_note_is_kept_through_other_answers_and_can_be_emptied(
        self, stage: Stage, admin: Actor
    ) -> None:
        note_answer(stage_id=stage.pk, question="essential", note="  데모 없이는\n사지 않음 ", actor=admin)
        answer_question(stage_id=stage.pk, question="essential", answer=False, actor=admin)
        signed = StageAnswer.objects.get(stage=stage, question="essential")
        assert signed.note == "데모 없이는 사지 않음"
        note_answer(stage_id=stage.pk, question="essential", note="", actor=admin)
        signed.refresh_from_db()
        assert signed.note == ""
        # No personal text in the history of the workspace.
        assert [entry.detail for entry in entries("stage.noted")] == [
            {"name": stage.name, "question": "essential"}
        ] * 2

    def test_a_note_is_not_cut_short(self, stage: Stage, admin: Actor) -> None:
        note_answer(stage_id=stage.pk, question="tense", note="가" * 500, actor=admin)
        for note in ("가" * 501, "a\x00b"):
            with pytest.raises(InvalidInput):
                note_answer(stage_id=stage.pk, question="tense", note=note, actor=admin)


def rename_stage(*, stage_id: uuid.UUID, name: str, actor: Actor) -> Stage:
    return change_stage(stage_id=stage_id, changes={"name": name}, actor=actor)


class TestRename:
    def test_the_tense_follows_the_name_and_the_no_it_had_earned_is_open(
        self, stage: Stage, admin: Actor
    ) -> None:
        Stage.objects.filter(pk=stage.pk).update(
            name="제안서 발송", is_buyer_centric=False, tense=Tense.UNCLEAR
        )
        renamed = rename_stage(stage_id=stage.pk, name="  제안서  받음 ", actor=admin)
        renamed.refresh_from_db()
        assert (renamed.name, renamed.tense, renamed.is_buyer_centric) == (
            "제안서 받음",
            Tense.FINISHED,
            None,
        )
        (entry,) = entries("stage.changed")
        assert (entry.detail["from"], entry.detail["to"]) == ("제안서 발송", "제안서 받음")

    @pytest.mark.parametrize(
        ("before", "answered", "after", "tense"),
        [
            ("미팅", Tense.FINISHED, "미팅 약속", Tense.FINISHED),  # neither name says: the answer stays
            ("미팅", Tense.UNCLEAR, "상담", ""),
            ("미팅 완료", Tense.FINISHED, "미팅", ""),
            ("미팅 완료", Tense.FINISHED, "미팅 중", Tense.IN_PROGRESS),
            ("미팅", "", "미팅 완료", ""),  # nobody has answered: our guess is offered, not taken
        ],
    )
    def test_what_becomes_of_the_tense(
        self, stage: Stage, admin: Actor, before: str, answered: str, after: str, tense: str
    ) -> None:
        Stage.objects.filter(pk=stage.pk).update(name=before, tense=answered)
        assert rename_stage(stage_id=stage.pk, name=after, actor=admin).tense == tense

    def test_a_no_that_the_name_had_no_part_in_stays(self, stage: Stage, admin: Actor) -> None:
        Stage.objects.filter(pk=stage.pk).update(is_buyer_centric=False, is_verifiable=False)
        renamed = rename_stage(stage_id=stage.pk, name="상담 약속 완료", actor=admin)
        assert (renamed.is_buyer_centric, renamed.is_verifiable) == (False, False)

    def test_a_name_is_needed_fits_and_is_its_own(self, stage: Stage, admin: Actor) -> None:
        for name, code in (
            (" ", "required"),
            ("가" * 81, "max_length"),
            ("온보딩 교육 중", "unique"),
            ("a\x00", "null_characters"),
        ):
            with pytest.raises(InvalidInput) as refused:
                rename_stage(stage_id=stage.pk, name=name, actor=admin)
            assert [(error.field, error.code) for error in refused.value.errors] == [("name", code)]
        rename_stage(stage_id=stage.pk, name="가" * 80, actor=admin)

    def test_letters_of_another_size_are_the_same_name(self, stage: Stage, admin: Actor) -> None:
        second = Stage.objects.filter(pipeline=stage.pipeline).order_by("position")[1]
        rename_stage(stage_id=second.pk, name="Meeting booked", actor=admin)
        with pytest.raises(InvalidInput):
            rename_stage(stage_id=stage.pk, name="MEETING BOOKED", actor=admin)
        assert rename_stage(stage_id=second.pk, name="Meeting Booked", actor=admin).name == "Meeting Booked"

    def test_the_same_name_changes_nothing_and_another_pipelines_name_is_free(
        self, inside: Cast, stage: Stage, admin: Actor
    ) -> None:
        rename_stage(stage_id=stage.pk, name=stage.name, actor=admin)
        assert not entries("stage.changed")
        type(inside.pipeline).objects.update(is_default=False)
        other = make_pipeline("the-model")
        first = other.stages.earliest("position")
        assert rename_stage(stage_id=first.pk, name=stage.name, actor=admin).name == stage.name


def said(cast: Cast) -> list[str]:
    return [step.buyer_does for step in journey_steps(cast.pipeline)]


@pytest.fixture
def add(inside: Cast, admin: Actor) -> Callable[..., JourneyStep]:
    def adding(buyer_does: str = "", we_do: str = "", **more: Any) -> JourneyStep:
        return add_journey_step(
            pipeline_id=inside.pipeline.pk, actor=admin, buyer_does=buyer_does, we_do=we_do, **more
        )

    return adding


class TestJourney:
    def test_steps_are_added_at_the_end(
        self, inside: Cast, stage: Stage, add: Callable[..., JourneyStep]
    ) -> None:
        add(" 연락처를  남깁니다 ")
        linked = add(we_do="미팅 일정을 제안합니다", stage_id=stage.pk)
        assert said(inside) == ["연락처를 남깁니다", ""]
        assert linked.stage == stage
        assert [entry.detail for entry in entries("journey.added")] == [
            {"name": inside.pipeline.name, "pipeline": str(inside.pipeline.pk)}
        ] * 2

    def test_a_step_says_something(self, inside: Cast, add: Callable[..., JourneyStep], admin: Actor) -> None:
        with pytest.raises(InvalidInput):
            add(" ")
        with pytest.raises(InvalidInput):
            add("가" * 301)
        step = add("가" * 300)
        with pytest.raises(InvalidInput):
            change_journey_step(
                pipeline_id=inside.pipeline.pk, step_id=step.pk, actor=admin, buyer_does="", we_do=""
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            JourneyStep.objects.update(buyer_does="", we_do="")

    def test_a_stage_of_another_pipeline_is_none(self, inside: Cast, add: Callable[..., JourneyStep]) -> None:
        for stage_id in (uuid7(), inside.rival_pipeline.pk):
            with pytest.raises(InvalidInput):
                add("보냅니다", stage_id=stage_id)

    def test_a_step_is_changed_and_its_stage_taken_away(
        self, inside: Cast, stage: Stage, add: Callable[..., JourneyStep], admin: Actor
    ) -> None:
        step = add("가", stage_id=stage.pk)
        change_journey_step(
            pipeline_id=inside.pipeline.pk, step_id=step.pk, actor=admin, buyer_does="나", we_do="다"
        )
        step.refresh_from_db()
        assert (step.buyer_does, step.we_do, step.stage) == ("나", "다", None)

    @pytest.mark.parametrize(
        ("moved", "place", "order"),
        [(0, 2, "나다가"), (2, 0, "다가나"), (0, 99, "나다가"), (2, -1, "다가나"), (1, 1, "가나다")],
    )
    def test_a_step_is_moved(
        self,
        inside: Cast,
        add: Callable[..., JourneyStep],
        admin: Actor,
        moved: int,
        place: int,
        order: str,
    ) -> None:
        steps = [add(name) for name in "가나다"]
        move_journey_step(pipeline_id=inside.pipeline.pk, step_id=steps[moved].pk, place=place, actor=admin)
        assert "".join(said(inside)) == order

    def test_a_removed_step_comes_back_to_its_place(
        self, inside: Cast, add: Callable[..., JourneyStep], admin: Actor
    ) -> None:
        here = {"pipeline_id": inside.pipeline.pk, "actor": admin}
        steps = [add(name) for name in "가나다"]
        begin_deals_at(step_id=steps[1].pk, **here)
        remove_journey_step(step_id=steps[1].pk, **here)
        assert "".join(said(inside)) == "가다"
        with pytest.raises(NotFound):
            change_journey_step(step_id=steps[1].pk, buyer_does="나", we_do="", **here)
        restore_journey_step(step_id=steps[1].pk, **here)
        restore_journey_step(step_id=steps[1].pk, **here)
        assert "".join(said(inside)) == "가나다"
        assert [step.begins_deal for step in journey_steps(inside.pipeline)] == [False, True, False]

    def test_unless_another_is_the_beginning_by_now(
        self, inside: Cast, add: Callable[..., JourneyStep], admin: Actor
    ) -> None:
        here = {"pipeline_id": inside.pipeline.pk, "actor": admin}
        steps = [add(name) for name in "가나다"]
        begin_deals_at(step_id=steps[1].pk, **here)
        remove_journey_step(step_id=steps[1].pk, **here)
        begin_deals_at(step_id=steps[2].pk, **here)
        restore_journey_step(step_id=steps[1].pk, **here)
        assert [step.begins_deal for step in journey_steps(inside.pipeline)] == [False, False, True]

    def test_a_deal_begins_at_one_step_alone(
        self, inside: Cast, add: Callable[..., JourneyStep], admin: Actor
    ) -> None:
        steps = [add(name) for name in "가나"]
        for step in steps:
            begin_deals_at(pipeline_id=inside.pipeline.pk, step_id=step.pk, actor=admin)
        assert JourneyStep.objects.get(begins_deal=True) == steps[1]
        begin_deals_at(pipeline_id=inside.pipeline.pk, step_id=steps[1].pk, actor=admin)
        assert len(entries("journey.begins_deal")) == 2
        with pytest.raises(IntegrityError), transaction.atomic():
            JourneyStep.objects.update(begins_deal=True)

    def test_it_has_an_end(self, inside: Cast, add: Callable[..., JourneyStep]) -> None:
        JourneyStep.objects.bulk_create(
            JourneyStep(pipeline=inside.pipeline, position=position, we_do="가")
            for position in range(MAX_STEPS)
        )
        with pytest.raises(InvalidInput, match="60"):
            add("하나 더")

    @pytest.mark.parametrize(("language", "stages"), [("ko", 5), ("en", 5)])
    def test_the_example_is_linked_to_the_stages_it_comes_from(
        self, inside: Cast, admin: Actor, language: str, stages: int
    ) -> None:
        start = {"pipeline_id": inside.pipeline.pk, "actor": admin, "language": language}
        start_journey(from_stages=False, **start)
        steps = journey_steps(inside.pipeline)
        assert len(steps) == 8
        assert len({step.stage_id for step in steps if step.stage_id}) == stages
        assert any("가" <= char <= "힣" for char in steps[0].buyer_does) == (language == "ko")
        with pytest.raises(Conflict):
            start_journey(from_stages=True, **start)

    def test_the_stages_themselves_are_a_start(self, inside: Cast, admin: Actor) -> None:
        start_journey(pipeline_id=inside.pipeline.pk, actor=admin, language="ko", from_stages=True)
        assert [step.stage.name for step in journey_steps(inside.pipeline)] == said(inside)
        assert len(said(inside)) == 5


class TestRights:
    @pytest.mark.parametrize("who", ["viewer", "rep", "leader"])
    def test_only_admins_change_it(self, inside: Cast, stage: Stage, who: str) -> None:
        here = {"pipeline_id": inside.pipeline.pk, "actor": inside.actor(who)}
        step = JourneyStep.objects.create(pipeline=inside.pipeline, position=0, we_do="가")
        on_step = {**here, "step_id": step.pk}
        on_stage = {"stage_id": stage.pk, "actor": inside.actor(who)}
        for refused in (
            lambda: answer_question(question="essential", answer=False, **on_stage),
            lambda: note_answer(question="essential", note="가", **on_stage),
            lambda: rename_stage(name="가", **on_stage),
            lambda: add_journey_step(buyer_does="가", we_do="", **here),
            lambda: change_journey_step(buyer_does="가", we_do="", **on_step),
            lambda: move_journey_step(place=1, **on_step),
            lambda: remove_journey_step(**on_step),
            lambda: restore_journey_step(**on_step),
            lambda: begin_deals_at(**on_step),
            lambda: start_journey(language="ko", from_stages=True, **here),
        ):
            with pytest.raises(NotAllowed):
                refused()
        assert not AuditEntry.objects.filter(action__startswith="journey.").exists()

    def test_what_is_archived_or_anothers_is_not_there(
        self, inside: Cast, stage: Stage, admin: Actor
    ) -> None:
        Stage.objects.filter(pk=stage.pk).update(archived_at=clock.now())
        for stage_id in (stage.pk, uuid7()):
            with pytest.raises(NotFound):
                answer_question(stage_id=stage_id, question="essential", answer=True, actor=admin)
            with pytest.raises(NotFound):
                rename_stage(stage_id=stage_id, name="가", actor=admin)
        with pytest.raises(NotFound):
            add_journey_step(pipeline_id=inside.rival_pipeline.pk, actor=admin, buyer_does="가", we_do="")
