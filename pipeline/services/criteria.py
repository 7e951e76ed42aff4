"""Exit criteria: the answers to a stage's four questions, as checks on the deal."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput
from core.ids import uuid7
from pipeline.models import CriterionKind, ExitCriterion, Stage
from pipeline.models.criteria import Question
from pipeline.selectors.subjects import criterion_subjects
from pipeline.services import rows
from pipeline.services.checks import checked_name, locked_stage
from tenancy.permissions import Actor, Permission
from tenancy.services.audit import record

MOST = 30  # more would not be read by anybody, and cards show a square for each
FIELDS = ("name", "question", "kind", "subject", "required")


@transaction.atomic
def add_criterion(
    *,
    stage_id: uuid.UUID,
    name: str,
    actor: Actor,
    question: str = Question.WE_KNOW,
    kind: str = CriterionKind.MANUAL,
    subject: str = "",
    required: bool = True,
) -> ExitCriterion:
    """A criterion at the end of the stage's list. It holds from now on, for the deals that lie in the stage too.

    Raises InvalidInput with the field, NotAllowed, NotFound.
    """
    actor.require(Permission.DESIGN_PIPELINES)
    stage = locked_stage(stage_id)
    others = _in_use(stage)
    if others.count() >= MOST:
        raise InvalidInput.of("name", _("A stage has at most %(most)s exit criteria.") % {"most": MOST})
    criterion = ExitCriterion(
        id=uuid7(),
        stage=stage,
        position=rows.next_position(ExitCriterion.objects.filter(stage=stage)),
        **_checked(
            stage,
            {"name": name, "question": question, "kind": kind, "subject": subject, "required": required},
        ),
    )
    criterion.save(force_insert=True)
    _record(actor, "criterion.added", criterion, kind=criterion.kind, required=criterion.required)
    return criterion


@transaction.atomic
def change_criterion(*, criterion_id: uuid.UUID, changes: Mapping[str, Any], actor: Actor) -> ExitCriterion:
    """Set fields of FIELDS. Ticks that people have given stay. Raises InvalidInput, NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    criterion, stage = _held(criterion_id)
    now = {field: getattr(criterion, field) for field in FIELDS}
    wanted = _checked(stage, {**now, **changes})
    changed = {field: value for field, value in wanted.items() if value != now[field]}
    for field, value in changed.items():
        setattr(criterion, field, value)
    if changed:
        criterion.save(update_fields=list(changed))
    for field, value in changed.items():
        _record(actor, "criterion.changed", criterion, field=field, **{"from": now[field], "to": value})
    return criterion


@transaction.atomic
def archive_criterion(*, criterion_id: uuid.UUID, actor: Actor) -> ExitCriterion:
    """Ask for it no longer. What was ticked is kept, so that it can come back. Raises NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    criterion, _stage = _held(criterion_id)
    rows.archive(criterion)
    _record(actor, "criterion.removed", criterion)
    return criterion


@transaction.atomic
def restore_criterion(*, criterion_id: uuid.UUID, actor: Actor) -> ExitCriterion:
    """Ask for it again, with the ticks that it had. Raises Conflict when its task is gone; NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    criterion, stage = _held(criterion_id, archived=True)
    if criterion.kind == CriterionKind.TASK and criterion.subject not in dict(
        criterion_subjects(stage, CriterionKind.TASK)
    ):
        raise Conflict(_("The stage task that it looks at is gone. Take that one back first."))
    rows.unarchive(criterion)
    _record(actor, "criterion.restored", criterion)
    return criterion


@transaction.atomic
def step_criterion(*, criterion_id: uuid.UUID, up: bool, actor: Actor) -> ExitCriterion:
    """One place up or down among those of its question."""
    actor.require(Permission.DESIGN_PIPELINES)
    criterion, stage = _held(criterion_id)
    siblings = list(_in_use(stage).filter(question=criterion.question).order_by("position", "id"))
    rows.step(criterion, siblings, up=up)
    return criterion


def _in_use(stage: Stage) -> Any:
    return ExitCriterion.objects.filter(stage=stage, archived_at=None)


def _held(criterion_id: uuid.UUID, *, archived: bool = False) -> tuple[ExitCriterion, Stage]:
    return rows.held_with_stage(ExitCriterion.objects.filter(archived_at__isnull=not archived), criterion_id)


def _checked(stage: Stage, values: Mapping[str, Any]) -> dict[str, Any]:
    kind, subject = values["kind"], values["subject"]
    if kind not in CriterionKind.values:
        raise InvalidInput.of("kind", _("Choose one of the values offered."), "invalid_choice")
    if values["question"] not in Question.values:
        raise InvalidInput.of("question", _("Choose one of the values offered."), "invalid_choice")
    if kind == CriterionKind.MANUAL:
        subject = ""
    elif subject not in dict(criterion_subjects(stage, kind)):
        raise InvalidInput.of("subject", _("Choose what this criterion looks at."), "invalid_choice")
    return {
        "name": checked_name(values["name"], model=ExitCriterion),
        "question": values["question"],
        "kind": kind,
        "subject": subject,
        "required": bool(values["required"]),
    }


def _record(actor: Actor, action: str, criterion: ExitCriterion, **detail: Any) -> None:
    stage = criterion.stage
    record(
        actor=actor,
        action=action,
        target_id=stage.pk,
        detail={"name": criterion.name, "stage": stage.name, "criterion": str(criterion.pk), **detail},
    )
