"""Write new deals with their stays, events and versions: one statement for each table, however many rows.

The set-based sibling of `create_deal`: what it writes of one deal, this writes of all.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import pgtrigger
from django.db import connection
from uuid_utils import uuid7  # as text alone: a third of the time of core.ids

from core import ranks
from core.money import to_units
from deals.models import Deal, Outcome
from deals.models.deal import ON_BOARD, RevenueType
from integrations.importing.copying import copy_to_temporary
from integrations.importing.directory import Directory
from integrations.importing.plan import Placed
from pipeline.models import StageKind
from tenancy.scope import current_workspace_id

COLUMNS = {
    "id": "uuid",
    "stay_id": "uuid",
    "created_event_id": "uuid",
    "closed_event_id": "uuid",
    "pipeline_id": "uuid",
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
    "external_source": "text",
    "external_id": "text",
    "closed_data": "jsonb",
}
TABLE = "import_deal"
OPEN, LEAD, ONE_OFF = Outcome.OPEN.value, StageKind.LEAD.value, RevenueType.ONE_OFF.value
HISTORY = "deals.Deal:insert_insert"  # the trigger that writes a deal's first version, valid from one moment for all

DEALS = """
INSERT INTO deals_deal (
    id, workspace_id, pipeline_id, stage_id, name, company_id, owner_id, amount, currency, revenue_type,
    expected_close_date, outcome, loss_reason_id, loss_note, source, rank, version, stage_entered_at, qualified_at,
    closed_at, closed_on, created_at, external_source, external_id)
SELECT id, %s, pipeline_id, stage_id, name, company_id, owner_id, amount, currency, revenue_type,
    expected_close_date, outcome, loss_reason_id, '', source, rank, 1, stage_entered_at, qualified_at,
    closed_at, closed_on, created_at, external_source, external_id
FROM import_deal
"""
# Alerted: a deal that comes in stalled is no news, unless the import is to start the automation.
STAYS = """
INSERT INTO deals_stagestay (id, workspace_id, deal_id, stage_id, entered_at, left_at, override_reason, alerted_at)
SELECT stay_id, %(workspace)s, id, stage_id, stage_entered_at, closed_at, '',
    CASE WHEN closed_at IS NULL AND NOT %(automate)s THEN %(now)s::timestamptz END
FROM import_deal
"""
CREATED = """
INSERT INTO deals_dealevent (id, workspace_id, deal_id, stay_id, kind, at, data, dispatched_at)
SELECT created_event_id, %(workspace)s, id, stay_id, 'created', created_at,
    jsonb_build_object('stage', stage_id), CASE WHEN closed_at IS NOT NULL OR NOT %(automate)s THEN created_at END
FROM import_deal
"""
CLOSED = """
INSERT INTO deals_dealevent (id, workspace_id, deal_id, stay_id, kind, at, data, dispatched_at)
SELECT closed_event_id, %(workspace)s, id, stay_id, outcome, closed_at, closed_data, closed_at
FROM import_deal WHERE closed_at IS NOT NULL
"""
VERSIONS = """
INSERT INTO deals_dealversion (
    workspace_id, pgh_obj_id, pgh_label, pgh_created_at, pipeline_id, stage_id, owner_id, amount, currency,
    expected_close_date, outcome, closed_on)
SELECT %(workspace)s, id, 'insert', created_at, pipeline_id, stage_id, owner_id, amount, currency,
    expected_close_date, 'open', NULL
FROM import_deal
"""
# On the days before its closing a closed deal reads as open.
CLOSING_VERSIONS = """
INSERT INTO deals_dealversion (
    workspace_id, pgh_obj_id, pgh_label, pgh_created_at, pipeline_id, stage_id, owner_id, amount, currency,
    expected_close_date, outcome, closed_on)
SELECT %(workspace)s, id, 'update', closed_at, pipeline_id, stage_id, owner_id, amount, currency,
    expected_close_date, outcome, closed_on
FROM import_deal WHERE closed_at IS NOT NULL
"""


def write_new_deals(
    placed: Sequence[Placed],
    *,
    directory: Directory,
    source: str,
    now: datetime,
    automate: bool,
    on_step: Callable[[int], None],
) -> None:
    """Inside the workspace's transaction. `on_step` hears how many rows, of all steps together, are done."""
    count = len(placed)
    rows = _rows(placed, directory, source, now)
    parameters: dict[str, Any] = {"workspace": current_workspace_id(), "now": now, "automate": automate}
    with connection.cursor() as cursor:
        copy_to_temporary(cursor, TABLE, COLUMNS, rows, on_batch=on_step)
        with pgtrigger.ignore(HISTORY, databases=["default"]):
            cursor.execute(DEALS, [current_workspace_id()])
        for step, statement in enumerate((STAYS, CREATED, CLOSED, VERSIONS, CLOSING_VERSIONS), 2):
            on_step(count * step)
            cursor.execute(statement, parameters)
        on_step(count * 7)


def _rows(
    placed: Sequence[Placed], directory: Directory, source: str, now: datetime
) -> Iterator[tuple[Any, ...]]:
    ranks_of = free_ranks([item for item in placed if item.row.outcome == OPEN])
    # Few ids and moments stand in many rows: their text is made once.
    text, data = cache(str), cache(closing_data)
    for item in placed:
        row, stage = item.row, item.stage
        entered = row.stage_entered_at or row.created_at or row.closed_at or now
        reason = directory.loss_reason(row.loss_reason) if row.loss_reason else None
        company, owner = directory.company(row.company), directory.owner(row.owner)
        item.deal_id = uuid7()
        yield (
            item.deal_id,
            uuid7(),
            uuid7(),
            uuid7() if row.closed_at else None,
            text(item.pipeline.pk),
            text(stage.pk),
            row.name,
            company and text(company),
            owner and text(owner),
            None if row.amount is None else to_units(row.amount),
            row.currency,
            row.revenue_type or ONE_OFF,
            row.expected_close_date,
            row.outcome,
            reason and text(reason),
            row.source,
            # Off the board a rank says nothing; reopening gives a fresh one.
            next(ranks_of[stage.pk]) if row.outcome == OPEN else CLOSED_RANK,
            text(row.created_at or entered),
            text(entered),
            None if stage.kind == LEAD else text(entered),
            row.closed_at and text(row.closed_at),
            row.closed_on,
            source if row.external_id else "",
            row.external_id or None,
            data(stage.pk, reason) if row.closed_at else None,
        )


CLOSED_RANK = ranks.between(None, None)


def closing_data(stage: uuid.UUID, reason: uuid.UUID | None) -> str:
    return json.dumps({"stage": str(stage)} | ({"reason": str(reason)} if reason else {}))


def free_ranks(placed: Sequence[Placed]) -> dict[uuid.UUID, Iterator[str]]:
    """For each stage, ranks below its lowest card, in file order."""
    counts: dict[uuid.UUID, int] = {}
    for item in placed:
        counts[item.stage.pk] = counts.get(item.stage.pk, 0) + 1
    return {stage: iter(_ranks_below(stage, count)) for stage, count in counts.items()}


def _ranks_below(stage: uuid.UUID, count: int) -> list[str]:
    column = Deal.objects.filter(ON_BOARD, stage_id=stage)
    last = column.order_by("-rank").values_list("rank", flat=True).first()
    if last is None:
        return ranks.spread(count)
    # A prefix of its own behind the lowest card, then even steps: nobody who drops a card meanwhile meets these.
    prefix = ranks.between(last, None)
    return [prefix + rank for rank in ranks.spread(count)]
