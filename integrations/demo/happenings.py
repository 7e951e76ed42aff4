"""What can happen to a deal in the demo, as plain data: who did what, when. `rows.py` writes it down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from contacts.models import Company, Contact
from pipeline.models import ExitCriterion, LossReason, Pipeline, Stage
from tenancy.models import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    at: datetime
    by: Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Created(Happening):
    stage: Stage
    name: str
    company: Company
    owner: Membership | None
    amount: Decimal | None
    expected_close_date: date | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited(Happening):
    """`changes`: field → new value, of the fields that `edit_deal` knows."""

    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Happening):
    to: Stage
    override: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked(Happening):
    criterion: ExitCriterion


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAdded(Happening):
    """`key` is unique in the deal."""

    key: str
    name: str
    due_on: date
    assignee: Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone(Happening):
    """`key`: of a task added by hand, or `entry_task_key` of one that a stage entry made."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Happening):
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Talked(Happening):
    kind: str
    direction: str
    subject: str
    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Happening):
    """Won with an override's reason, if one was needed; lost for `reason`, with a `note`."""

    outcome: str
    override: str = ""
    reason: LossReason | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """A deal from its creation on: `happenings` in order, no two at one moment."""

    pipeline: Pipeline
    contacts: Sequence[tuple[Contact, str]]
    happenings: Sequence[Happening]


def entry_task_key(visit: int, position: int) -> str:
    """Of the task at `position` among those that the deal's stage entry number `visit` (from 0) made."""
    return f"entry {visit}.{position}"
