"""A new deal in a column: the service, REST. `./run bench create --deals 100000`"""

from __future__ import annotations

import itertools
import json
import uuid
from typing import Any

from _setup import scratch_database  # isort: skip - Django is set up by it
from _data import Filled, filled_workspace
from _measure import Line, asked_for, bare_time, expect, measured, print_table
from _pages import answered, api_client, page_client
from django.db import connection, transaction

from deals.models import Deal
from deals.services.create_deal import create_deal
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope

TARGET = 10.0
RUNS = 100
BARE = """
INSERT INTO deals_deal (id, workspace_id, pipeline_id, stage_id, name, currency, revenue_type, outcome, loss_note,
    source, rank, version, stage_entered_at, created_at, external_source)
VALUES (%s, %s, %s, %s, 'Bare', 'KRW', 'one_off', 'open', '', '', %s, 1, now(), now(), '')
"""


def measure(filled: Filled) -> list[Line]:
    pages, api = page_client(filled), api_client(filled)
    actor, stage = Actor.of(filled.owner), filled.stages[0]

    def service() -> None:
        with workspace_scope(filled.workspace_id):
            create_deal(actor=actor, name="Made", pipeline=filled.pipeline, stage=stage, owner=filled.owner)

    def rest() -> Any:
        body = json.dumps({"name": "Made", "pipeline": str(filled.pipeline.pk)})
        return answered(api.post("/api/v1/deals/", body, content_type="application/json"), 201)

    def page() -> Any:
        url = f"/w/{filled.slug}/board/stages/{stage.pk}/add/"
        return answered(pages.post(url, {"q-name": "Made"}, headers={"HX-Request": "true"}))

    bare = _bare(filled)
    lines = [
        Line("create, the service", filled.deals, measured(service, runs=RUNS), bare, TARGET),
        Line("create, REST", filled.deals, measured(rest, runs=RUNS), bare, TARGET),
        Line("create, the board's quick add", filled.deals, measured(page, runs=RUNS), bare, TARGET),
    ]
    with workspace_scope(filled.workspace_id):
        made = Deal.objects.filter(name="Made").count()
    expect(made >= 3 * RUNS, f"only {made} deals were made")
    return lines


def _bare(filled: Filled) -> float:
    """One INSERT, committed."""
    ranks = (f"0b{n:09}" for n in itertools.count())

    def insert() -> None:
        with workspace_scope(filled.workspace_id), transaction.atomic(), connection.cursor() as cursor:
            place = [filled.workspace_id, filled.pipeline.pk, filled.stages[0].pk]
            cursor.execute(BARE, [uuid.uuid4(), *place, next(ranks)])

    return bare_time(insert, runs=RUNS)


if __name__ == "__main__":
    sizes = asked_for(__doc__)
    with scratch_database():
        print_table("Create", [line for size in sizes for line in measure(filled_workspace(size))])
