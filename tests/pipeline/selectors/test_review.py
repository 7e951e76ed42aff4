"""What the review finds, and how far it has come."""

from __future__ import annotations

import pytest
from django.utils import translation

from core import clock
from core.errors import NotFound
from pipeline.models import JourneyStep, Stage, StageKind
from pipeline.naming import Tense
from pipeline.selectors.review import (
    Severity,
    journey_steps,
    open_questions,
    review_of,
    review_state,
    stage_findings,
)
from tenancy.scope import workspace_scope
from tests.factories import Cast

ANSWERED = {
    "is_essential": True,
    "is_fact_based": True,
    "is_verifiable": True,
    "is_buyer_centric": True,
    "tense": Tense.FINISHED,
}


def stage(name: str = "미팅 약속 완료", **answers: object) -> Stage:
    return Stage(name=name, position=0, **(ANSWERED | answers))


def codes(found: Stage) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in stage_findings(found)]


class TestFindings:
    def test_none_when_all_holds(self) -> None:
        assert stage_findings(stage()) == []

    @pytest.mark.parametrize("question", ["essential", "fact_based", "verifiable", "buyer_centric"])
    def test_each_no_fails_with_advice(self, question: str) -> None:
        (finding,) = stage_findings(stage(**{f"is_{question}": False}))
        assert (finding.code, finding.severity) == (f"not_{question}", Severity.FAIL)
        assert str(finding.message)
        assert str(finding.advice)

    def test_our_action_in_the_name_is_doubted_with_better_names(self) -> None:
        (finding,) = stage_findings(stage("제안서 발송", tense=""))[:1]
        assert (finding.code, finding.severity) == ("our_action", Severity.WARN)
        assert finding.suggestions == ("제안서 받음", "제안서 검토 중")

    def test_once_answered_no_the_name_and_the_answer_are_one_finding(self) -> None:
        (finding,) = stage_findings(stage("제안서 발송", is_buyer_centric=False))
        assert (finding.code, finding.severity) == ("not_buyer_centric", Severity.FAIL)
        assert finding.suggestions == ("제안서 받음",)  # of the tense that was answered

    def test_an_open_tense_is_doubted_and_fails_once_it_is_answered_so(self) -> None:
        assert codes(stage("미팅")) == [("open_tense", Severity.WARN)]
        assert codes(stage("미팅", tense=Tense.UNCLEAR)) == [("open_tense", Severity.FAIL)]
        assert codes(stage("미팅 약속 완료", tense=Tense.UNCLEAR)) == [("open_tense", Severity.FAIL)]
        assert codes(stage("제안서 발송", tense=Tense.UNCLEAR)) == [("our_action", Severity.FAIL)]

    def test_names_proposed_keep_to_the_tense_that_was_answered(self) -> None:
        finished, under_way = stage("제안"), stage("제안", tense=Tense.IN_PROGRESS)
        assert stage_findings(finished)[0].suggestions == ("제안서 받음",)
        assert stage_findings(under_way)[0].suggestions == ("제안서 검토 중",)
        assert stage_findings(stage("제안", tense=Tense.NOT_BEGUN))[0].suggestions == (
            "제안서 받음",
            "제안서 검토 중",
        )

    def test_what_is_open_is_counted(self) -> None:
        blank = Stage(name="미팅 약속 완료", position=0)
        assert len(open_questions(blank)) == 5
        with translation.override("en"):
            (finding,) = stage_findings(blank)
            assert (finding.code, finding.severity) == ("unanswered", Severity.TODO)
            assert finding.message == "5 questions are open."
            assert stage_findings(stage(tense=""))[0].message == "1 question is open."
        assert open_questions(stage(is_essential=False)) == []  # no is an answer


def step(cast: Cast, position: int, stage: Stage | None = None, **fields: object) -> JourneyStep:
    return JourneyStep.objects.create(
        pipeline=cast.pipeline, position=position, stage=stage, buyer_does=f"걸음 {position}", **fields
    )


