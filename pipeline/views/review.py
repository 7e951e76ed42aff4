"""The stage review: four questions and a tense for each stage, and what came of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from core.errors import InvalidInput
from pipeline.models import ReviewQuestion, Stage, StageAnswer
from pipeline.naming import Tense, guess_tense
from pipeline.selectors.review import (
    FAILED,
    FOUR,
    UNCLEAR_TENSE,
    PipelineReview,
    Severity,
    StageFinding,
    answer_of,
    review_of,
    stage_findings,
)
from pipeline.services.change_stage import change_stage
from pipeline.services.review import Answer, answer_question, note_answer
from pipeline.views.review_pages import changed, page_context, refused, render_review, stop_url
from tenancy.http import WorkspaceRequest
from tenancy.pages import http_404

# What the question asks, and an example of each answer.
EXPLAINED: dict[str, tuple[Promise, Promise]] = {
    ReviewQuestion.ESSENTIAL: (
        gettext_lazy("Every deal must pass it, and skipping it harms the buyer's experience or the sale."),
        gettext_lazy("A product demo is essential. A follow-up is not: an e-mail sequence can do it."),
    ),
    ReviewQuestion.FACT_BASED: (
        gettext_lazy(
            "What the buyer did decides it, not a feeling, so that the answer is a plain yes or no."
        ),
        gettext_lazy("“Quote requested” is a fact. “Seems interested” is a feeling."),
    ),
    ReviewQuestion.VERIFIABLE: (
        gettext_lazy("It can be seen from outside and recorded in the CRM."),
        gettext_lazy(
            "A signed contract can be. What several people decide inside the buyer's company cannot."
        ),
    ),
    ReviewQuestion.BUYER_CENTRIC: (
        gettext_lazy("It is built on what the buyer does and achieves, not on what we do to them."),
        gettext_lazy(
            "In a demo the buyer's goal is to understand the product: “Exploring the product”, not “Demo given”."
        ),
    ),
    ReviewQuestion.TENSE: (
        gettext_lazy("The name says whether it is finished, in progress or not begun."),
        gettext_lazy("“Meeting booked” says it. “Meeting” does not."),
    ),
}
SHORT: dict[str, Promise] = {
    ReviewQuestion.ESSENTIAL: pgettext_lazy("question", "Essential"),
    ReviewQuestion.FACT_BASED: pgettext_lazy("question", "Fact"),
    ReviewQuestion.VERIFIABLE: pgettext_lazy("question", "Verifiable"),
    ReviewQuestion.BUYER_CENTRIC: pgettext_lazy("question", "Buyer"),
    ReviewQuestion.TENSE: pgettext_lazy("question", "Tense"),
}
YES_NO: dict[str, bool | None] = {"yes": True, "no": False, "": None}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    is_chosen: bool
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the page shows it; `failed` and `advice` once it was answered with no."""

    key: str
    title: str
    explanation: str | Promise
    example: str | Promise
    choices: list[Choice]
    answer: StageAnswer | None
    is_open: bool
    failed: str | Promise = ""
    advice: str | Promise = ""
    guess: str = ""


