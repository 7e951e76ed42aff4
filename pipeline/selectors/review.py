"""What the stage review has found so far. Advice, never a lock.

`stage_findings` and `findings_of` look at loaded rows only; `review_of` loads a pipeline's review in four queries.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.errors import NotFound
from pipeline.models import JourneyStep, Pipeline, ReviewQuestion, Stage, StageAnswer
from pipeline.naming import Finding, NameFault, Tense, guess_tense, name_findings
from pipeline.selectors.stages import pipelines

type Text = str | Promise

FOUR = (
    ReviewQuestion.ESSENTIAL,
    ReviewQuestion.FACT_BASED,
    ReviewQuestion.VERIFIABLE,
    ReviewQuestion.BUYER_CENTRIC,
)


class Severity(StrEnum):
    """`fail`: a question was answered with no. `warn`: we doubt the name. `todo`: nobody has answered yet."""

    FAIL = "fail"
    WARN = "warn"
    TODO = "todo"


@dataclass(frozen=True, slots=True)
class StageFinding:
    """`message` says what is wrong, `advice` what to do about it; `suggestions` are names to take in its place."""

    code: str
    message: Text
    severity: Severity
    advice: Text = ""
    suggestions: tuple[str, ...] = ()


FAILED: dict[str, tuple[Text, Text]] = {
    ReviewQuestion.ESSENTIAL: (
        _("Not every deal must pass it."),
        _("Automate it, or make it a task of the stage before."),
    ),
    ReviewQuestion.FACT_BASED: (
        _("It is judged by a feeling."),
        _("Choose something that the buyer does and that is answered with yes or no."),
    ),
    ReviewQuestion.VERIFIABLE: (
        _("It cannot be seen from outside."),
        _("Use a fact that you can see and record. What the buyer discusses inside is no stage."),
    ),
    ReviewQuestion.BUYER_CENTRIC: (
        _("It is about what we do."),
        _("Name it for what the buyer achieves. What we do becomes the stage's tasks."),
    ),
}
UNCLEAR_TENSE = _("The name does not say whether it is finished, in progress or not begun.")


def answer_of(stage: Stage, question: str) -> bool | str | None:
    """True, False or None to one of the four; the tense, or "" where it was not answered."""
    if question == ReviewQuestion.TENSE:
        return stage.tense
    answer: bool | None = getattr(stage, f"is_{question}")
    return answer


def open_questions(stage: Stage) -> list[ReviewQuestion]:
    return [question for question in ReviewQuestion if answer_of(stage, question) in (None, "")]


# Findings ------------------------------------------------------------------------------------------------------------


def stage_findings(stage: Stage) -> list[StageFinding]:
    """What speaks against the stage and its name, the worst first; empty once all holds. No queries."""
    findings = [
        StageFinding(f"not_{question}", FAILED[question][0], Severity.FAIL, FAILED[question][1])
        for question in FOUR
        if answer_of(stage, question) is False
    ]
    findings = with_name(findings, stage)
    left = open_questions(stage)
    if left:
        said = ngettext("%(count)d question is open.", "%(count)d questions are open.", len(left))
        findings.append(StageFinding("unanswered", said % {"count": len(left)}, Severity.TODO))
    return findings


def with_name(findings: list[StageFinding], stage: Stage) -> list[StageFinding]:
    """The findings and what the name adds; where both say the same, the answer keeps its place and takes the names."""
    doubt = next(iter(name_findings(stage.name)), None)
    names = fitting(doubt, stage) if doubt else ()
    is_unclear = stage.tense == Tense.UNCLEAR
    if doubt is None or doubt.code is NameFault.OPEN_TENSE:
        if is_unclear:
            return [*findings, StageFinding(NameFault.OPEN_TENSE, UNCLEAR_TENSE, Severity.FAIL, "", names)]
        if doubt is None:
            return findings
    elif stage.is_buyer_centric is False:
        return [
            replace(finding, suggestions=names) if finding.code == "not_buyer_centric" else finding
            for finding in findings
        ]
    severity = Severity.FAIL if is_unclear else Severity.WARN
    return [*findings, StageFinding(doubt.code, doubt.message, severity, "", names)]


def fitting(doubt: Finding, stage: Stage) -> tuple[str, ...]:
    """Of the names proposed, those in the tense that was answered; all of them where none is."""
    chosen = tuple(name for name in doubt.suggestions if guess_tense(name) == stage.tense)
    return chosen or doubt.suggestions


# The walk ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Journey:
    """The buyer's steps in order, and where a deal begins in them."""

    steps: Sequence[JourneyStep]

    @cached_property
    def begins(self) -> JourneyStep | None:
        return next((step for step in self.steps if step.begins_deal), None)

    @cached_property
    def lead_work(self) -> list[JourneyStep]:
        """What lies before the deal begins: it stays off the pipeline."""
        return list(self.steps[: self.steps.index(self.begins)]) if self.begins else []

    @cached_property
    def deal_steps(self) -> list[JourneyStep]:
        return list(self.steps[len(self.lead_work) :]) if self.begins else list(self.steps)

    @cached_property
    def early_stages(self) -> list[Stage]:
        """Stages that count as deals although they lie before a deal begins."""
        return unique(step.stage for step in self.lead_work if step.stage and not step.stage.is_lead)

    @cached_property
    def late_leads(self) -> list[Stage]:
        """Lead stages that lie where a deal has begun already."""
        steps = self.deal_steps if self.begins else []
        return unique(step.stage for step in steps if step.stage and step.stage.is_lead)


