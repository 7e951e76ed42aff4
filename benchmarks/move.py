"""A move to another stage: the service, REST, the board's own request. `.venv/bin/python benchmarks/move.py [deals …]`"""

from __future__ import annotations

import itertools
import json
import sys
import uuid
from collections.abc import Iterator

from _setup import scratch_database  # isort: skip - Django is set up by it
from _data import Filled, filled_workspace
from _measure import Line, expect, print_table, times
from _pages import api_client, page_client
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

    def rest() -> None:
        deal, stage = next(deals)
        body = json.dumps({"stage": str(_other(filled, stage)), "version": 1, "after": None})
        answer = api.post(f"/api/v1/deals/{deal}/move/", body, content_type="application/json")
        expect(answer.status_code == 200, answer.content)

    def page() -> None:
        deal, stage = next(deals)
        form = {"stage": str(_other(filled, stage)), "version": "1", "after": ""}
        answer = pages.post(f"/w/{filled.slug}/deals/{deal}/move/", form, headers={"HX-Request": "true"})
        expect(answer.status_code == 200, answer.content)

    bare = _bare(filled, deals)
    lines = [
        Line("move, the service", filled.deals, *times(service, runs=RUNS), bare, TARGET),
        Line("move, REST", filled.deals, *times(rest, runs=RUNS), bare, TARGET),
        Line("move, the board's request", filled.deals, *times(page, runs=RUNS), bare),
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

    return times(update, runs=RUNS)[0]


if __name__ == "__main__":
    found: list[Line] = []
    with scratch_database():
        for count in map(int, sys.argv[1:] or ["10000", "100000"]):
            found += measure(filled_workspace(count))
        print_table("Move", found)