@require_GET
@http_404
def resume(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    """To where the walk was left."""
    review = review_of(pipeline_id)
    return redirect(stop_url(request, review, review.state.next))


@require_GET
@http_404
def stage_page(request: WorkspaceRequest, pipeline_id: uuid.UUID, stage_id: uuid.UUID) -> HttpResponse:
    return render_review(request, "stage", stage_context(request, pipeline_id, stage_id))


@require_GET
@http_404
def result_page(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    """Per stage what holds and what does not; and what of the journey has no stage."""
    return render_review(request, "result", result_context(request, pipeline_id))


@require_POST
@http_404
def answer(request: WorkspaceRequest, pipeline_id: uuid.UUID, stage_id: uuid.UUID) -> HttpResponse:
    """question and answer: yes, no or nothing; a tense or nothing."""
    stage_in(pipeline_id, stage_id)
    question, given = request.POST.get("question", ""), request.POST.get("answer", "")
    try:
        answer_question(
            stage_id=stage_id, question=question, answer=parsed(question, given), actor=request.actor
        )
    except InvalidInput as problem:
        context = stage_context(request, pipeline_id, stage_id)
        return refused(request, "stage", context | {"problem": problem.detail})
    return changed(request, "stage", stage_context(request, pipeline_id, stage_id))


@require_POST
@http_404
def note(request: WorkspaceRequest, pipeline_id: uuid.UUID, stage_id: uuid.UUID) -> HttpResponse:
    stage_in(pipeline_id, stage_id)
    question, text = request.POST.get("question", ""), request.POST.get("note", "")
    try:
        note_answer(stage_id=stage_id, question=question, note=text, actor=request.actor)
    except InvalidInput as problem:
        context = stage_context(request, pipeline_id, stage_id)
        lost = {"refused_note": {"question": question, "text": text, "detail": problem.detail}}
        return refused(request, "stage", context | lost)
    return changed(request, "stage", stage_context(request, pipeline_id, stage_id))


@require_POST
@http_404
def rename(request: WorkspaceRequest, pipeline_id: uuid.UUID, stage_id: uuid.UUID) -> HttpResponse:
    """Another name, typed, taken from the suggestions, or (?name=, the undo) the one before. back=result: shown there."""
    before = stage_in(pipeline_id, stage_id).name
    name = request.POST.get("name") or request.GET.get("name", "")
    is_back = "result" in (request.POST.get("back"), request.GET.get("back"))

    def shown() -> dict[str, Any]:
        return (
            result_context(request, pipeline_id) if is_back else stage_context(request, pipeline_id, stage_id)
        )

    part = "result" if is_back else "stage"
    try:
        after = change_stage(stage_id=stage_id, changes={"name": name}, actor=request.actor).name
    except InvalidInput as problem:
        return refused(request, part, shown() | {"typed": name, "name_error": problem.detail})
    if after == before:
        return changed(request, part, shown())
    undo = reverse("pipeline:review_rename", args=[request.workspace.slug, pipeline_id, stage_id])
    query = urlencode({"name": before, **({"back": "result"} if is_back else {})})
    said = _("The stage has a new name: %(before)s → %(after)s") % {"before": before, "after": after}
    # Undone, it says nothing: the old name is back in view.
    is_undo = "name" in request.GET
    return changed(request, part, shown(), said="" if is_undo else said, undo_url=f"{undo}?{query}")


# What the pages show -------------------------------------------------------------------------------------------------


def stage_in(pipeline_id: uuid.UUID, stage_id: uuid.UUID) -> Stage:
    return review_of(pipeline_id).stage(stage_id)


def stage_context(request: WorkspaceRequest, pipeline_id: uuid.UUID, stage_id: uuid.UUID) -> dict[str, Any]:
    review = review_of(pipeline_id)
    stage = review.stage(stage_id)
    context = page_context(request, review, "stage", stage)
    doubt = about_name(stage)
    return context | {
        "stage": stage,
        "number": review.stages.index(stage) + 1,
        "questions": [asked(review, stage, question) for question in ReviewQuestion],
        "name_finding": doubt,
        "name_has_failed": doubt is not None and doubt.severity is Severity.FAIL,
    }


def result_context(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> dict[str, Any]:
    review = review_of(pipeline_id)
    rows = [(stage, marks(stage), stage_findings(stage)) for stage in review.stages]
    linked = {step.stage for step in review.journey.steps if step.stage}
    return page_context(request, review, "result") | {
        "rows": rows,
        "heads": list(SHORT.values()),
        "passing": sum(not findings for _stage, _marks, findings in rows),
        "unlinked": [stage for stage in review.stages if stage not in linked] if linked else [],
        "off_pipeline": [step for step in review.journey.steps if step.stage is None],
        "journey": review.journey,
    }


def asked(review: PipelineReview, stage: Stage, question: ReviewQuestion) -> Asked:
    given = answer_of(stage, question)
    is_tense = question is ReviewQuestion.TENSE
    failed, advice = FAILED.get(question, (UNCLEAR_TENSE, ""))
    fails = given is False or given == Tense.UNCLEAR
    guess = guess_tense(stage.name) if is_tense and not given else Tense.UNCLEAR
    return Asked(
        key=question.value,
        title=str(question.label),
        explanation=EXPLAINED[question][0],
        example=EXPLAINED[question][1],
        choices=tense_choices(stage, guess) if is_tense else yes_no_choices(given),
        answer=review.answers[stage.pk].get(question),
        is_open=given in (None, ""),
        failed=failed if fails else "",
        advice=advice if fails else "",
        guess="" if guess is Tense.UNCLEAR else str(guess.label),
    )


def yes_no_choices(given: Answer) -> list[Choice]:
    return [
        Choice("yes", _("Yes"), given is True),
        Choice("no", _("No"), given is False),
        Choice("", _("Not yet"), given is None),
    ]


def tense_choices(stage: Stage, guess: Tense) -> list[Choice]:
    known = [Choice(tense.value, str(tense.label), stage.tense == tense, tense is guess) for tense in Tense]
    if guess is Tense.UNCLEAR:
        known = [Choice(choice.value, choice.label, choice.is_chosen) for choice in known]
    return [*known, Choice("", _("Not yet"), not stage.tense)]


def about_name(stage: Stage) -> StageFinding | None:
    """What the name gets wrong, whatever was answered: the last finding that has better names or doubts it."""
    return next(
        (
            finding
            for finding in stage_findings(stage)
            if finding.suggestions or finding.severity is Severity.WARN
        ),
        None,
    )


def marks(stage: Stage) -> list[tuple[str, str]]:
    """(question in a word; pass, fail or open) for the five."""
    found = []
    for question in (*FOUR, ReviewQuestion.TENSE):
        given = answer_of(stage, question)
        state = "open" if given in (None, "") else "fail" if given in (False, Tense.UNCLEAR) else "pass"
        found.append((str(SHORT[question]), state))
    return found


def parsed(question: str, given: str) -> Answer:
    if question == ReviewQuestion.TENSE:
        return given
    if given not in YES_NO:
        raise InvalidInput.of("answer", _("Choose one of the answers."), "invalid_choice")
    return YES_NO[given]