def unique(stages: Iterable[Stage]) -> list[Stage]:
    return list(dict.fromkeys(stages))


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One page of the walk. `key`: journey, begin, stage or result."""

    key: str
    is_done: bool
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class ReviewState:
    """How far the walk has come; the result is no step to do."""

    walk: tuple[WalkStep, ...]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.walk)

    @property
    def total(self) -> int:
        return len(self.walk)

    @property
    def is_done(self) -> bool:
        return self.done == self.total

    @property
    def next(self) -> WalkStep:
        """The first step that is not done; the result once all are."""
        return next((step for step in self.walk if not step.is_done), WalkStep("result", True))


def review_state(
    pipeline: Pipeline, *, stages: Sequence[Stage] | None = None, steps: Sequence[JourneyStep] | None = None
) -> ReviewState:
    """How far the pipeline's review has come. One query for each of `stages` and `steps` that is not given."""
    stages = list(stages_under_review(pipeline)) if stages is None else stages
    journey = Journey(list(journey_steps(pipeline)) if steps is None else steps)
    return ReviewState(
        (
            WalkStep("journey", len(journey.steps) > 1),
            WalkStep("begin", journey.begins is not None),
            *(WalkStep("stage", not open_questions(stage), stage) for stage in stages),
        )
    )


# Loading -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PipelineReview:
    """Everything of one pipeline's review. `answers`: stage → question → who answered, when, with which note."""

    pipeline: Pipeline
    stages: Sequence[Stage]
    journey: Journey
    answers: Mapping[uuid.UUID, Mapping[str, StageAnswer]]

    @property
    def state(self) -> ReviewState:
        return review_state(self.pipeline, stages=self.stages, steps=self.journey.steps)

    def stage(self, stage_id: uuid.UUID) -> Stage:
        """The stage, if it is in use in this pipeline. Raises NotFound."""
        for stage in self.stages:
            if stage.pk == stage_id:
                return stage
        raise NotFound


def review_of(pipeline_id: uuid.UUID) -> PipelineReview:
    """The review of a pipeline in use. Four queries. Raises NotFound."""
    pipeline = pipelines().filter(pk=pipeline_id).first()
    if pipeline is None:
        raise NotFound
    stages = list(stages_under_review(pipeline))
    answers: dict[uuid.UUID, dict[str, StageAnswer]] = {stage.pk: {} for stage in stages}
    for answer in StageAnswer.objects.filter(stage__in=stages).select_related("answered_by"):
        answers[answer.stage_id][answer.question] = answer
    steps = list(journey_steps(pipeline))
    in_use = {stage.pk: stage for stage in stages}
    for step in steps:
        # A stage that was archived meanwhile is none any more.
        step.stage = in_use.get(step.stage_id) if step.stage_id else None
    return PipelineReview(pipeline, stages, Journey(steps), answers)


def stages_under_review(pipeline: Pipeline) -> list[Stage]:
    return list(Stage.objects.filter(pipeline=pipeline, archived_at=None).order_by("position"))


def journey_steps(pipeline: Pipeline) -> list[JourneyStep]:
    steps = JourneyStep.objects.filter(pipeline=pipeline, archived_at=None)
    return list(steps.order_by("position", "id"))