class TestWalk:
    def test_a_ready_template_wants_the_journey_alone(self, cast: Cast) -> None:
        with workspace_scope(cast.workspace.pk):
            state = review_state(cast.pipeline)
            assert [(step.key, step.is_done) for step in state.walk] == [
                ("journey", False),
                ("begin", False),
                *[("stage", True)] * 5,
            ]
            assert (state.done, state.total, state.is_done) == (5, 7, False)
            assert state.next.key == "journey"

    def test_it_goes_on_where_it_was_left(self, cast: Cast) -> None:
        with workspace_scope(cast.workspace.pk):
            first, second = Stage.objects.filter(pipeline=cast.pipeline).order_by("position")[:2]
            step(cast, 0)
            assert review_state(cast.pipeline).next.key == "journey"
            step(cast, 1, first)
            assert review_state(cast.pipeline).next.key == "begin"
            JourneyStep.objects.filter(position=1).update(begins_deal=True)
            assert review_state(cast.pipeline).next.key == "result"
            Stage.objects.filter(pk=second.pk).update(is_verifiable=None)
            assert review_state(cast.pipeline).next.stage == second

    def test_what_is_given_is_not_asked_for_again(self, cast: Cast, query_count) -> None:
        with workspace_scope(cast.workspace.pk):
            review = review_of(cast.pipeline.pk)
            with query_count() as counted:
                state = review_state(cast.pipeline, stages=review.stages, steps=review.journey.steps)
                assert [stage_findings(found) for found in review.stages] == [[]] * 5
            assert counted() == 0
            assert state == review.state

    def test_four_queries_whatever_the_pipeline_holds(self, cast: Cast, query_count) -> None:
        with workspace_scope(cast.workspace.pk):
            for position in range(30):
                step(cast, position)
            with query_count() as counted:
                review_of(cast.pipeline.pk).state  # noqa: B018
            assert counted() <= 4

    def test_anothers_pipeline_or_an_archived_one_is_none(self, cast: Cast) -> None:
        with workspace_scope(cast.workspace.pk):
            with pytest.raises(NotFound):
                review_of(cast.rival_pipeline.pk)
            cast.pipeline.archived_at = clock.now()
            cast.pipeline.save()
            with pytest.raises(NotFound):
                review_of(cast.pipeline.pk)


class TestWhereADealBegins:
    def test_what_lies_before_is_lead_work_and_its_stages_count_too_early(self, cast: Cast) -> None:
        with workspace_scope(cast.workspace.pk):
            first, second, third = Stage.objects.filter(pipeline=cast.pipeline).order_by("position")[:3]
            Stage.objects.filter(pk=third.pk).update(kind=StageKind.LEAD)
            step(cast, 0, first)
            step(cast, 1, first)
            step(cast, 2, second, begins_deal=True)
            step(cast, 3, third)
            journey = review_of(cast.pipeline.pk).journey
            assert [step.position for step in journey.lead_work] == [0, 1]
            assert [step.position for step in journey.deal_steps] == [2, 3]
            assert journey.early_stages == [first]
            assert journey.late_leads == [third]

    def test_nothing_is_early_before_it_was_chosen(self, cast: Cast) -> None:
        with workspace_scope(cast.workspace.pk):
            first = Stage.objects.filter(pipeline=cast.pipeline).earliest("position")
            step(cast, 0, first)
            journey = review_of(cast.pipeline.pk).journey
            assert (journey.begins, journey.lead_work, journey.early_stages, journey.late_leads) == (
                None, [], [], [],
            )  # fmt: skip

    def test_an_archived_stage_is_no_stage(self, cast: Cast) -> None:
        with workspace_scope(cast.workspace.pk):
            first = Stage.objects.filter(pipeline=cast.pipeline).earliest("position")
            step(cast, 0, first)
            step(cast, 1, archived_at=clock.now())
            Stage.objects.filter(pk=first.pk).update(archived_at=clock.now())
            review = review_of(cast.pipeline.pk)
            assert [found.stage for found in review.journey.steps] == [None]
            assert len(journey_steps(cast.pipeline)) == 1
            with pytest.raises(NotFound):
                review.stage(first.pk)
