"""Triggers that tell open pages of what happens to a deal: whoever does it, by whatever path."""

from __future__ import annotations

import pgtrigger

from tenancy.models.change import change_trigger, touched

BOTH = (pgtrigger.Insert, pgtrigger.Update)


def deal_changes() -> list[pgtrigger.Trigger]:
    """New deals, and those of which anything differs: the place in the column too."""
    ids = {"deal": "new_rows.id", "pipeline": "new_rows.pipeline_id", "stage": "new_rows.stage_id"}
    new = touched("new_rows", "'deal'", **ids)
    changed = touched("new_rows", "'deal'", left="old_rows.stage_id", **ids)
    return [
        change_trigger(pgtrigger.Insert, f"SELECT {new} FROM new_rows"),  # noqa: S608 - names of our own
        change_trigger(
            pgtrigger.Update,
            f"SELECT {changed} FROM new_rows JOIN old_rows ON old_rows.id = new_rows.id"  # noqa: S608
            " WHERE new_rows IS DISTINCT FROM old_rows",
        ),
    ]


def changes_beside(kind: str, *operations: pgtrigger.Operation, actor: str = "") -> list[pgtrigger.Trigger]:
    """What lies beside a deal (events, tasks, ticks): a change of the deal. `kind`, `actor`: SQL over new_rows."""
    columns = touched(
        "new_rows", kind, deal="deal.id", pipeline="deal.pipeline_id", stage="deal.stage_id", actor=actor
    )
    source = f"""SELECT {columns} FROM new_rows
        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id"""  # noqa: S608
    return [change_trigger(operation, source) for operation in operations]
