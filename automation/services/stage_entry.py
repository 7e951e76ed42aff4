"""What a stage asks for when a deal enters it: its tasks, made once for each stay, whatever crashes."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta

from core import clock
from core.ids import uuid7
from deals.models import Deal, DealEvent, EventKind, StageStay, Task, TaskSource
from deals.models.deal import ON_BOARD
from pipeline.models import EntryTask
from tenancy.scope import current_zone

# A reopened deal goes on where it was: its stage's tasks were made when it entered.
ENTRIES = (EventKind.CREATED, EventKind.STAGE_CHANGED)


def make_entry_tasks(events: Sequence[DealEvent]) -> None:
    """Make the tasks of every stage entered, by the rules as they are now. Six statements, however many events.

    Nothing is made for a stay that has ended or was undone meanwhile, nor for a deal closed or deleted.
    """
    entered = {event.stay_id for event in events if event.kind in ENTRIES and event.stay_id}
    if not entered:
        return
    deals = _held_deals({event.deal_id for event in events if event.stay_id in entered})
    stays = list(
        StageStay.objects.filter(
            pk__in=entered, deal_id__in=list(deals), left_at=None, voided_at=None
        ).order_by("pk")
    )
    rules = _rules_of({stay.stage_id for stay in stays})
    made = _make_tasks([stay for stay in stays if stay.stage_id in rules], deals, rules)
    _note_on_timeline(made)


def _held_deals(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Deal]:
    """The deals still on the board, held to the end: who moves or undoes one waits, and then sees the tasks made."""
    # In id order: two workers must not deadlock.
    rows = Deal.objects.filter(ON_BOARD, pk__in=ids).order_by("pk").select_for_update(no_key=True)
    return {deal.pk: deal for deal in rows}


def _rules_of(stages: Collection[uuid.UUID]) -> dict[uuid.UUID, list[EntryTask]]:
    rules: dict[uuid.UUID, list[EntryTask]] = defaultdict(list)
    if stages:
        for rule in EntryTask.objects.filter(stage_id__in=stages, archived_at=None).order_by(
            "position", "id"
        ):
            rules[rule.stage_id].append(rule)
    return dict(rules)


def _make_tasks(
    stays: Sequence[StageStay], deals: dict[uuid.UUID, Deal], rules: dict[uuid.UUID, list[EntryTask]]
) -> list[Task]:
    if not stays:
        return []
    zone = current_zone()
    done = set(
        Task.objects.filter(stay__in=[stay.pk for stay in stays], entry_task__isnull=False).values_list(
            "stay_id", "entry_task_id"
        )
    )
    made = [
        Task(
            id=uuid7(),
            deal_id=stay.deal_id,
            name=rule.name,
            due_on=clock.local_date(stay.entered_at, zone) + timedelta(days=rule.due_days),
            assignee_id=deals[stay.deal_id].owner_id,
            source=TaskSource.STAGE_ENTRY,
            stage_id=stay.stage_id,
            stay=stay,
            entry_task=rule,
        )
        for stay in stays
        for rule in rules[stay.stage_id]
        if (stay.pk, rule.pk) not in done
    ]
    # The unique key decides, should two ever come here at once.
    Task.objects.bulk_create(made, ignore_conflicts=True)
    return made


def _note_on_timeline(made: Sequence[Task]) -> None:
    by_stay: dict[StageStay, list[Task]] = defaultdict(list)
    for task in made:
        if task.stay is not None:
            by_stay[task.stay].append(task)
    now = clock.now()
    # Born dispatched: for the timeline alone, nothing follows from it.
    DealEvent.objects.bulk_create(
        DealEvent(
            deal_id=stay.deal_id,
            stay=stay,
            kind=EventKind.TASKS_MADE,
            at=now,
            dispatched_at=now,
            data={"stage": str(stay.stage_id), "tasks": [str(task.pk) for task in tasks]},
        )
        for stay, tasks in by_stay.items()
    )
