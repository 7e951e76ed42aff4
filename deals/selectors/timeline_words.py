"""How the rows of a deal's story read: who, what, from → to."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.formats import day_brief, money_full
from core.markdown import markdown
from deals.models import Activity, DealEvent, EventKind, Note
from deals.models.activity import ActivityKind, Direction
from deals.models.deal import RevenueType
from deals.selectors.timeline_names import Names
from fields.selectors.values import words_of_json
from tenancy.permissions import Actor

ICONS = {
    EventKind.CREATED: "plus",
    EventKind.STAGE_CHANGED: "move",
    EventKind.WON: "trophy",
    EventKind.LOST: "ban",
    EventKind.REOPENED: "undo",
    EventKind.UNDONE: "undo",
    EventKind.EDITED: "edit",
    EventKind.CRITERION_CHECKED: "check",
    EventKind.TASKS_MADE: "robot",
    EventKind.TASK_ADDED: "task",
    EventKind.TASK_DONE: "day",
    EventKind.TASK_REOPENED: "undo",
    EventKind.NOTE_DELETED: "trash",
    EventKind.NOTE_RESTORED: "undo",
    EventKind.ACTIVITY_DELETED: "trash",
    EventKind.ACTIVITY_RESTORED: "undo",
    EventKind.PERSON_ADDED: "user",
    EventKind.PERSON_REMOVED: "user",
    EventKind.PERSON_ROLE: "user",
    EventKind.TAG_ADDED: "tag",
    EventKind.TAG_REMOVED: "tag",
    EventKind.FILE_ADDED: "file",
    EventKind.FILE_DELETED: "trash",
    EventKind.FILE_RESTORED: "undo",
    EventKind.STALLED: "stall",
    EventKind.DELETED: "x",
    EventKind.RESTORED: "undo",
}
ACTIVITY_ICONS = {
    ActivityKind.CALL: "phone",
    ActivityKind.MEETING: "cal",
    ActivityKind.EMAIL: "mail",
    ActivityKind.MESSAGE: "chat",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the story. `was` → `now` where something changed; `text` where there is more to say.

    `html`: what somebody wrote, safe to show. `kind` "note" and "activity" have an `id` and may be the reader's `own`.
    """

    at: datetime
    icon: str
    who: str
    what: str
    was: str = ""
    now: str = ""
    text: str = ""
    html: SafeString = field(default_factory=SafeString)
    kind: str = "event"
    id: uuid.UUID | None = None
    own: bool = False
    edited_at: datetime | None = None
    with_whom: str = ""
    reason: str = ""


def entry_of_note(note: Note, names: Names, actor: Actor) -> Entry:
    return Entry(
        at=note.created_at,
        icon="note",
        who=note.author.display_name if note.author else _("Automation"),
        what=_("left a note"),
        html=markdown(note.body, names.called),
        kind="note",
        id=note.pk,
        own=note.author_id == actor.member_id,
        edited_at=note.edited_at,
    )


def entry_of_activity(activity: Activity, actor: Actor) -> Entry:
    people = [part.contact.name for part in activity.participants.all()]
    return Entry(
        at=activity.occurred_at,
        icon=ACTIVITY_ICONS.get(ActivityKind(activity.kind), "chat"),
        who=activity.member.display_name if activity.member else _("Automation"),
        what=_activity_what(activity),
        text=activity.subject,
        html=markdown(activity.body),
        kind="activity",
        id=activity.pk,
        own=activity.member_id == actor.member_id,
        edited_at=activity.edited_at,
        with_whom=", ".join(sorted(people)),
    )


def _activity_what(activity: Activity) -> str:
    words = {
        (ActivityKind.CALL, Direction.TO_BUYER): _("called the buyer, who was not reached"),
        (ActivityKind.CALL, Direction.FROM_BUYER): _("was called by the buyer"),
        (ActivityKind.CALL, Direction.BOTH): _("talked with the buyer by phone"),
        (ActivityKind.MEETING, Direction.TO_BUYER): _("offered the buyer a meeting"),
        (ActivityKind.MEETING, Direction.FROM_BUYER): _("was asked for a meeting by the buyer"),
        (ActivityKind.MEETING, Direction.BOTH): _("met the buyer"),
        (ActivityKind.EMAIL, Direction.TO_BUYER): _("sent the buyer an e-mail"),
        (ActivityKind.EMAIL, Direction.FROM_BUYER): _("got an e-mail from the buyer"),
        (ActivityKind.EMAIL, Direction.BOTH): _("exchanged e-mails with the buyer"),
        (ActivityKind.MESSAGE, Direction.TO_BUYER): _("sent the buyer a message"),
        (ActivityKind.MESSAGE, Direction.FROM_BUYER): _("got a message from the buyer"),
        (ActivityKind.MESSAGE, Direction.BOTH): _("exchanged messages with the buyer"),
    }
    return words[ActivityKind(activity.kind), Direction(activity.direction)]


def entry_of_event(event: DealEvent, names: Names) -> Entry:
    who = event.actor.display_name if event.actor else _("Automation")
    if told := names.told.get(event.pk):
        return Entry(event.at, told.icon, told.who or who, told.what, text=told.text)
    was, now, text = _detail(event, names)
    reason = event.data.get("override_reason", "")
    icon = ICONS.get(EventKind(event.kind), "edit")
    return Entry(event.at, icon, who, what_of(event, names), was, now, text, reason=reason)


