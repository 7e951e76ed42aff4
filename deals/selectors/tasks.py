"""What is to be done: late, today, coming, without a date."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Count, F, Q, QuerySet

from core import clock
from deals.models import Task
from deals.models.task import PENDING
from deals.selectors.visible import visible_to
from tenancy.permissions import Actor
from tenancy.scope import current_zone

PAGE = 50


class TaskGroup(StrEnum):
    """In the order of the page."""

    LATE = "late"
    TODAY = "today"
    COMING = "coming"
    NO_DATE = "no_date"


@dataclass(frozen=True, slots=True)
class After:
    """Where a page of tasks ended."""

    due_on: date | None
    task_id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.due_on.isoformat() if self.due_on else 'none'}.{self.task_id}"

    @classmethod
    def parse(cls, text: str) -> After | None:
        """None for what is no such mark."""
        due_on, _, task_id = text.partition(".")
        try:
            return cls(None if due_on == "none" else date.fromisoformat(due_on), uuid.UUID(task_id))
        except ValueError:
            return None

    @property
    def condition(self) -> Q:
        """The tasks behind it, in order of due date with unknown ones last, then id."""
        if self.due_on is None:
            return Q(due_on=None, id__gt=self.task_id)
        same_day = Q(due_on=self.due_on, id__gt=self.task_id)
        return same_day | Q(due_on__gt=self.due_on) | Q(due_on=None)


@dataclass(frozen=True, slots=True)
class TaskPage:
    """`tasks` in order; `after` is where the next page begins, None at the end."""

    tasks: list[Task]
    today: date
    after: After | None

    def of(self, group: TaskGroup) -> list[Task]:
        return [task for task in self.tasks if group_of(task, self.today) == group]

    @property
    def groups(self) -> list[tuple[TaskGroup, list[Task]]]:
        return [(group, self.of(group)) for group in TaskGroup]


def pending_tasks(*, actor: Actor, assignee_id: uuid.UUID | None) -> QuerySet[Task]:
    """Tasks to be done of visible deals; of one member, or of everybody (None)."""
    tasks = Task.objects.filter(PENDING, deal__in=visible_to(actor))
    return tasks if assignee_id is None else tasks.filter(assignee_id=assignee_id)


def task_page(
    *, actor: Actor, assignee_id: uuid.UUID | None, as_of: datetime, after: After | None = None
) -> TaskPage:
    """A page of tasks with their deals. One query."""
    tasks = pending_tasks(actor=actor, assignee_id=assignee_id)
    if after is not None:
        tasks = tasks.filter(after.condition)
    found = list(
        tasks.select_related("deal__company", "deal__stage", "assignee").order_by(
            F("due_on").asc(nulls_last=True), "id"
        )[: PAGE + 1]
    )
    last = found[PAGE - 1] if len(found) > PAGE else None
    return TaskPage(
        tasks=found[:PAGE],
        today=clock.local_date(as_of, current_zone()),
        after=After(last.due_on, last.pk) if last else None,
    )


def task_counts(*, actor: Actor, assignee_id: uuid.UUID | None, as_of: datetime) -> dict[TaskGroup, int]:
    """How many tasks there are in each group. One query."""
    today = clock.local_date(as_of, current_zone())
    conditions = {
        TaskGroup.LATE: Q(due_on__lt=today),
        TaskGroup.TODAY: Q(due_on=today),
        TaskGroup.COMING: Q(due_on__gt=today),
        TaskGroup.NO_DATE: Q(due_on=None),
    }
    found = pending_tasks(actor=actor, assignee_id=assignee_id).aggregate(
        **{group.value: Count("pk", filter=condition) for group, condition in conditions.items()}
    )
    return {group: found[group.value] for group in TaskGroup}


def group_of(task: Task, today: date) -> TaskGroup:
    if task.due_on is None:
        return TaskGroup.NO_DATE
    if task.due_on < today:
        return TaskGroup.LATE
    return TaskGroup.TODAY if task.due_on == today else TaskGroup.COMING


def counted(counts: dict[TaskGroup, int], groups: Sequence[TaskGroup] = tuple(TaskGroup)) -> int:
    return sum(counts[group] for group in groups)
