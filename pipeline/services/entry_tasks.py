"""Stage-entry tasks: what a deal's owner finds to do once the deal has entered the stage."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput
from core.ids import uuid7
from pipeline.models import CriterionKind, EntryTask, ExitCriterion, Stage
from pipeline.services import rows
from pipeline.services.checks import checked_name, checked_number, locked_stage
from tenancy.permissions import Actor, Permission
from tenancy.services.audit import record

MOST = 20
LATEST_DUE = 3650


@transaction.atomic
def add_entry_task(*, stage_id: uuid.UUID, name: str, actor: Actor, due_days: int = 0) -> EntryTask:
    """A task for every deal that enters the stage from now on, due `due_days` days after. Raises InvalidInput, NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    stage = locked_stage(stage_id)
    if _in_use(stage).count() >= MOST:
        raise InvalidInput.of("name", _("A stage makes at most %(most)s tasks.") % {"most": MOST})
    task = EntryTask(
        id=uuid7(),
        stage=stage,
        name=checked_name(name, model=EntryTask),
        due_days=checked_number(due_days, field="due_days", most=LATEST_DUE),
        position=rows.next_position(EntryTask.objects.filter(stage=stage)),
    )
    task.save(force_insert=True)
    _record(actor, "entry_task.added", task, due_days=task.due_days)
    return task


@transaction.atomic
def change_entry_task(*, entry_task_id: uuid.UUID, changes: Mapping[str, Any], actor: Actor) -> EntryTask:
    """Set name or due_days. Tasks that it has made stay as they are. Raises InvalidInput, NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    task, _stage = _held(entry_task_id)
    checked: dict[str, Any] = {}
    if "name" in changes:
        checked["name"] = checked_name(changes["name"], model=EntryTask)
    if "due_days" in changes:
        checked["due_days"] = checked_number(changes["due_days"], field="due_days", most=LATEST_DUE)
    changed = {field: value for field, value in checked.items() if value != getattr(task, field)}
    for field, value in changed.items():
        before = getattr(task, field)
        setattr(task, field, value)
        _record(actor, "entry_task.changed", task, field=field, **{"from": before, "to": value})
    if changed:
        task.save(update_fields=list(changed))
    return task


@transaction.atomic
def archive_entry_task(*, entry_task_id: uuid.UUID, actor: Actor) -> EntryTask:
    """Make it no longer. Raises Conflict while an exit criterion looks at it; NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    task, _stage = _held(entry_task_id)
    asking = ExitCriterion.objects.filter(kind=CriterionKind.TASK, subject=str(task.pk), archived_at=None)
    if name := asking.values_list("name", flat=True).first():
        raise Conflict(
            _("The exit criterion “%(name)s” looks at this task. Change or remove it first.") % {"name": name}
        )
    rows.archive(task)
    _record(actor, "entry_task.removed", task)
    return task


@transaction.atomic
def restore_entry_task(*, entry_task_id: uuid.UUID, actor: Actor) -> EntryTask:
    """Make it again for deals that enter from now on. Raises NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    task, _stage = _held(entry_task_id, archived=True)
    rows.unarchive(task)
    _record(actor, "entry_task.restored", task)
    return task


@transaction.atomic
def step_entry_task(*, entry_task_id: uuid.UUID, up: bool, actor: Actor) -> EntryTask:
    """One place up or down in the stage's list."""
    actor.require(Permission.DESIGN_PIPELINES)
    task, stage = _held(entry_task_id)
    rows.step(task, list(_in_use(stage).order_by("position", "id")), up=up)
    return task


def _in_use(stage: Stage) -> Any:
    return EntryTask.objects.filter(stage=stage, archived_at=None)


def _held(entry_task_id: uuid.UUID, *, archived: bool = False) -> tuple[EntryTask, Stage]:
    return rows.held_with_stage(EntryTask.objects.filter(archived_at__isnull=not archived), entry_task_id)


def _record(actor: Actor, action: str, task: EntryTask, **detail: Any) -> None:
    stage = task.stage
    record(
        actor=actor,
        action=action,
        target_id=stage.pk,
        detail={"name": task.name, "stage": stage.name, "entry_task": str(task.pk), **detail},
    )
