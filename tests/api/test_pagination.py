"""Keyset pages: every untouched row exactly once, whatever happens meanwhile."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.pagination import decode, read_page
from core import clock
from core.ids import uuid7
from core.ranks import spread
from deals.api.bodies import DEAL_ORDERS
from deals.models import Deal
from tenancy.scope import workspace_scope
from tests.api.conftest import Api, fields_of, problem_of
from tests.factories import Cast

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)


def make_deals(cast: Cast, rows: list[dict[str, Any]]) -> list[Deal]:
    """Many deals at once, straight into the table. Call inside the workspace."""
    stage = cast.pipeline.stages.order_by("position")[0]
    ranks = spread(len(rows))
    return Deal.objects.bulk_create(
        [
            Deal(
                id=uuid7(),
                pipeline=cast.pipeline,
                stage=stage,
                currency="KRW",
                rank=rank,
                **{"name": "동일", "created_at": BEGIN, "stage_entered_at": BEGIN, **row},
            )
            for rank, row in zip(ranks, rows, strict=True)
        ]
    )


def walk(api: Api, path: str) -> Iterator[list[dict[str, Any]]]:
    """Page by page along `next`."""
    url: str | None = path
    while url:
        body = api.get(url).json()
        yield body["results"]
        url = body["next"]


def ids(pages: Any) -> list[str]:
    return [row["id"] for page in pages for row in page]


@pytest.mark.parametrize("ordering", list(DEAL_ORDERS))
def test_a_thousand_equal_values_come_once_each(cast: Cast, api: Api, ordering: str):
    with workspace_scope(cast.workspace.pk):
        made = make_deals(cast, [{"amount": Decimal(5)}] * 1000)
    seen = ids(walk(api, f"deals/?limit=200&ordering={ordering}"))
    assert len(seen) == 1000
    assert set(seen) == {str(deal.pk) for deal in made}


@pytest.mark.parametrize("ordering", ["amount", "-amount", "expected_close_date", "-expected_close_date"])
def test_unknown_values_come_last_both_ways(cast: Cast, api: Api, ordering: str):
    with workspace_scope(cast.workspace.pk):
        make_deals(
            cast,
            [
                {
                    "amount": Decimal(n % 7) if n % 3 == 0 else None,
                    "expected_close_date": date(2026, 1, 1) + timedelta(n % 5) if n % 4 == 0 else None,
                }
                for n in range(150)
            ],
        )
    rows = [row for page in walk(api, f"deals/?limit=17&ordering={ordering}") for row in page]
    values = [row[ordering.lstrip("-")] for row in rows]
    known = [Decimal(v) if ordering.endswith("amount") else v for v in values if v is not None]
    assert len(rows) == len({row["id"] for row in rows}) == 150
    assert values[len(known) :] == [None] * (150 - len(known))
    assert known == sorted(known, reverse=ordering.startswith("-"))


@pytest.mark.parametrize("ordering", list(DEAL_ORDERS))
def test_back_is_the_same_way(cast: Cast, api: Api, ordering: str):
    with workspace_scope(cast.workspace.pk):
        make_deals(cast, [{"amount": Decimal(n % 4) if n % 3 else None} for n in range(23)])
    pages, url = [], f"deals/?limit=5&ordering={ordering}"
    body = api.get(url).json()
    assert body["previous"] is None
    while True:
        pages.append(body["results"])
        if body["next"] is None:
            break
        body = api.get(body["next"]).json()
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    back = [body["results"]]
    while body["previous"]:
        body = api.get(body["previous"]).json()
        assert body["next"]
        back.insert(0, body["results"])
    assert back == pages


def test_a_walk_during_inserts_moves_and_deletes(cast: Cast, api: Api):
    """Rows that nobody touches are seen exactly once."""
    chance = random.Random(7)
    with workspace_scope(cast.workspace.pk):
        made = make_deals(
            cast, [{"amount": Decimal(n % 10) if n % 4 else None, "name": f"딜 {n % 13}"} for n in range(300)]
        )
    touched: set[str] = set()
    seen: list[str] = []
    for page in walk(api, "deals/?limit=20&ordering=-amount"):
        seen += [row["id"] for row in page]
        with workspace_scope(cast.workspace.pk):
            for deal in chance.sample(made, 3):
                touched.add(str(deal.pk))
                Deal.objects.filter(pk=deal.pk).update(
                    amount=chance.choice([None, Decimal(chance.randrange(12))]),
                    deleted_at=chance.choice([None, clock.now()]),
                )
            add_one(cast, Decimal(chance.randrange(12)))
    untouched = {str(deal.pk) for deal in made} - touched
    assert untouched <= set(seen)
    assert all(seen.count(ident) == 1 for ident in untouched)


def add_one(cast: Cast, amount: Decimal) -> None:
    rank = (Deal.objects.order_by("-rank").values_list("rank", flat=True).first() or "") + "V"
    Deal.objects.create(
        pipeline=cast.pipeline,
        stage=cast.pipeline.stages.order_by("position")[0],
        currency="KRW",
        rank=rank,
        name="새 딜",
        amount=amount,
    )


AMOUNTS = st.lists(st.one_of(st.none(), st.integers(0, 3)), max_size=25)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(amounts=AMOUNTS, limit=st.integers(1, 6), ordering=st.sampled_from(["amount", "-amount"]))
def test_any_list_in_any_pages(cast: Cast, amounts: list[int | None], limit: int, ordering: str):
    """Forwards and backwards, whatever the values and the page's size: the same rows in the same order."""
    with transaction.atomic(), workspace_scope(cast.workspace.pk):
        make_deals(cast, [{"amount": None if n is None else Decimal(n)} for n in amounts])
        order = DEAL_ORDERS[ordering]

        def pages(cursor: Any, way: str) -> Iterator[list[Deal]]:
            while True:
                page = read_page(
                    Deal.objects.all(), ordering=ordering, order=order, limit=limit, cursor=cursor
                )
                yield page.rows
                cursor = getattr(page, way)
                if cursor is None:
                    return
                cursor = decode(cursor.encode(), ordering, order, Deal)

        forward = [row.pk for page in pages(None, "next") for row in page]
        end = read_page(Deal.objects.all(), ordering=ordering, order=order, limit=limit, cursor=None)
        while end.next:
            end = read_page(Deal.objects.all(), ordering=ordering, order=order, limit=limit, cursor=end.next)
        backward = [end.rows, *(pages(end.previous, "previous") if end.previous else [])]
        transaction.set_rollback(True)
    assert len(forward) == len(set(forward)) == len(amounts)
    assert [row.pk for page in reversed(backward) for row in page] == forward


