"""The monthly forecast: its numbers, the REST answer and the page. `./run bench forecast --deals 100000`"""

from __future__ import annotations

from datetime import date
from typing import Any

from _setup import scratch_database  # isort: skip - Django is set up by it
from _data import Filled, filled_workspace
from _measure import Found, Line, asked_for, bare_time, measured, print_table
from _pages import answered, api_client, page_client
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

    def rest() -> Any:
        return answered(api.get(f"/api/v1/forecast/?from={first:%Y-%m}&to={last:%Y-%m}"))

    def page() -> Any:
        return answered(pages.get(f"/w/{filled.slug}/forecast/"))

    return [
        Line("forecast, 12 months, numbers", filled.deals, numbers, bare, TARGET),
        Line("forecast, REST", filled.deals, measured(rest), bare),
        Line("forecast, the whole page", filled.deals, measured(page), bare),
    ]


def _numbers(filled: Filled, first: date, last: date) -> tuple[Found, float]:
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

        return measured(numbers), bare_time(bare)


if __name__ == "__main__":
    sizes = asked_for(__doc__)
    with scratch_database():
        print_table("Forecast", [line for size in sizes for line in measure(filled_workspace(size))])
