"""What has changed in the workspace since a reader's last look."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from core import clock
from tenancy.models.change import DESIGN, NAMES
from tenancy.scope import current_scope

# A cursor: when it was taken, and what PostgreSQL had committed then ("1764540000.812:815:813").
CURSOR = re.compile(r"(\d{1,12})\.(\d{1,19}:\d{1,19}:(?:\d{1,19}(?:,\d{1,19})*)?)", re.ASCII)
KEPT_SECONDS = 600
MOST_DEALS = 200

# Visible now, and not visible then: exactly what is new, whatever the order of the commits. The first condition is for the index.
SINCE_SQL = """
SELECT pg_current_snapshot()::text, change.kind, change.deal_id, change.pipeline_id, change.stage_id,
    change.from_stage_id, change.actor_id, change.origin
FROM (SELECT) AS one LEFT JOIN LATERAL (
    SELECT * FROM tenancy_change
    WHERE workspace_id = %(workspace)s AND xid >= pg_snapshot_xmin(%(since)s::pg_snapshot)
        AND NOT pg_visible_in_snapshot(xid, %(since)s::pg_snapshot)
    ORDER BY at LIMIT 5000
) AS change ON true
"""


@dataclass(slots=True)
class DealChange:
    """What happened to one deal. `stages`: where it lay and lies. `origins`: the tabs that asked for it, "" for none."""

    stages: set[uuid.UUID] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    origins: set[str] = field(default_factory=set)
    actor: uuid.UUID | None = None


@dataclass(slots=True)
class Changes:
    """`cursor`: where the next look goes on. `missed`: too much or too long ago to name, everything is to be read anew."""

    cursor: str
    missed: bool = False
    names: bool = False
    deals: dict[uuid.UUID, DealChange] = field(default_factory=dict)
    stages: set[uuid.UUID] = field(default_factory=set)
    designs: set[uuid.UUID] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.missed or self.names or self.deals or self.stages or self.designs)


def current_cursor() -> str:
    """Of this moment: what is read after it in this scope is at least as new."""
    return f"{int(clock.now().timestamp())}.{current_scope().snapshot}"


def changes_since(cursor: str) -> Changes:
    """What others have committed since `cursor`. One query. A cursor that is malformed or too old has missed something."""
    taken = int(clock.now().timestamp())
    found = CURSOR.fullmatch(cursor)
    if found is None or not 0 <= taken - int(found[1]) < KEPT_SECONDS or not _is_snapshot(found[2]):
        return Changes(current_cursor(), missed=True)
    with connection.cursor() as sql:
        sql.execute(SINCE_SQL, {"workspace": current_scope().workspace_id, "since": found[2]})
        rows = sql.fetchall()
    changes = Changes(f"{taken}.{rows[0][0]}")
    for _snapshot, *row in rows:
        if row[0] is not None:
            _add(changes, *row)
    changes.missed = len(rows) >= 5000
    if len(changes.deals) > MOST_DEALS:
        for change in changes.deals.values():
            changes.stages |= change.stages
        changes.deals.clear()
    return changes


def _is_snapshot(text: str) -> bool:
    """Whether PostgreSQL reads it: its two ends in order, and what was under way between them, ascending."""
    first, end, under_way = text.split(":")
    numbers = [int(first), *(int(number) for number in under_way.split(",") if number)]
    return numbers == sorted(numbers) and numbers[0] > 0 and numbers[-1] <= int(end) - bool(under_way) < 2**63


def _add(
    changes: Changes, kind: str, deal: Any, pipeline: Any, stage: Any, left: Any, actor: Any, origin: str
) -> None:
    if kind == NAMES:
        changes.names = True
    elif kind == DESIGN:
        changes.designs.add(pipeline)
    elif deal is None:
        changes.stages |= {found for found in (stage, left) if found}
    else:
        change = changes.deals.setdefault(deal, DealChange())
        change.stages |= {found for found in (stage, left) if found}
        change.kinds.add(kind)
        change.origins.add(origin)
        change.actor = actor or change.actor
