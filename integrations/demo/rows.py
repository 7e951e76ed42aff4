"""Write down a deal's life as the rows that the services would have left, had they run at the time.

The set-based sibling of create_deal, move_deal, edit_deal and the rest, for a thousand deals in seconds;
tests/integrations/test_demo_rows.py plays lives through the services and compares.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import singledispatchmethod
from typing import Any

from django.db.models import Model

from core.ids import uuid7
from deals.models import (
    Activity,
    ActivityParticipant,
    CriterionCheck,
    Deal,
    DealContact,
    DealVersion,
    EventKind,
    Note,
    Outcome,
    StageStay,
    Task,
    TaskSource,
)
from deals.models.activity import Direction
from deals.models.deal import TRACKED
from deals.services.edit_deal import UNLOGGED, loggable
from integrations.demo.calendar import Calendar
from integrations.demo.happenings import (
    Closed,
    Created,
    Edited,
    Happening,
    Life,
    Moved,
    Noted,
    Talked,
    TaskAdded,
    TaskDone,
    Ticked,
    entry_task_key,
)
from integrations.demo.tables import Rows, past_event
from pipeline.models import Stage, StageKind
from tenancy.models import Membership

RELATIONS = ("pipeline", "stage", "owner")


@dataclass(frozen=True, slots=True)
class OwnedStay:
    """A stay, and who owned the deal when it began."""

    stay: StageStay
    owner: Membership | None


class DealWriter:
    """Writes one life into `rows`. Afterwards `stays` are the deal's, each with its owner at the time."""

    def __init__(self, rows: Rows, *, currency: str, calendar: Calendar) -> None:
        self._rows, self._calendar = rows, calendar
        self._tasks: dict[str, Task] = {}
        self._fields: dict[str, Any] = {"id": uuid7(), "currency": currency, "version": 1}
        self.stays: list[OwnedStay] = []

    def write(self, life: Life) -> None:
        self._fields["pipeline"] = life.pipeline
        for happening in life.happenings:
            self._write(happening)
        self._rows.deals.append(Deal(**self._fields))
        for contact, role in life.contacts:
            self._rows.contacts.append(DealContact(deal_id=self._id, contact_id=contact.pk, role=role))

    @property
    def _id(self) -> uuid.UUID:
        found: uuid.UUID = self._fields["id"]
        return found

    @singledispatchmethod
    def _write(self, happening: Happening) -> None:
        raise TypeError(f"nothing is known of {happening}")

    # What changes the deal ------------------------------------------------------------------------------------------

    @_write.register
    def _create(self, happening: Created) -> None:
        self._fields |= {
            "name": happening.name,
            "company": happening.company,
            "owner": happening.owner,
            "amount": happening.amount,
            "expected_close_date": happening.expected_close_date,
            "source": happening.source,
            "outcome": Outcome.OPEN,
            "created_at": happening.at,
        }
        stay = self._enter(happening, happening.stage)
        self._version("insert", happening.at)
        self._event(EventKind.CREATED, happening, {"stage": str(happening.stage.pk), "version": 1}, stay)
        self._make_entry_tasks(stay)

    @_write.register
    def _move(self, happening: Moved) -> None:
        left: Stage = self._fields["stage"]
        self.stays[-1].stay.left_at = happening.at
        stay = self._enter(happening, happening.to, happening.override)
        self._fields["version"] += 1
        self._version("update", happening.at)
        data = {"from": str(left.pk), "to": str(happening.to.pk), "version": self._fields["version"]}
        if happening.override:
            data["override_reason"] = happening.override
        self._event(EventKind.STAGE_CHANGED, happening, data, stay)
        self._make_entry_tasks(stay)

    @_write.register
    def _edit(self, happening: Edited) -> None:
        changed = {
            name: {} if name in UNLOGGED else {"from": loggable(self._fields.get(name)), "to": loggable(new)}
            for name, new in happening.changes.items()
        }
        self._fields |= happening.changes
        self._fields["version"] += 1
        if happening.changes.keys() & set(TRACKED):
            self._version("update", happening.at)
        self._event(EventKind.EDITED, happening, {"fields": changed})

    @_write.register
    def _close(self, happening: Closed) -> None:
        data = {"stage": str(self._fields["stage"].pk)}
        if happening.reason is not None:
            data["reason"] = str(happening.reason.pk)
        if happening.override:
            data["override_reason"] = happening.override
        self._fields |= {
            "outcome": happening.outcome,
            "loss_reason": happening.reason,
            "loss_note": happening.note,
            "closed_at": happening.at,
            "closed_on": self._calendar.day(happening.at),
            "version": self._fields["version"] + 1,
        }
        stay = self.stays[-1].stay
        stay.left_at = happening.at
        self._version("update", happening.at)
        kind = EventKind.WON if happening.outcome == Outcome.WON else EventKind.LOST
        self._event(kind, happening, data, stay)

    # What is done about it ------------------------------------------------------------------------------------------

    @_write.register
    def _tick(self, happening: Ticked) -> None:
        check = CriterionCheck(
            deal_id=self._id,
            criterion_id=happening.criterion.pk,
            met=True,
            checked_by_id=happening.by.pk,
            checked_at=happening.at,
        )
        self._rows.checks.append(check)
        data = {"criterion": str(happening.criterion.pk), "met": True}
        self._event(EventKind.CRITERION_CHECKED, happening, data)

    @_write.register
    def _add_task(self, happening: TaskAdded) -> None:
        task = Task(
            id=uuid7(),
            deal_id=self._id,
            name=happening.name,
            due_on=happening.due_on,
            assignee_id=happening.assignee.pk,
            stage_id=self._fields["stage"].pk,
            created_by_id=happening.by.pk,
            created_at=happening.at,
        )
        self._keep_task(happening.key, task)
        self._event(EventKind.TASK_ADDED, happening, {"task": str(task.pk)})

    @_write.register
    def _do_task(self, happening: TaskDone) -> None:
        task = self._tasks[happening.key]
        task.done_at, task.done_by_id = happening.at, happening.by.pk
        self._event(EventKind.TASK_DONE, happening, {"task": str(task.pk)})

    @_write.register
    def _note(self, happening: Noted) -> None:
        note = Note(
            id=uuid7(),
            deal_id=self._id,
            author_id=happening.by.pk,
            body=happening.body,
            created_at=happening.at,
        )
        self._rows.notes.append(note)
        self._event(EventKind.NOTE_ADDED, happening, {"note": str(note.pk)})

    @_write.register
    def _talk(self, happening: Talked) -> None:
        activity = Activity(
            id=uuid7(),
            deal_id=self._id,
            kind=happening.kind,
            direction=happening.direction,
            subject=happening.subject,
            member_id=happening.by.pk,
            occurred_at=happening.at,
            created_at=happening.at,
        )
        self._rows.activities.append(activity)
        self._rows.participants.append(
            ActivityParticipant(activity_id=activity.pk, contact_id=happening.contact.pk)
        )
        if happening.direction != Direction.TO_BUYER:
            self._fields["last_heard_at"] = happening.at

    # Rows -----------------------------------------------------------------------------------------------------------

    def _enter(self, happening: Happening, stage: Stage, override: str = "") -> StageStay:
        """A stay in the stage begins at the moment of the happening."""
        stay = StageStay(
            id=uuid7(),
            deal_id=self._id,
            stage=stage,
            entered_at=happening.at,
            entered_by_id=happening.by.pk,
            override_reason=override,
        )
        self._rows.stays.append(stay)
        self.stays.append(OwnedStay(stay, self._fields["owner"]))
        self._fields |= {"stage": stage, "stage_entered_at": happening.at}
        if stage.kind == StageKind.OPEN:
            self._fields.setdefault("qualified_at", happening.at)
        return stay

    def _make_entry_tasks(self, stay: StageStay) -> None:
        """What the automation makes at a stage entry."""
        entered_on = self._calendar.day(stay.entered_at)
        made = []
        for position, rule in enumerate(stay.stage.entry_tasks.all()):
            task = Task(
                id=uuid7(),
                deal_id=self._id,
                name=rule.name,
                due_on=entered_on + timedelta(days=rule.due_days),
                assignee_id=_key(self._fields["owner"]),
                source=TaskSource.STAGE_ENTRY,
                stage_id=stay.stage_id,
                stay_id=stay.pk,
                entry_task_id=rule.pk,
                created_at=stay.entered_at,
            )
            self._keep_task(entry_task_key(len(self.stays) - 1, position), task)
            made.append(str(task.pk))
        if made:
            data = {"stage": str(stay.stage_id), "tasks": made}
            self._rows.events.append(past_event(self._id, EventKind.TASKS_MADE, stay.entered_at, data, stay))

    def _keep_task(self, key: str, task: Task) -> None:
        self._tasks[key] = task
        self._rows.tasks.append(task)

    def _event(
        self, kind: str, happening: Happening, data: Mapping[str, Any], stay: StageStay | None = None
    ) -> None:
        event = past_event(self._id, kind, happening.at, data, stay, actor=happening.by)
        self._rows.events.append(event)

    def _version(self, label: str, at: datetime) -> None:
        """What the trigger writes when a tracked field changes."""
        tracked = {name: self._fields.get(name) for name in TRACKED if name not in RELATIONS}
        tracked |= {f"{name}_id": _key(self._fields[name]) for name in RELATIONS}
        version = DealVersion(pgh_obj_id=self._id, pgh_label=label, pgh_created_at=at, **tracked)
        self._rows.versions.append(version)


def _key(row: Model | None) -> uuid.UUID | None:
    return row.pk if row is not None else None
