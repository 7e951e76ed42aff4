"""The demo's rows, and their way into the database: by COPY, because that takes a third of bulk_create's time."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from random import Random
from typing import Any

import pgtrigger
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import AutoField, Model

from automation.models import Notification, StallAlert
from contacts.models import Company, Contact
from core import ranks
from core.ids import uuid7
from deals.models import (
    Activity,
    ActivityParticipant,
    CriterionCheck,
    Deal,
    DealContact,
    DealEvent,
    DealVersion,
    Note,
    StageStay,
    Task,
)
from integrations.importing.copying import copy_to_temporary
from integrations.importing.new_deals import CLOSED_RANK, HISTORY
from tenancy.models import Membership


@dataclass(slots=True)
class Rows:
    """In the order of insertion: each table refers to those before it."""

    companies: list[Company] = field(default_factory=list)
    people: list[Contact] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    versions: list[DealVersion] = field(default_factory=list)
    contacts: list[DealContact] = field(default_factory=list)
    stays: list[StageStay] = field(default_factory=list)
    events: list[DealEvent] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    checks: list[CriterionCheck] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    participants: list[ActivityParticipant] = field(default_factory=list)
    alerts: list[StallAlert] = field(default_factory=list)
    notices: list[Notification] = field(default_factory=list)

    def insert(self) -> None:
        """Into the workspace entered. Versions keep their own moments, which bulk_create would overwrite."""
        # The trigger would date every deal's first version alike; ours come along.
        with connection.cursor() as cursor, pgtrigger.ignore(HISTORY, databases=["default"]):
            for table in fields(self):
                _copy(cursor, getattr(self, table.name))


def _copy(cursor: CursorWrapper, rows: Sequence[Model]) -> None:
    """Insert rows of one model by way of a temporary table; row-level security checks them on their way out of it."""
    if not rows:
        return
    meta = type(rows[0])._meta
    # What has no value yet is the database's to fill in.
    own = [
        column
        for column in meta.local_concrete_fields
        if not (column.has_db_default() or column.generated or isinstance(column, AutoField))
    ]
    columns = {str(column.column): str(column.db_type(connection)) for column in own}
    names, temporary = ", ".join(columns), f"demo_{meta.db_table}"
    values = ([_text(column.get_prep_value(getattr(row, column.attname))) for column in own] for row in rows)
    copy_to_temporary(cursor, temporary, columns, values)
    cursor.execute(f"INSERT INTO {meta.db_table} ({names}) SELECT {names} FROM {temporary}")  # noqa: S608 - our own names


def _text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value


def past_event(
    deal_id: uuid.UUID,
    kind: str,
    at: datetime,
    data: Mapping[str, Any],
    stay: StageStay | None = None,
    *,
    actor: Membership | None = None,
) -> DealEvent:
    """An event that has had its effects: nothing follows from it a second time."""
    return DealEvent(
        id=uuid7(),
        deal_id=deal_id,
        stay_id=stay.pk if stay else None,
        kind=kind,
        actor_id=actor.pk if actor else None,
        at=at,
        data=data,
        dispatched_at=at,
    )


def rank_deals(deals: list[Deal], *, random: Random) -> None:
    """Places in the columns, as many hands have left them; off the board a rank says nothing."""
    columns: dict[uuid.UUID, list[Deal]] = defaultdict(list)
    for deal in deals:
        deal.rank = CLOSED_RANK
        if deal.is_open:
            columns[deal.stage_id].append(deal)
    for column in columns.values():
        random.shuffle(column)
        for deal, rank in zip(column, ranks.spread(len(column)), strict=True):
            deal.rank = rank
