"""REST's list, 50 rows by amount: of a stage and owner, of everything; first and deep pages. The list's page, and what it asks for afterwards. `./run bench list --deals 100000`"""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from _setup import scratch_database  # isort: skip - Django is set up by it
from _data import Filled, filled_workspace
from _measure import Found, Line, asked_for, bare_time, expect, measured, print_table
from _pages import answered, api_client, page_client
from django.db import connection

from api.pagination import Cursor
from deals.models import Deal
from tenancy.scope import workspace_scope

TARGET = 15.0
LIMIT = 50
ORDER = "-amount"
BARE = f"""
SELECT * FROM deals_deal WHERE workspace_id = %s AND deleted_at IS NULL AND stage_id = %s AND owner_id = %s
ORDER BY amount DESC NULLS LAST, id DESC LIMIT {LIMIT}
"""
BARE_ALL = f"""
SELECT * FROM deals_deal WHERE workspace_id = %s AND deleted_at IS NULL
ORDER BY amount DESC NULLS LAST, id DESC LIMIT {LIMIT}
"""


def measure(filled: Filled) -> list[Line]:
    stage, owner = filled.stages[0].pk, filled.owner.pk
    chosen = {"stage": stage, "owner": owner}
    bare = _bare(filled, BARE, [filled.workspace_id, stage, owner])
    bare_all = _bare(filled, BARE_ALL, [filled.workspace_id])
    return [
        Line("list of a stage and owner", filled.deals, _page(filled, chosen), bare, TARGET),
        Line("  its last full page", filled.deals, _page(filled, chosen, deep=1.0), bare, TARGET),
        Line("list of everything", filled.deals, _page(filled, {}), bare_all, TARGET),
        Line("  half-way down", filled.deals, _page(filled, {}, deep=0.5), bare_all, TARGET),
        Line("  its last full page", filled.deals, _page(filled, {}, deep=1.0), bare_all, TARGET),
        *_own_page(filled, bare_all),
    ]


def _own_page(filled: Filled, bare: float) -> list[Line]:
    """The page of the product: with totals from the running ones, counted from the deals, and its quick counts."""
    client, base = page_client(filled), f"/w/{filled.slug}"

    def asked(path: str) -> Found:
        return measured(lambda: answered(client.get(f"{base}/{path}")))

    pipeline = filled.stages[0].pipeline_id
    return [
        Line("the list's page", filled.deals, asked("deals/?view=none"), bare),
        Line("  of stalled deals, by close date", filled.deals, asked("deals/?stalled=on&sort=close"), bare),
        Line("  by company", filled.deals, asked("deals/?sort=company"), bare),
        Line("  by stage", filled.deals, asked("deals/?sort=stage"), bare),
        Line("  with a text", filled.deals, asked("deals/?q=12"), bare),
        Line("counts on the quick filters", filled.deals, asked(f"board/{pipeline}/counts/"), bare),
        Line("the board's page, stalled deals", filled.deals, asked("board/?stalled=on"), bare),
    ]


def _page(filled: Filled, chosen: dict[str, uuid.UUID], *, deep: float | None = None) -> Found:
    """`deep`: which part of the list lies above the page; None: the first page."""
    query = {**chosen, "ordering": ORDER, "limit": LIMIT}
    if deep is not None:
        query["cursor"] = _cursor(filled, chosen, deep)
    api, url = api_client(filled), f"/api/v1/deals/?{urlencode(query)}"

    def page() -> Any:
        answer = answered(api.get(url))
        expect(len(answer.json()["results"]) == LIMIT, "a page that is not full")
        return answer

    return measured(page)


def _cursor(filled: Filled, chosen: dict[str, uuid.UUID], deep: float) -> str:
    """The cursor that a walk would have brought there."""
    with workspace_scope(filled.workspace_id):
        rows = Deal.objects.filter(**chosen).order_by(ORDER, "-id").values_list("id", "amount")
        ident, amount = rows[int((rows.count() - LIMIT - 1) * deep)]
    return Cursor(ORDER, backwards=False, ident=ident, key=amount).encode()


def _bare(filled: Filled, statement: str, parameters: list[uuid.UUID]) -> float:
    with workspace_scope(filled.workspace_id), connection.cursor() as cursor:

        def read() -> None:
            cursor.execute(statement, parameters)
            cursor.fetchall()

        return bare_time(read)


if __name__ == "__main__":
    sizes = asked_for(__doc__)
    with scratch_database():
        print_table("List", [line for size in sizes for line in measure(filled_workspace(size))])
