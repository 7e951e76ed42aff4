"""A deal's story: events with who, when, from → to; notes in their place."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from contacts.models import Company
from core.formats import day_brief, money_full
from deals.models import Deal, DealEvent, EventKind, Note, Task
from fields.models import CustomField, FieldKind, Subject
from fields.selectors.definitions import field_names
from fields.selectors.values import words_of_json
from pipeline.models import ExitCriterion, LossReason, Stage
from tenancy.models import Membership

ICONS = {
    EventKind.CREATED: "plus",
    EventKind.STAGE_CHANGED: "move",
    EventKind.WON: "trophy",
    EventKind.LOST: "ban",
    EventKind.REOPENED: "undo",
    EventKind.UNDONE: "undo",
    EventKind.EDITED: "note",
    EventKind.CRITERION_CHECKED: "check",
    EventKind.TASKS_MADE: "robot",
    EventKind.TASK_ADDED: "task",
    EventKind.TASK_DONE: "day",
    EventKind.TASK_REOPENED: "undo",
    EventKind.NOTE_ADDED: "note",
    EventKind.STALLED: "stall",
    EventKind.DELETED: "x",
    EventKind.RESTORED: "undo",
}
LIMIT = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the story. `was` → `now` where something changed; `text` where there is more to say."""

    at: datetime
    icon: str
    who: str
    what: str
    was: str = ""
    now: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What ids in events are called; gathered once for all of them."""

    stages: Mapping[str, str]
    criteria: Mapping[str, str]
    tasks: Mapping[str, str]
    notes: Mapping[str, str]
    members: Mapping[str, str]
    companies: Mapping[str, str]
    reasons: Mapping[str, str]
    currency: str
    custom: Mapping[str, CustomField] = MappingProxyType({})


def timeline_of(
    deal: Deal, *, stages: list[Stage], criteria: list[ExitCriterion], tasks: list[Task]
) -> list[Entry]:
    """The latest events first, LIMIT at most. Events and notes in two queries; members, companies, reasons if named."""
    events = list(DealEvent.objects.filter(deal=deal).select_related("actor").order_by("-at", "-id")[:LIMIT])
    names = _names(deal, events, stages, criteria, tasks)
    return [entry_of(event, names) for event in events]


def _names(
    deal: Deal, events: list[DealEvent], stages: list[Stage], criteria: list[ExitCriterion], tasks: list[Task]
) -> Names:
    notes = {str(n.pk): n.body for n in Note.objects.filter(deal=deal, deleted_at=None)}
    owners = _edited_ids(events, "owner")
    companies = _edited_ids(events, "company")
    custom = custom_in(events)
    reasons = {str(event.data.get("reason")) for event in events if event.data.get("reason")}
    return Names(
        stages={str(stage.pk): stage.name for stage in stages},
        criteria={str(criterion.pk): criterion.name for criterion in criteria},
        tasks={str(task.pk): task.name for task in tasks},
        notes=notes,
        members=_by_id(Membership, owners | custom_members(events, custom), "display_name"),
        companies=_by_id(Company, companies, "name"),
        reasons=_by_id(LossReason, reasons, "name"),
        currency=deal.currency,
        custom=custom,
    )


def custom_in(events: Iterable[DealEvent]) -> dict[str, CustomField]:
    """The added fields of which the events speak, by name. No query where they speak of none."""
    return field_names(Subject.DEAL, {name for event in events for name in event.data.get("fields", {})})


def custom_members(events: Iterable[DealEvent], custom: Mapping[str, CustomField]) -> set[str]:
    """Ids of members that stand, or stood, in added fields."""
    names = [name for name, field in custom.items() if field.kind == FieldKind.MEMBER]
    return {ident for name in names for ident in _edited_ids(list(events), name)}


def _edited_ids(events: list[DealEvent], field: str) -> set[str]:
    found = set()
    for event in events:
        change = event.data.get("fields", {}).get(field, {})
        found |= {change.get("from"), change.get("to")}
    return {value for value in found if value}


def _by_id(model: Any, ids: set[str], column: str) -> dict[str, str]:
    if not ids:
        return {}
    rows = model.objects.filter(pk__in=[uuid.UUID(text) for text in ids]).values_list("pk", column)
    return {str(pk): name for pk, name in rows}


def entry_of(event: DealEvent, names: Names) -> Entry:
    data = event.data
    who = event.actor.display_name if event.actor else _("Automation")
    was = now = text = ""
    if event.kind in (EventKind.STAGE_CHANGED, EventKind.UNDONE):
        was, now = names.stages.get(data.get("from", ""), ""), names.stages.get(data.get("to", ""), "")
        text = data.get("override_reason", "")
    elif event.kind == EventKind.EDITED:
        was, now, text = _edited(data.get("fields", {}), names)
    elif event.kind == EventKind.CRITERION_CHECKED:
        text = names.criteria.get(data.get("criterion", ""), "")
    elif event.kind in (EventKind.TASK_ADDED, EventKind.TASK_DONE, EventKind.TASK_REOPENED):
        text = names.tasks.get(data.get("task", ""), "")
    elif event.kind == EventKind.TASKS_MADE:
        text = " · ".join(names.tasks[task] for task in data.get("tasks", []) if task in names.tasks)
    elif event.kind == EventKind.NOTE_ADDED:
        text = names.notes.get(data.get("note", ""), _("(deleted)"))
    elif event.kind == EventKind.LOST:
        text = names.reasons.get(data.get("reason", ""), "")
    elif event.kind in (EventKind.CREATED, EventKind.WON, EventKind.REOPENED):
        text = data.get("override_reason", "") or names.stages.get(data.get("stage", ""), "")
    return Entry(
        event.at, ICONS.get(EventKind(event.kind), "note"), who, what_of(event, names.custom), was, now, text
    )


def what_of(event: DealEvent, custom: Mapping[str, CustomField]) -> str:
    """What was done, as a clause after the name of who did it."""
    texts = {
        EventKind.CREATED: _("created the deal"),
        EventKind.STAGE_CHANGED: _("moved the deal"),
        EventKind.WON: _("marked the deal as won"),
        EventKind.LOST: _("marked the deal as lost"),
        EventKind.REOPENED: _("reopened the deal"),
        EventKind.UNDONE: _("undid the last move"),
        EventKind.EDITED: _edited_what(event.data.get("fields", {}), custom),
        EventKind.CRITERION_CHECKED: _("ticked a criterion")
        if event.data.get("met")
        else _("unticked a criterion"),
        EventKind.TASKS_MADE: _("made the stage's tasks"),
        EventKind.TASK_ADDED: _("added a task"),
        EventKind.TASK_DONE: _("finished a task"),
        EventKind.TASK_REOPENED: _("reopened a task"),
        EventKind.NOTE_ADDED: _("left a note"),
        EventKind.STALLED: _("noticed that the deal has stalled"),
        EventKind.DELETED: _("deleted the deal"),
        EventKind.RESTORED: _("restored the deal"),
    }
    return texts[EventKind(event.kind)]


def _edited_what(fields: Mapping[str, Any], custom: Mapping[str, CustomField]) -> str:
    single = {
        "amount": _("changed the amount"),
        "expected_close_date": _("changed the expected close date"),
        "owner": _("changed the owner"),
        "company": _("changed the company"),
        "name": _("renamed the deal"),
        "source": _("changed the source"),
        "snoozed_until": _("snoozed the deal"),
    }
    if len(fields) == 1 and next(iter(fields)) in custom:
        return _("changed “%(field)s”") % {"field": custom[next(iter(fields))].name}
    if len(fields) == 1:
        return single.get(next(iter(fields)), _("edited the deal"))
    return _("edited the deal")


def _edited(fields: Mapping[str, Any], names: Names) -> tuple[str, str, str]:
    """(was, now, text): one logged field reads as from → to; several read as a list."""
    shown = {
        field: (_shown(field, change.get("from"), names), _shown(field, change.get("to"), names))
        for field, change in fields.items()
        if change
    }
    if len(shown) == 1:
        was, now = next(iter(shown.values()))
        return was, now, ""
    return "", "", " · ".join(f"{was} → {now}" for was, now in shown.values())


def _shown(field: str, value: Any, names: Names) -> str:
    if value is None or value == "":
        return _("none")
    if field in names.custom:
        return words_of_json(names.custom[field], value, names.members) or _("none")
    if field == "amount":
        from decimal import Decimal

        return str(money_full(Decimal(value), names.currency))
    if field in ("expected_close_date", "snoozed_until"):
        return str(day_brief(date.fromisoformat(value)))
    if field == "owner":
        return names.members.get(value, "")
    if field == "company":
        return names.companies.get(value, "")
    return str(value)
