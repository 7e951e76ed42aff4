"""The team's own questions about approvals: each lost deal can leave one, and every deal answers them."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import InvalidInput, NotFound, StaleVersion
from deals.models import Deal
from deals.services.checks import checked_text
from deals.services.placing import lock_deal
from strategy.models import ApprovalAnswer, ApprovalQuestion, Tool
from strategy.services.record import record_work
from tenancy.permissions import Actor, Permission
from tenancy.services.audit import record

MAX_QUESTIONS = 50
MAX_TEXT = 300
MAX_ANSWER = 1000


@transaction.atomic
def add_question(*, text: str, actor: Actor, from_deal: Deal | None = None) -> ApprovalQuestion:
    """Ask this of every approval from now on. `from_deal`: whose loss it comes from. What is asked already stays as it is.

    Raises InvalidInput, NotAllowed.
    """
    actor.require(Permission.EDIT_DEALS)
    text = _checked_question(text)
    there = ApprovalQuestion.objects.filter(removed_at=None, text=text).first()
    if there is not None:
        return there
    _check_room()
    question, made = ApprovalQuestion.objects.get_or_create(
        text=text, removed_at=None, defaults={"from_deal": from_deal, "by": actor.member}
    )
    if made:
        record(actor=actor, action="strategy.question_added", target_id=question.pk, detail={"name": text})
    return question


@transaction.atomic
def change_question(
    *, question_id: uuid.UUID, text: str, actor: Actor, expected_version: int | None = None
) -> ApprovalQuestion:
    """Put it in other words; its answers stay. Raises StaleVersion, InvalidInput, NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    question = _locked(question_id)
    if question.removed_at is not None:
        raise NotFound
    if expected_version is not None and expected_version != question.version:
        raise StaleVersion(current=question)
    text = _checked_question(text)
    if text == question.text:
        return question
    if ApprovalQuestion.objects.filter(removed_at=None, text=text).exists():
        raise InvalidInput.of("text", _("This question is asked already."), "duplicate")
    was, question.text = question.text, text
    question.version += 1
    question.save(update_fields=["text", "version"])
    record(
        actor=actor,
        action="strategy.question_changed",
        target_id=question.pk,
        detail={"from": was, "to": text},
    )
    return question


@transaction.atomic
def remove_question(*, question_id: uuid.UUID, actor: Actor) -> ApprovalQuestion:
    """Asked no more; the answers are kept, and there again after `restore_question`."""
    actor.require(Permission.DESIGN_PIPELINES)
    question = _locked(question_id)
    if question.removed_at is None:
        _set_removed(question, actor, removed=True)
    return question


@transaction.atomic
def restore_question(*, question_id: uuid.UUID, actor: Actor) -> ApprovalQuestion:
    """Raises InvalidInput where the same question was asked anew meanwhile."""
    actor.require(Permission.DESIGN_PIPELINES)
    question = _locked(question_id)
    if question.removed_at is not None:
        if ApprovalQuestion.objects.filter(removed_at=None, text=question.text).exists():
            raise InvalidInput.of("text", _("This question is asked already."), "duplicate")
        _check_room()
        _set_removed(question, actor, removed=False)
    return question


@transaction.atomic
def answer_question(
    *,
    deal_id: uuid.UUID,
    question_id: uuid.UUID,
    text: str,
    actor: Actor,
    expected_version: int | None = None,
) -> ApprovalAnswer:
    """What is known on one deal; an empty text takes the answer back. `expected_version`: 0 before the first answer.

    Raises StaleVersion with the answer as it is, InvalidInput, NotAllowed, NotFound.
    """
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    question = ApprovalQuestion.objects.filter(pk=question_id, removed_at=None).first()
    if question is None:
        raise NotFound
    row = ApprovalAnswer.objects.filter(deal=deal, question=question).first() or ApprovalAnswer(
        deal=deal, question=question, version=0
    )
    if expected_version is not None and expected_version != row.version:
        raise StaleVersion(current=row)
    text = checked_text(text, "text", MAX_ANSWER)
    if text == row.text:
        return row
    row.text, row.by, row.at = text, actor.member, clock.now()
    row.version += 1
    row.save()
    record_work(deal, Tool.APPROVAL, actor)
    return row


def _locked(question_id: uuid.UUID) -> ApprovalQuestion:
    question = ApprovalQuestion.objects.select_for_update(no_key=True).filter(pk=question_id).first()
    if question is None:
        raise NotFound
    return question


def _set_removed(question: ApprovalQuestion, actor: Actor, *, removed: bool) -> None:
    question.removed_at = clock.now() if removed else None
    question.version += 1
    question.save(update_fields=["removed_at", "version"])
    action = "strategy.question_removed" if removed else "strategy.question_restored"
    record(actor=actor, action=action, target_id=question.pk, detail={"name": question.text})


def _checked_question(text: str) -> str:
    text = checked_text(" ".join(text.split()), "text", MAX_TEXT)
    if not text:
        raise InvalidInput.of("text", _("Write the question."), "required")
    return text


def _check_room() -> None:
    if ApprovalQuestion.objects.filter(removed_at=None).count() >= MAX_QUESTIONS:
        raise InvalidInput.of(
            "text",
            _("At most %(max)s questions can be asked. Take one away first.") % {"max": MAX_QUESTIONS},
            "too_many",
        )
