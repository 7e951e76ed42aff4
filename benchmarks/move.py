"""A move to another stage: the service, REST, the board's own request. `./run bench move --deals 100000`"""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Iterator
from typing import Any

from _setup import scratch_database  # isort: skip - Django is set up by it
from _data import Filled, filled_workspace
from _measure import Line, asked_for, bare_time, expect, measured, print_table
from _pages import answered, api_client, page_client
from django.db import connection, transaction

from deals.models import Deal
from deals.services.move_deal import move_deal
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope

TARGET = 10.0
RUNS = 100


def measure(filled: Filled) -> list[Line]:
    pages, api = page_client(filled), api_client(filled)
    with workspace_scope(filled.workspace_id):
        ids = list(
            Deal.objects.filter(outcome="open").order_by("id").values_list("id", "stage_id")[: RUNS * 10]
        )
    deals = iter(ids)
    actor = Actor.of(filled.owner)

    def service() -> None:
        deal, stage = next(deals)
        with workspace_scope(filled.workspace_id):
            move_deal(deal_id=deal, to_stage=_other(filled, stage), actor=actor, expected_version=1)

    def rest() -> Any:
        deal, stage = next(deals)
        body = json.dumps({"stage": str(_other(filled, stage)), "version": 1, "after": None})
        return answered(api.post(f"/api/v1/deals/{deal}/move/", body, content_type="application/json"))

    def page() -> Any:
        deal, stage = next(deals)
        form = {"stage": str(_other(filled, stage)), "version": "1", "after": ""}
        url = f"/w/{filled.slug}/deals/{deal}/move/"
        return answered(pages.post(url, form, headers={"HX-Request": "true"}))

    bare = _bare(filled, deals)
    lines = [
        Line("move, the service", filled.deals, measured(service, runs=RUNS), bare, TARGET),
        Line("move, REST", filled.deals, measured(rest, runs=RUNS), bare, TARGET),
        Line("move, the board's request", filled.deals, measured(page, runs=RUNS), bare, TARGET),
    ]
    with workspace_scope(filled.workspace_id):
        moved = Deal.objects.filter(version=2).count()
    expect(moved >= 3 * RUNS, f"only {moved} deals have moved")
    return lines


def _other(filled: Filled, stage: uuid.UUID) -> uuid.UUID:
    """The stage after, or before where there is none after: no gate stands in the way."""
    stages = [found.pk for found in filled.stages]
    return stages[(stages.index(stage) + 1) % len(stages)]


def _bare(filled: Filled, deals: Iterator[tuple[uuid.UUID, uuid.UUID]]) -> float:
    """One UPDATE by primary key, committed."""
    ranks = (f"zz{n:09}" for n in itertools.count())

    def update() -> None:
        deal, stage = next(deals)
        with workspace_scope(filled.workspace_id), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE deals_deal SET stage_id = %s, rank = %s WHERE workspace_id = %s AND id = %s",
                [_other(filled, stage), next(ranks), filled.workspace_id, deal],
            )

    return bare_time(update, runs=RUNS)


if __name__ == "__main__":
    sizes = asked_for(__doc__)
    with scratch_database():
        print_table("Move", [line for size in sizes for line in measure(filled_workspace(size))])
