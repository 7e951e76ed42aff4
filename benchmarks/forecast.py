"""The monthly forecast: its numbers, the REST answer and the page. `.venv/bin/python benchmarks/forecast.py [deals …]`"""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

from _setup import scratch_database  # isort: skip - Django is set up by it
from _data import Filled, filled_workspace
from _measure import Line, expect, print_table, times
from _pages import api_client, page_client
from django.db import connection

from core import clock
from forecasting.selectors.monthly import monthly_forecast
from tenancy.permissions import Actor
from tenancy.scope import current_zone, workspace_scope

TARGET = 15.0
MONTHS = 12
BARE = """
SELECT date_trunc('month', expected_close_date), stage_id, sum(amount), count(*) FROM deals_deal
WHERE workspace_id = %(workspace)s AND outcome = 'open' AND deleted_at IS NULL
  AND expected_close_date >= %(first)s AND expected_close_date < %(end)s
GROUP BY 1, 2
UNION ALL
SELECT date_trunc('month', closed_on), stage_id, sum(amount), count(*) FROM deals_deal
WHERE workspace_id = %(workspace)s AND closed_on IS NOT NULL AND deleted_at IS NULL AND outcome = 'won'
  AND closed_on >= %(first)s AND closed_on < %(end)s
GROUP BY 1, 2
"""


def measure(filled: Filled) -> list[Line]:
    pages, api = page_client(filled), api_client(filled)
    with workspace_scope(filled.workspace_id):
        first = clock.month_start(clock.local_date(clock.now(), current_zone()))
    last = clock.add_months(first, MONTHS - 1)
    numbers, bare = _numbers(filled, first, last)

    def rest() -> None:
        answer = api.get(f"/api/v1/forecast/?from={first:%Y-%m}&to={last:%Y-%m}")
        expect(answer.status_code == 200, answer.content)

    def page() -> None:
        answer = pages.get(f"/w/{filled.slug}/forecast/")
        expect(answer.status_code == 200, answer.content)

    return [
        Line("forecast, 12 months, numbers", filled.deals, *numbers, bare, TARGET),
        Line("forecast, REST", filled.deals, *times(rest, runs=30), bare),
        Line("forecast, the whole page", filled.deals, *times(page, runs=30), bare),
    ]


def _numbers(filled: Filled, first: date, last: date) -> tuple[tuple[float, float], float]:
    actor = Actor.of(filled.owner)
    parameters: dict[str, Any] = {
        "workspace": filled.workspace_id,
        "first": first,
        "end": clock.add_months(last, 1),
    }
    with workspace_scope(filled.workspace_id), connection.cursor() as cursor:

        def bare() -> None:
            cursor.execute(BARE, parameters)
            cursor.fetchall()

        def numbers() -> None:
            monthly_forecast(actor=actor, first=first, last=last)

        return times(numbers, runs=30), times(bare, runs=30)[0]


if __name__ == "__main__":
    found: list[Line] = []
    with scratch_database():
        for count in map(int, sys.argv[1:] or ["10000", "100000"]):
            found += measure(filled_workspace(count))
        print_table("Forecast", found)
