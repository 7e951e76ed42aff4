"""Running totals of deals, so that a board and a forecast cost the same at ten thousand deals and at a million.

Triggers write what each statement adds and takes away; beat's worker folds that into the totals. The totals and the
changes not folded yet add up to the truth at any moment, inside the changing transaction too, and a change never waits
for a total's row (docs/decisions/0010-running-totals.md).
"""

from __future__ import annotations

import pgtrigger
from django.db import models

from pipeline.models import Pipeline, Stage
from tenancy.models import Membership, TenantForeignKey, TenantModel

# `tenancy_duework.kind` of workspaces with changes to fold.
TOTALS = "totals"
KEY = ("pipeline", "stage", "owner", "currency", "outcome", "month")
KEY_COLUMNS = "workspace_id, pipeline_id, stage_id, owner_id, currency, outcome, month"


class Counted(TenantModel):
    """Deals that are open or won, and the sum of their amounts in ten-thousandths; lost and deleted ones count nowhere.

    `month`: the first day of the month of the expected close, null where there is none; of the closing when won.
    """

    pipeline = TenantForeignKey(Pipeline, on_delete=models.CASCADE, related_name="+")
    stage = TenantForeignKey(Stage, on_delete=models.CASCADE, related_name="+")
    owner = TenantForeignKey(Membership, on_delete=models.CASCADE, null=True, related_name="+")
    currency = models.CharField(max_length=3)
    outcome = models.CharField(max_length=4)
    month = models.DateField(null=True)
    deals = models.IntegerField()
    units = models.DecimalField(max_digits=38, decimal_places=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.deals} {self.outcome} {self.month}"


class DealTotal(Counted):
    """What has been folded: one row for each key."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", *KEY], nulls_distinct=False, name="deals_dealtotal_key"
            )
        ]


class DealTotalChange(Counted):
    """What a statement added (or took away, below zero), not folded yet. Rows are only inserted and deleted."""


def counted_sql(table: str, sign: int = 1) -> str:
    """The deals of `table` that count, by key, with (count, units) of each: plus or minus one, its amount."""
    return f"""
        SELECT {sign} AS deals, {sign} * coalesce(amount, 0) AS units, workspace_id, pipeline_id, stage_id, owner_id,
            currency, outcome, day - (extract(day FROM day)::integer - 1) AS month
        FROM {table} CROSS JOIN LATERAL (SELECT coalesce(closed_on, expected_close_date)) AS closing (day)
        WHERE deleted_at IS NULL AND outcome IN ('open', 'won')"""  # noqa: S608 - names of our own


def summed_sql(sources: list[str]) -> str:
    """The differences that remain of these sources, by key: none for what only changed its rank."""
    return f"""
        SELECT gen_random_uuid(), {KEY_COLUMNS}, sum(deals), sum(units)
        FROM ({" UNION ALL ".join(sources)}) AS counted
        GROUP BY {KEY_COLUMNS} HAVING sum(deals) <> 0 OR sum(units) <> 0"""  # noqa: S608 - names of our own


def change_sql(sources: list[str]) -> str:
    return f"INSERT INTO deals_dealtotalchange (id, {KEY_COLUMNS}, deals, units) {summed_sql(sources)}"


def total_triggers() -> list[pgtrigger.Trigger]:
    """For each kind of statement on the deals, so that no path forgets the totals."""
    before, after = counted_sql("old_deals", -1), counted_sql("new_deals")
    return [
        _trigger("totals_insert", pgtrigger.Insert, {"new": "new_deals"}, [after]),
        _trigger(
            "totals_update", pgtrigger.Update, {"old": "old_deals", "new": "new_deals"}, [before, after]
        ),
        _trigger("totals_delete", pgtrigger.Delete, {"old": "old_deals"}, [before]),
    ]


def _trigger(
    name: str, operation: pgtrigger.Operation, tables: dict[str, str], sources: list[str]
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),
        func=f"""
        {change_sql(sources)};
        IF FOUND THEN
            INSERT INTO tenancy_duework (id, workspace_id, kind, due_at)
            SELECT gen_random_uuid(), touched.workspace_id, '{TOTALS}', clock_timestamp()
            FROM (SELECT DISTINCT workspace_id FROM {next(iter(tables.values()))}) AS touched;
        END IF;
        RETURN NULL;
        """,  # noqa: S608 - names of our own
    )
