"""Write what rows change of deals that are here already, set-based, with the events that the services would write."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import batched
from typing import Any

import pgtrigger
from django.db import connection

from core import clock
from core.ids import uuid7
from core.money import to_units
from deals.models import DealEvent, EventKind, Outcome, StageStay
from deals.services.edit_deal import UNLOGGED, loggable
from integrations.importing.copying import copy_to_temporary
from integrations.importing.custom import CustomFields, replace_values
from integrations.importing.directory import Directory
from integrations.importing.new_deals import CLOSED_RANK, closing_data, free_ranks
from integrations.importing.plan import Change
from pipeline.models import StageKind
from tenancy.scope import current_workspace_id, current_zone

COLUMNS = {
    "id": "uuid",
    "stage_id": "uuid",
    "name": "text",
    "company_id": "uuid",
    "owner_id": "uuid",
    "amount": "bigint",
    "currency": "text",
    "revenue_type": "text",
    "expected_close_date": "date",
    "outcome": "text",
    "loss_reason_id": "uuid",
    "source": "text",
    "rank": "text",
    "created_at": "timestamptz",
    "stage_entered_at": "timestamptz",
    "qualified_at": "timestamptz",
    "closed_at": "timestamptz",
    "closed_on": "date",
    "valid_from": "timestamptz",
}
HISTORY = "deals.Deal:update_update"
# Fields of which the history keeps versions.
TRACKED = {"owner", "amount", "currency", "expected_close_date", "closed_at"}
BATCH = 1000

DEALS = """
UPDATE deals_deal AS deal SET
    stage_id = change.stage_id, name = change.name, company_id = change.company_id, owner_id = change.owner_id,
    amount = change.amount, currency = change.currency, revenue_type = change.revenue_type,
    expected_close_date = change.expected_close_date, outcome = change.outcome,
    loss_reason_id = change.loss_reason_id, source = change.source, rank = coalesce(change.rank, deal.rank),
    created_at = change.created_at, stage_entered_at = change.stage_entered_at, qualified_at = change.qualified_at, closed_at = change.closed_at,
    closed_on = change.closed_on, version = deal.version + 1
FROM import_change AS change
WHERE deal.id = change.id AND deal.workspace_id = %s
"""
# A version is valid from the file's date, but never from before the last one: the latest must stay the latest.
VERSIONS = """
INSERT INTO deals_dealversion (
    workspace_id, pgh_obj_id, pgh_label, pgh_created_at, pipeline_id, stage_id, owner_id, amount, currency,
    expected_close_date, outcome, closed_on, deleted_at)
SELECT deal.workspace_id, deal.id, 'update', greatest(change.valid_from, last.valid_from), deal.pipeline_id,
    deal.stage_id, deal.owner_id, deal.amount, deal.currency, deal.expected_close_date, deal.outcome, deal.closed_on,
    deal.deleted_at
FROM import_change AS change
JOIN deals_deal AS deal ON deal.id = change.id AND deal.workspace_id = %(workspace)s
CROSS JOIN LATERAL (
    SELECT max(version.pgh_created_at) AS valid_from FROM deals_dealversion AS version
    WHERE version.workspace_id = %(workspace)s AND version.pgh_obj_id = deal.id) AS last
WHERE change.valid_from IS NOT NULL
"""


def write_changes(
    changes: Sequence[Change], *, directory: Directory, custom: CustomFields, now: datetime, automate: bool
) -> None:
    """Deals, added fields, stays, versions and events of deals that the caller holds. Inside the workspace's transaction."""
    writer = _Writer(directory, custom, now, automate, _stays_of(changes))
    ranks_of = free_ranks([change.placed for change in changes if change.moves and not change.closes])
    rows = [writer.row(change, ranks_of) for change in changes]
    with connection.cursor() as cursor:
        copy_to_temporary(cursor, "import_change", COLUMNS, rows)
        cursor.execute("ANALYZE import_change")
        with pgtrigger.ignore(HISTORY, databases=["default"]):
            cursor.execute(DEALS, [current_workspace_id()])
        cursor.execute(VERSIONS, {"workspace": current_workspace_id()})
    replace_values(custom, [(change.found.id, change.custom) for change in changes])
    StageStay.objects.bulk_update(writer.changed, ["entered_at", "left_at"], batch_size=BATCH)
    StageStay.objects.bulk_create(writer.begun, batch_size=BATCH)
    DealEvent.objects.bulk_create(writer.events, batch_size=BATCH)


