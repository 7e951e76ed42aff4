"""Keep the running totals small, and mend them."""

from __future__ import annotations

import uuid

from django.db import connection

from deals.models import DealTotal
from deals.models.total import KEY_COLUMNS, TOTALS
from deals.selectors.totals import differences_sql, workspace_parameters
from tenancy.models import DueWork
from tenancy.scope import current_workspace_id, workspace_scope

BATCH = 20_000
LOCK = "hashtextextended(%s, 0)"  # of what is folded or mended, by name
# One statement: whoever reads meanwhile sees the changes, or the totals with them; never both, never neither.
FOLD = f"""
WITH folded AS (
    DELETE FROM deals_dealtotalchange
    WHERE workspace_id = %(workspace)s AND id IN (
        SELECT id FROM deals_dealtotalchange WHERE workspace_id = %(workspace)s LIMIT {BATCH}
    )
    RETURNING {KEY_COLUMNS}, deals, units
), added AS (
    INSERT INTO deals_dealtotal AS total (id, {KEY_COLUMNS}, deals, units)
    SELECT gen_random_uuid(), {KEY_COLUMNS}, sum(deals), sum(units) FROM folded GROUP BY {KEY_COLUMNS}
    ON CONFLICT ({KEY_COLUMNS}) DO UPDATE SET deals = total.deals + excluded.deals, units = total.units + excluded.units
)
SELECT count(*) FROM folded
"""  # noqa: S608 - names of our own


def fold_totals(*, workspace_id: uuid.UUID) -> int:
    """Fold the workspace's waiting changes into its totals; returns how many. Leaves it to another run that is at it."""
    folded = 0
    while True:
        with workspace_scope(workspace_id):
            batch = _fold_batch(workspace_id)
        folded += batch
        if batch < BATCH:
            return folded


def _fold_batch(workspace_id: uuid.UUID) -> int:
    # Before the changes are looked at: a word seen here speaks of changes that the statement can see.
    words = list(DueWork.objects.filter(workspace_id=workspace_id, kind=TOTALS).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        # Two folding at once would meet in the totals' rows, in whatever order.
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({LOCK})", [f"{TOTALS} {workspace_id}"])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(FOLD, workspace_parameters())
        batch = int(cursor.fetchone()[0])
    DealTotal.objects.filter(deals=0, units=0).delete()
    if batch < BATCH:
        DueWork.objects.filter(pk__in=words).delete()
    return batch


def mend_totals() -> int:
    """Add what the totals lack, in the workspace entered; returns how many keys were wrong.

    The difference is found and written by one statement, as changes: who changes deals does not wait. Another who mends
    does, or both would add it; folding leaves the workspace alone meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({LOCK})", [f"{TOTALS} {current_workspace_id()}"])
        cursor.execute(
            f"INSERT INTO deals_dealtotalchange (id, {KEY_COLUMNS}, deals, units) {differences_sql()}",
            workspace_parameters(),
        )
        return int(cursor.rowcount)