def _detail(event: DealEvent, names: Names) -> tuple[str, str, str]:
    """(was, now, text) of an event."""
    data = event.data
    if event.kind in (EventKind.STAGE_CHANGED, EventKind.UNDONE):
        return names.of("stages", data.get("from")), names.of("stages", data.get("to")), ""
    if event.kind == EventKind.EDITED:
        return _edited(data.get("fields", {}), names)
    if event.kind == EventKind.TASKS_MADE:
        made = [names.of("tasks", task) for task in data.get("tasks", [])]
        return "", "", " · ".join(name for name in made if name)
    kind, place = TEXTS.get(EventKind(event.kind), ("", ""))
    return "", "", names.of(kind, data.get(place)) if kind else ""


TEXTS = {
    EventKind.CREATED: ("stages", "stage"),
    EventKind.WON: ("stages", "stage"),
    EventKind.REOPENED: ("stages", "stage"),
    EventKind.LOST: ("reasons", "reason"),
    EventKind.CRITERION_CHECKED: ("criteria", "criterion"),
    EventKind.TASK_ADDED: ("tasks", "task"),
    EventKind.TASK_DONE: ("tasks", "task"),
    EventKind.TASK_REOPENED: ("tasks", "task"),
    EventKind.PERSON_ADDED: ("contacts", "contact"),
    EventKind.PERSON_REMOVED: ("contacts", "contact"),
    EventKind.PERSON_ROLE: ("contacts", "contact"),
    EventKind.TAG_ADDED: ("tags", "tag"),
    EventKind.TAG_REMOVED: ("tags", "tag"),
    EventKind.FILE_ADDED: ("files", "file"),
    EventKind.FILE_DELETED: ("files", "file"),
    EventKind.FILE_RESTORED: ("files", "file"),
}


def what_of(event: DealEvent, names: Names) -> str:
    """What was done, as a clause after the name of who did it."""
    kind = EventKind(event.kind)
    if kind == EventKind.EDITED:
        return _edited_what(event.data.get("fields", {}), names)
    if kind == EventKind.CRITERION_CHECKED:
        return _("ticked a criterion") if event.data.get("met") else _("unticked a criterion")
    if kind == EventKind.STAGE_CHANGED and event.data.get("override_reason"):
        return _("moved the deal without the criteria")
    return DONE[kind]()


DONE: dict[EventKind, Callable[[], str]] = {
    EventKind.CREATED: lambda: _("created the deal"),
    EventKind.STAGE_CHANGED: lambda: _("moved the deal"),
    EventKind.WON: lambda: _("marked the deal as won"),
    EventKind.LOST: lambda: _("marked the deal as lost"),
    EventKind.REOPENED: lambda: _("reopened the deal"),
    EventKind.UNDONE: lambda: _("undid the last move"),
    EventKind.TASKS_MADE: lambda: _("made the stage's tasks"),
    EventKind.TASK_ADDED: lambda: _("added a task"),
    EventKind.TASK_DONE: lambda: _("finished a task"),
    EventKind.TASK_REOPENED: lambda: _("reopened a task"),
    EventKind.NOTE_ADDED: lambda: _("left a note"),
    EventKind.NOTE_EDITED: lambda: _("edited a note"),
    EventKind.NOTE_DELETED: lambda: _("deleted a note"),
    EventKind.NOTE_RESTORED: lambda: _("brought a note back"),
    EventKind.ACTIVITY_LOGGED: lambda: _("logged a contact with the buyer"),
    EventKind.ACTIVITY_EDITED: lambda: _("edited a contact with the buyer"),
    EventKind.ACTIVITY_DELETED: lambda: _("deleted a contact with the buyer"),
    EventKind.ACTIVITY_RESTORED: lambda: _("brought a contact with the buyer back"),
    EventKind.PERSON_ADDED: lambda: _("added a person"),
    EventKind.PERSON_REMOVED: lambda: _("took a person off the deal"),
    EventKind.PERSON_ROLE: lambda: _("changed a person's role"),
    EventKind.TAG_ADDED: lambda: _("added a tag"),
    EventKind.TAG_REMOVED: lambda: _("removed a tag"),
    EventKind.FILE_ADDED: lambda: _("added a file"),
    EventKind.FILE_DELETED: lambda: _("deleted a file"),
    EventKind.FILE_RESTORED: lambda: _("brought a file back"),
    EventKind.STALLED: lambda: _("noticed that the deal has stalled"),
    EventKind.DELETED: lambda: _("deleted the deal"),
    EventKind.RESTORED: lambda: _("restored the deal"),
    EventKind.STRATEGY: lambda: _("worked on the deal's strategy"),
}


def _edited_what(fields: Mapping[str, Any], names: Names) -> str:
    single = {
        "amount": _("changed the amount"),
        "currency": _("changed the currency"),
        "revenue_type": _("changed the kind of revenue"),
        "expected_close_date": _("changed the expected close date"),
        "owner": _("changed the owner"),
        "company": _("changed the company"),
        "name": _("renamed the deal"),
        "source": _("changed the source"),
        "snoozed_until": _("snoozed the deal"),
    }
    if len(fields) == 1 and next(iter(fields)) in names.custom:
        return _("changed “%(field)s”") % {"field": names.custom[next(iter(fields))].name}
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
        return words_of_json(names.custom[field], value, names.by_kind.get("members", {})) or _("none")
    if field == "amount":
        return str(money_full(Decimal(value), names.currency))
    if field in ("expected_close_date", "snoozed_until"):
        return str(day_brief(date.fromisoformat(value)))
    if field == "owner":
        return names.of("members", value)
    if field == "company":
        return names.of("companies", value)
    if field == "revenue_type" and value in RevenueType.values:
        return str(RevenueType(value).label)
    return str(value)
