"""The board: all its data, its totals, the page with cards drawn before and with none. `./run bench board --deals 100000`"""

from __future__ import annotations

from typing import Any

from _setup import scratch_database  # isort: skip - Django is set up by it
from _data import Filled, filled_workspace
from _measure import Line, asked_for, bare_time, measured, print_table
from _pages import answered, page_client
from django.db import connection

from core import clock
from deals.selectors.board import PAGE, board_for, board_totals
from deals.selectors.filters import DealFilter
from deals.templatetags.deal_cards import drawn
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope

TARGET = 25.0
TOTALS = """
SELECT stage_id, count(*), sum(amount) FROM deals_deal
WHERE workspace_id = %s AND pipeline_id = %s AND outcome = 'open' AND deleted_at IS NULL GROUP BY stage_id
"""
CARDS = f"""
SELECT card.* FROM unnest(%s::uuid[]) AS stage(id) CROSS JOIN LATERAL (
    SELECT id, name, amount, owner_id, company_id, expected_close_date, rank FROM deals_deal
    WHERE workspace_id = %s AND stage_id = stage.id AND outcome = 'open' AND deleted_at IS NULL
    ORDER BY rank LIMIT {PAGE}) AS card
"""


def measure(filled: Filled) -> list[Line]:
    bare_totals, bare = _bare(filled)
    asked: dict[str, Any] = {
        "actor": Actor.of(filled.owner),
        "chosen": DealFilter(),
        "pipeline": filled.pipeline,
    }
    with workspace_scope(filled.workspace_id):
        data = measured(lambda: board_for(**asked, as_of=clock.now()))
        totals = measured(lambda: board_totals(**asked, as_of=clock.now()))
    client = page_client(filled)

    def page() -> Any:
        return answered(client.get(f"/w/{filled.slug}/board/"))

    return [
        Line(f"board, its data ({len(filled.stages) * PAGE} cards)", filled.deals, data, bare, TARGET),
        Line("board, totals alone", filled.deals, totals, bare_totals),
        Line(
            "board, the page, no card drawn yet", filled.deals, measured(page, before=drawn.cache_clear), bare
        ),
        Line("board, the page", filled.deals, measured(page), bare),
    ]


def _bare(filled: Filled) -> tuple[float, float]:
    with workspace_scope(filled.workspace_id), connection.cursor() as cursor:

        def totals() -> None:
            cursor.execute(TOTALS, [filled.workspace_id, filled.pipeline.pk])
            cursor.fetchall()

        def everything() -> None:
            totals()
            cursor.execute(CARDS, [[stage.pk for stage in filled.stages], filled.workspace_id])
            cursor.fetchall()

        return bare_time(totals), bare_time(everything)


if __name__ == "__main__":
    sizes = asked_for(__doc__)
    with scratch_database():
        print_table("Board", [line for size in sizes for line in measure(filled_workspace(size))])
