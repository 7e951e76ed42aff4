"""The meetings and the departments that an approval passes: written, taken away, brought back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import InvalidInput, NotFound, StaleVersion
from deals.models import Deal
from deals.services.checks import checked_date, checked_text
from deals.services.placing import lock_deal
from strategy.models import ApprovalDepartment, ApprovalMeeting, IfMissed, Tool
from strategy.services.approval import checked_choice, checked_days
from strategy.services.record import record_work
from tenancy.permissions import Actor, Permission

MAX_LINES = 20
MAX_NAME = 120

type Line = ApprovalMeeting | ApprovalDepartment


@dataclass(frozen=True, slots=True)
class Meeting:
    """`papers_due`: None where papers may come on the day itself; `missed_days`: working days of the other ways."""

    name: str
    on: date | None
    papers_due: date | None = None
    if_missed: str = ""
    next_on: date | None = None
    missed_days: int = 5


@dataclass(frozen=True, slots=True)
class Department:
    name: str
    days: int = 3


@transaction.atomic
def write_line(
    *,
    deal_id: uuid.UUID,
    values: Meeting | Department,
    actor: Actor,
    line_id: uuid.UUID | None = None,
    expected_version: int | None = None,
) -> Line:
    """A new meeting or department, or another content for that of `line_id`.

    Raises StaleVersion with the line as it is, InvalidInput with the field, NotAllowed, NotFound.
    """
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    model = ApprovalMeeting if isinstance(values, Meeting) else ApprovalDepartment
    if line_id is None:
        _check_room(model, deal)
        line: Line = model(deal=deal, version=0)
    else:
        line = _found(model, deal, line_id)
        if expected_version is not None and expected_version != line.version:
            raise StaleVersion(current=line)
    checked = _checked_meeting(values) if isinstance(values, Meeting) else _checked_department(values)
    if line.version and all(getattr(line, name) == value for name, value in checked.items()):
        return line
    for name, value in checked.items():
        setattr(line, name, value)
    return _saved(line, deal, actor)


@transaction.atomic
def remove_line(*, deal_id: uuid.UUID, line_id: uuid.UUID, kind: type[Line], actor: Actor) -> Line:
    """Out of sight and out of the count; `restore_line` brings it back. Removing it twice is once."""
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    line = _found(kind, deal, line_id, removed=None)
    if line.removed_at is not None:
        return line
    line.removed_at = clock.now()
    return _saved(line, deal, actor)


@transaction.atomic
def restore_line(*, deal_id: uuid.UUID, line_id: uuid.UUID, kind: type[Line], actor: Actor) -> Line:
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    line = _found(kind, deal, line_id, removed=None)
    if line.removed_at is None:
        return line
    _check_room(kind, deal)
    line.removed_at = None
    return _saved(line, deal, actor)


def _saved(line: Line, deal: Deal, actor: Actor) -> Line:
    line.by, line.at = actor.member, clock.now()
    line.version += 1
    line.save()
    record_work(deal, Tool.APPROVAL, actor)
    return line


def _found(model: type[Any], deal: Deal, line_id: uuid.UUID, *, removed: bool | None = False) -> Any:
    rows = model.objects.filter(deal=deal, pk=line_id)
    line = rows.filter(removed_at=None).first() if removed is False else rows.first()
    if line is None:
        raise NotFound
    return line


def _check_room(model: type[Any], deal: Deal) -> None:
    if model.objects.filter(deal=deal, removed_at=None).count() >= MAX_LINES:
        raise InvalidInput.of(
            "name",
            _("At most %(max)s of them fit here. Take one away first.") % {"max": MAX_LINES},
            "too_many",
        )


def _checked_name(name: str) -> str:
    name = checked_text(" ".join(name.split()), "name", MAX_NAME)
    if not name:
        raise InvalidInput.of("name", _("Give it a name."), "required")
    return name


def _checked_department(values: Department) -> dict[str, Any]:
    return {"name": _checked_name(values.name), "days": checked_days("days", values.days)}


def _checked_meeting(values: Meeting) -> dict[str, Any]:
    on, due = checked_date(values.on, "on"), checked_date(values.papers_due, "papers_due")
    next_on = checked_date(values.next_on, "next_on")
    if on is None:
        raise InvalidInput.of("on", _("Give the day of the meeting."), "required")
    if due and due > on:
        raise InvalidInput.of("papers_due", _("This is after the meeting."), "invalid")
    if next_on and next_on <= on:
        raise InvalidInput.of("next_on", _("The next one lies after this one."), "invalid")
    return {
        "name": _checked_name(values.name),
        "on": on,
        "papers_due": due,
        "if_missed": checked_choice(IfMissed.values)("if_missed", values.if_missed),
        "next_on": next_on,
        "missed_days": checked_days("missed_days", values.missed_days),
    }
