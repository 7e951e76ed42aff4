"""Answering for a stage: the four questions, the tense of its name, and the note kept with each answer."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import InvalidInput
from pipeline.models import ReviewQuestion, Stage, StageAnswer
from pipeline.naming import Tense
from pipeline.services.checks import checked_line, locked_stage
from tenancy.permissions import Actor, Permission
from tenancy.services.audit import record

MAX_NOTE = 500

type Answer = bool | str | None


@transaction.atomic
def answer_question(*, stage_id: uuid.UUID, question: str, answer: Answer, actor: Actor) -> Stage:
    """Answer one question about the stage: True, False or None (open) to the four; a Tense or "" (open) to the tense.

    Nothing is written when that is the answer already. Raises InvalidInput for an unknown question or answer.
    """
    actor.require(Permission.DESIGN_PIPELINES)
    stage = locked_stage(stage_id)
    field = field_of(question)
    check_answer(question, answer)
    before = getattr(stage, field)
    if answer == before:
        return stage
    setattr(stage, field, answer)
    stage.save(update_fields=[field])
    sign(stage, question, actor)
    detail = {"name": stage.name, "question": question, "from": before, "to": answer}
    record(actor=actor, action="stage.answered", target_id=stage.pk, detail=detail)
    return stage


@transaction.atomic
def note_answer(*, stage_id: uuid.UUID, question: str, note: str, actor: Actor) -> StageAnswer:
    """Write down why; an empty note takes it away. Raises InvalidInput for one of more than 500 characters."""
    actor.require(Permission.DESIGN_PIPELINES)
    stage = locked_stage(stage_id)
    field_of(question)
    note = checked_line(note, "note", MAX_NOTE)
    kept = StageAnswer.objects.filter(stage=stage, question=question).first()
    if kept is not None and kept.note == note:
        return kept
    signed = sign(stage, question, actor, note=note)
    record(
        actor=actor,
        action="stage.noted",
        target_id=stage.pk,
        detail={"name": stage.name, "question": question},
    )
    return signed


def sign(stage: Stage, question: str, actor: Actor, **more: str) -> StageAnswer:
    """Keep who had the last word, and when."""
    signed, _made = StageAnswer.objects.update_or_create(
        stage=stage,
        question=question,
        defaults={"answered_by": actor.member, "answered_at": clock.now(), **more},
    )
    return signed


def field_of(question: str) -> str:
    if question not in ReviewQuestion.values:
        raise InvalidInput.of("question", _("There is no such question."), "invalid_choice")
    return "tense" if question == ReviewQuestion.TENSE else f"is_{question}"


def check_answer(question: str, answer: Answer) -> None:
    known = (*Tense.values, "") if question == ReviewQuestion.TENSE else (True, False, None)
    if answer not in known:
        raise InvalidInput.of("answer", _("Choose one of the answers."), "invalid_choice")