def _stays_of(changes: Sequence[Change]) -> dict[uuid.UUID, list[StageStay]]:
    """The stays of the deals that go on or close, in their order."""
    ids = [
        change.found.id for change in changes if change.moves or change.closes or "closed_at" in change.edits
    ]
    stays: dict[uuid.UUID, list[StageStay]] = {}
    for batch in batched(ids, BATCH):
        for stay in StageStay.objects.filter(deal_id__in=batch, voided_at=None).order_by("entered_at", "id"):
            stays.setdefault(stay.deal_id, []).append(stay)
    return stays


@dataclass(slots=True)
class _Course:
    """Where and when the deal is, while its change is worked out. `valid_from`: None without a new version."""

    stage: uuid.UUID
    outcome: str
    created_at: datetime
    entered_at: datetime
    qualified_at: datetime | None
    closed_at: datetime | None
    closed_on: date | None
    rank: str | None = None
    valid_from: datetime | None = None


class _Writer:
    """Gives the rows of the temporary table, and collects stays and events on the way."""

    def __init__(
        self,
        directory: Directory,
        custom: CustomFields,
        now: datetime,
        automate: bool,
        stays: dict[uuid.UUID, list[StageStay]],
    ) -> None:
        self._directory = directory
        self._custom = custom
        self._now = now
        self._automate = automate
        self._stays = stays
        self.changed: list[StageStay] = []
        self.begun: list[StageStay] = []
        self.events: list[DealEvent] = []

    def row(self, change: Change, ranks_of: dict[uuid.UUID, Iterator[str]]) -> tuple[Any, ...]:
        found = change.found
        old = _old_values(change)
        new = old | self._said(change)
        logged = _logged(change.edits, old, new) | self._custom.logged(change.custom, found)
        if logged:
            self._note(change, EventKind.EDITED, self._now, {"fields": logged})
        course = self._course(change, ranks_of)
        amount: Decimal | None = new["amount"]
        return (
            found.id,
            course.stage,
            new["name"],
            new["company"],
            new["owner"],
            None if amount is None else to_units(amount),
            new["currency"],
            new["revenue_type"],
            new["expected_close_date"],
            course.outcome,
            new["loss_reason"],
            new["source"],
            course.rank,
            course.created_at,
            course.entered_at,
            course.qualified_at,
            course.closed_at,
            course.closed_on,
            course.valid_from,
        )

    def _said(self, change: Change) -> dict[str, Any]:
        row, directory = change.placed.row, self._directory
        said = {
            "name": row.name,
            "company": directory.company(row.company),
            "owner": directory.owner(row.owner),
            "amount": row.amount,
            "currency": row.currency,
            "revenue_type": row.revenue_type,
            "expected_close_date": row.expected_close_date,
            "source": row.source,
            "loss_reason": directory.loss_reason(row.loss_reason),
            "closed_at": row.closed_at,
        }
        is_lost = change.closes and row.outcome == Outcome.LOST
        return {
            name: value
            for name, value in said.items()
            if name in change.edits or (name == "loss_reason" and is_lost)
        }

    # What happens to the deal: it goes on, it closes, or its closing is put right -------------------------------

    def _course(self, change: Change, ranks_of: dict[uuid.UUID, Iterator[str]]) -> _Course:
        found, row = change.found, change.placed.row
        course = _Course(
            stage=found.stage_id,
            outcome=found.outcome,
            created_at=found.created_at,
            entered_at=found.stage_entered_at,
            qualified_at=found.qualified_at,
            closed_at=found.closed_at,
            closed_on=found.closed_on,
            valid_from=self._now if TRACKED & set(change.edits) else None,
        )
        if change.moves or change.closes:
            self._begin_earlier(change, course)
        if change.moves:
            self._move(change, course)
            course.rank = CLOSED_RANK if change.closes else next(ranks_of[course.stage])
        if change.closes:
            self._close(change, course)
        elif "closed_at" in change.edits and row.closed_at is not None:
            stay = self._stays[found.id][-1]
            course.closed_at = stay.left_at = max(row.closed_at, found.stage_entered_at)
            course.closed_on = row.closed_on
            self.changed.append(stay)
        return course

    def _begin_earlier(self, change: Change, course: _Course) -> None:
        """A deal that came in without a date began at its import. Now the file knows better."""
        row, stays = change.placed.row, self._stays[change.found.id]
        moments = [m for m in (row.created_at, row.stage_entered_at, row.closed_at) if m is not None]
        if moments and len(stays) == 1 and min(moments) < course.entered_at:
            stays[0].entered_at = course.entered_at = min(moments)
            course.created_at = min(course.created_at, course.entered_at)
            if course.qualified_at is not None:
                course.qualified_at = course.entered_at

    def _move(self, change: Change, course: _Course) -> None:
        row, stage = change.placed.row, change.placed.stage
        # Without a date of its own, a deal that closes had reached its stage by then.
        moment = max(row.stage_entered_at or row.closed_at or self._now, course.entered_at)
        left = self._stays[change.found.id][-1]
        left.left_at = moment
        self.changed.append(left)
        stay = StageStay(
            id=uuid7(),
            deal_id=change.found.id,
            stage=stage,
            entered_at=moment,
            alerted_at=None if self._automate else self._now,
        )
        self.begun.append(stay)
        self._stays[change.found.id].append(stay)
        course.stage, course.entered_at, course.valid_from = stage.pk, moment, moment
        if course.qualified_at is None and stage.kind == StageKind.OPEN:
            course.qualified_at = moment
        data = {"from": str(change.found.stage_id), "to": str(stage.pk)}
        self._note(change, EventKind.STAGE_CHANGED, moment, data, stay)

    def _close(self, change: Change, course: _Course) -> None:
        row = change.placed.row
        moment = max(row.closed_at or self._now, course.entered_at)
        stay = self._stays[change.found.id][-1]
        stay.left_at = moment
        if not change.moves:
            self.changed.append(stay)
        reason = self._directory.loss_reason(row.loss_reason) if row.outcome == Outcome.LOST else None
        course.outcome, course.closed_at, course.valid_from = row.outcome, moment, moment
        # The file's day counts, even where a later stay here has moved the moment.
        course.closed_on = row.closed_on or clock.local_date(moment, current_zone())
        self._note(change, row.outcome, moment, json.loads(closing_data(stay.stage_id, reason)), stay)

    def _note(
        self, change: Change, kind: str, at: datetime, data: dict[str, Any], stay: StageStay | None = None
    ) -> None:
        self.events.append(
            DealEvent(
                deal_id=change.found.id,
                stay=stay,
                kind=kind,
                at=at,
                data=data,
                dispatched_at=None if self._automate else at,
            )
        )


def _old_values(change: Change) -> dict[str, Any]:
    found = change.found
    return {
        "name": found.name,
        "company": found.company_id,
        "owner": found.owner_id,
        "amount": found.amount,
        "currency": found.currency,
        "revenue_type": found.revenue_type,
        "expected_close_date": found.expected_close_date,
        "source": found.source,
        "loss_reason": found.loss_reason_id,
        "closed_at": found.closed_at,
    }


def _logged(edits: Sequence[str], old: dict[str, Any], new: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """As `edit_deal` writes it: ids as text, and no free texts."""
    return {
        name: {} if name in UNLOGGED else {"from": _loggable(old[name]), "to": _loggable(new[name])}
        for name in edits
    }


def _loggable(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else loggable(value)
