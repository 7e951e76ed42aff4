"""Tasks on a deal."""

from __future__ import annotations

import uuid
from datetime import date
from types import EllipsisType

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, InvalidInput, NotFound
from deals.models import EventKind, Task, TaskSource
from deals.selectors.visible import visible_to
from deals.services.checks import checked_date, checked_text
from deals.services.events import record_event
from deals.services.placing import lock_deal
from tenancy.models import Membership
from tenancy.permissions import Actor, Permission

MAX_NAME = 200


@transaction.atomic
def add_task(
    *,
    deal_id: uuid.UUID,
    name: str,
    actor: Actor,
    due_on: date | None = None,
    assignee: Membership | None = None,
) -> Task:
    """A task made by hand; the actor's own unless an assignee is given."""
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    task = Task(
        deal=deal,
        name=checked_task_name(name),
        due_on=checked_date(due_on, "due_on"),
        assignee=assignee or actor.member,
        stage_id=deal.stage_id,
        created_by=actor.member,
    )
    task.save(force_insert=True)
    record_event(deal=deal, kind=EventKind.TASK_ADDED, actor=actor, data={"task": str(task.pk)})
    return task


@transaction.atomic
def change_task(
    *,
    task_id: uuid.UUID,
    actor: Actor,
    done: bool | None = None,
    name: str | None = None,
    due_on: date | EllipsisType | None = ...,
    assignee: Membership | EllipsisType | None = ...,
) -> Task:
    """Change what is given (Ellipsis: leave as it is). Doing a done task again changes nothing."""
    actor.require(Permission.EDIT_DEALS)
    task = (
        Task.objects.select_for_update(of=("self",), no_key=True)
        .select_related("deal")
        .filter(pk=task_id, voided_at=None, deal__in=visible_to(actor))
        .first()
    )
    if task is None:
        raise NotFound
    if name is not None:
        task.name = checked_task_name(name)
    if not isinstance(due_on, EllipsisType):
        task.due_on = checked_date(due_on, "due_on")
    if not isinstance(assignee, EllipsisType):
        task.assignee = assignee
    turned = done is not None and done != (task.done_at is not None)
    if turned:
        task.done_at = clock.now() if done else None
        task.done_by = actor.member if done else None
    task.save()
    if turned:
        kind = EventKind.TASK_DONE if done else EventKind.TASK_REOPENED
        record_event(deal=task.deal, kind=kind, actor=actor, data={"task": str(task.pk)})
    return task


@transaction.atomic
def withdraw_task(*, task_id: uuid.UUID, actor: Actor) -> Task:
    """Take back a task made by hand that nobody has done: as if it had not been added. Raises NotFound, Conflict."""
    actor.require(Permission.EDIT_DEALS)
    task = (
        Task.objects.select_for_update(of=("self",), no_key=True)
        .select_related("deal")
        .filter(pk=task_id, voided_at=None, deal__in=visible_to(actor))
        .first()
    )
    if task is None:
        raise NotFound
    if task.source != TaskSource.MANUAL or task.done_at is not None:
        raise Conflict(_("This task cannot be taken back any more."))
    task.voided_at = clock.now()
    task.save(update_fields=["voided_at"])
    return task


def checked_task_name(name: str) -> str:
    name = checked_text(" ".join(name.split()), "name", MAX_NAME)
    if not name:
        raise InvalidInput.of("name", _("Say what is to be done."), "required")
    return name