def test_an_emptied_page_leads_back(cast: Cast, api: Api):
    with workspace_scope(cast.workspace.pk):
        made = make_deals(cast, [{} for _n in range(4)])
    first = api.get("deals/?limit=2&ordering=created_at").json()
    with workspace_scope(cast.workspace.pk):
        Deal.objects.filter(pk__in=[deal.pk for deal in made[2:]]).update(deleted_at=clock.now())
    second = api.get(first["next"]).json()
    assert (second["results"], second["next"]) == ([], None)
    assert ids([api.get(second["previous"]).json()["results"]]) == ids([first["results"]])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=5&limit=6", "limit"),
        ("cursor=garbage", "cursor"),
        ("cursor=", "cursor"),
        ("cursor=%00", "cursor"),
        ("ordering=rank", "ordering"),
        ("ordering=-", "ordering"),
        ("page=2", "page"),
        ("format=json", "format"),
    ],
)
def test_bad_paging_is_refused(api: Api, query: str, field: str):
    problem = problem_of(api.get(f"deals/?{query}"), 400, "invalid")
    assert list(fields_of(problem)) == [field]


def test_a_cursor_belongs_to_its_ordering_and_is_ours(cast: Cast, api: Api):
    with workspace_scope(cast.workspace.pk):
        make_deals(cast, [{} for _n in range(3)])
    link = api.get("deals/?limit=1&ordering=name").json()["next"]
    assert link.startswith("http://testserver/api/v1/deals/?")
    problem_of(api.get(link.replace("ordering=name", "ordering=amount")), 400, "invalid")
    problem_of(api.get(link[:-3] + "abc"), 400, "invalid")
    assert api.get(link).status_code == 200


@pytest.mark.parametrize(
    ("ordering", "index"),
    [
        ("-created_at", "deals_deal_created"),
        ("created_at", "deals_deal_created"),
        ("name", "deals_deal_name"),
        ("amount", "deals_deal_amount_"),
        ("-amount", "deals_deal_amount_"),
        ("expected_close_date", "deals_deal_close_"),
        ("-expected_close_date", "deals_deal_close_"),
        ("stage_entered_at", "deals_deal_entered"),
    ],
)
def test_a_page_further_on_is_a_range_of_its_index(cast: Cast, api: Api, ordering: str, index: str):
    """The row comparison is an index condition, under row-level security, as the application's role."""
    with workspace_scope(cast.workspace.pk):
        make_deals(
            cast,
            [{"amount": Decimal(n), "expected_close_date": date(2026, 1, 1)} for n in range(30)],
        )
    url = api.get(f"deals/?limit=5&ordering={ordering}").json()["next"]
    with CaptureQueriesContext(connection) as captured:
        api.get(url)
    sql = next(query["sql"] for query in captured.captured_queries if "LIMIT 6" in query["sql"])
    with workspace_scope(cast.workspace.pk), connection.cursor() as cursor:
        # So few rows fit on a page of the table: leave the planner no cheaper way than the one at stake.
        for way in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan, plan
    condition = plan.split(index)[1].split("Index Cond:")[1].splitlines()[0]
    assert "ROW(" in condition, plan
