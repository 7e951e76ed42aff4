"""The board: the page with all its data, and its totals alone. `.venv/bin/python benchmarks/board.py [deals …]`"""

from __future__ import annotations

import sys

from _setup import scratch_database  # isort: skip - Django is set up by it
from _data import Filled, filled_workspace
from _measure import Line, expect, print_table, times
from _pages import page_client
from django.db import connection

from core import clock
from deals.selectors.board import BoardFilter, board_for, board_totals
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope

TARGET = 25.0
TOTALS = """
SELECT stage_id, count(*), sum(amount) FROM deals_deal
WHERE workspace_id = %s AND pipeline_id = %s AND outcome = 'open' AND deleted_at IS NULL GROUP BY stage_id
"""
CARDS = """
SELECT card.* FROM unnest(%s::uuid[]) AS stage(id) CROSS JOIN LATERAL (
    SELECT id, name, amount, owner_id, company_id, expected_close_date, rank FROM deals_deal
    WHERE workspace_id = %s AND stage_id = stage.id AND outcome = 'open' AND deleted_at IS NULL
    ORDER BY rank LIMIT 50) AS card
"""


def measure(filled: Filled) -> list[Line]:
    client = page_client(filled)
    chosen, actor = BoardFilter(), Actor.of(filled.owner)

    def page() -> None:
        answer = client.get(f"/w/{filled.slug}/board/")
        expect(answer.status_code == 200, answer.content)

    page50, page95 = times(page, runs=30)
    with workspace_scope(filled.workspace_id), connection.cursor() as cursor:

        def bare_totals() -> None:
            cursor.execute(TOTALS, [filled.workspace_id, filled.pipeline.pk])
            cursor.fetchall()

        def bare() -> None:
            bare_totals()
            cursor.execute(CARDS, [[stage.pk for stage in filled.stages], filled.workspace_id])
            cursor.fetchall()

        def data() -> None:
            board_for(pipeline=filled.pipeline, actor=actor, chosen=chosen, as_of=clock.now())

        def totals() -> None:
            board_totals(pipeline=filled.pipeline, actor=actor, chosen=chosen, as_of=clock.now())

        bare50, bare_totals50 = times(bare, runs=30)[0], times(bare_totals, runs=30)[0]
        data50, data95 = times(data, runs=30)
        totals50, totals95 = times(totals, runs=30)
    return [
        Line("board, its data (250 cards)", filled.deals, data50, data95, bare50, TARGET),
        Line("board, totals alone", filled.deals, totals50, totals95, bare_totals50),
        Line("board, the whole page", filled.deals, page50, page95, bare50),
    ]


if __name__ == "__main__":
    found: list[Line] = []
    with scratch_database():
        for count in map(int, sys.argv[1:] or ["10000", "100000"]):
            found += measure(filled_workspace(count))
        print_table("Board", found)
