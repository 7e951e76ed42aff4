"""What changed, for open pages: rows that live for some minutes, written by database triggers alone.

`xid` is the transaction that made the change. Transactions commit in another order than they begin, so no counter can say
what is new to a reader; a PostgreSQL snapshot can. A reader keeps the snapshot of its last look and asks for what that
one could not see (`tenancy/selectors/changes.py`), so nothing is missed and nobody waits (docs/decisions/0011).
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from tenancy.models.base import TenantModel

# From so many deals in one statement on, only the columns that they lie in are named.
MANY = 50
# `kind` of what concerns a whole board.
DESIGN = "design"
NAMES = "names"


class TransactionId(models.Field):
    """PostgreSQL's xid8."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class CurrentTransaction(models.Func):
    function = "pg_current_xact_id"
    arity = 0
    output_field = TransactionId()


class Change(TenantModel):
    """Ids only. `deal` and `actor` may be unknown; `origin` is the browser tab that asked for the change, or ""."""

    xid = TransactionId(db_default=CurrentTransaction(), editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    kind = models.CharField(max_length=20)
    deal_id = models.UUIDField(null=True)
    pipeline_id = models.UUIDField(null=True)
    stage_id = models.UUIDField(null=True)
    from_stage_id = models.UUIDField(null=True)
    actor_id = models.UUIDField(null=True)
    origin = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "xid"], name="tenancy_change_xid"),
            models.Index(fields=["workspace", "at"], name="tenancy_change_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.deal_id or self.pipeline_id}"


COLUMNS = "workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id"


def touched(
    table: str,
    kind: str,
    *,
    deal: str = "",
    pipeline: str = "",
    stage: str = "",
    left: str = "",
    actor: str = "",
) -> str:
    """The columns of a trigger's source: SQL expressions over the transition table `table`, null where not given."""
    ids = {
        "deal_id": deal,
        "pipeline_id": pipeline,
        "stage_id": stage,
        "from_stage_id": left,
        "actor_id": actor,
    }
    columns = ", ".join(f"{value or 'NULL'}::uuid AS {name}" for name, value in ids.items())
    return f"{table}.workspace_id, {kind} AS kind, {columns}"


def change_trigger(
    operation: pgtrigger.Operation, source: str, *, when_changed: tuple[str, ...] = ()
) -> pgtrigger.Trigger:
    """A statement's changes, by `source`: a SELECT of `touched(…)` from new_rows, for updates old_rows beside it.

    `when_changed`: columns of which one must differ, for an update.
    """
    is_update = operation == pgtrigger.Update
    tables = {"old": "old_rows", "new": "new_rows"} if is_update else {"new": "new_rows"}
    if when_changed:
        differs = ", ".join("{0}." + column for column in when_changed)
        source += f" WHERE ({differs.format('new_rows')}) IS DISTINCT FROM ({differs.format('old_rows')})"
    return pgtrigger.Trigger(
        name=f"changes_{'update' if is_update else 'insert'}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),
        func=f"""
        INSERT INTO tenancy_change (id, xid, at, origin, {COLUMNS})
        WITH touched AS ({source}), counted AS (SELECT count(*) AS deals FROM touched)
        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),
            coalesce(current_setting('app.origin', true), ''), {COLUMNS}
        FROM (
            SELECT {COLUMNS} FROM touched, counted WHERE deals <= {MANY}
            UNION
            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid
            FROM touched, counted WHERE deals > {MANY}
        ) AS changes;
        RETURN NULL;
        """,  # noqa: S608 - names of our own
    )
