"""Pipelines, stages, loss reasons, members, alerts, the forecast, the reference page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from automation.models import Notification, StallAlert
from core import clock
from deals.models import Deal
from deals.services.close_deal import win_deal
from pipeline.models import Stage
from tenancy.scope import workspace_scope
from tenancy.services.members import add_member, deactivate_member
from tests.api.conftest import Api, fields_of, problem_of
from tests.factories import Cast, make_deal


def test_pipelines_come_with_their_stages_in_order(cast: Cast, api: Api, stages: list[Any]):
    (row,) = api.get("pipelines/").json()["results"]
    assert row == api.get(f"pipelines/{cast.pipeline.pk}/").json()
    assert (row["id"], row["is_default"]) == (str(cast.pipeline.pk), True)
    assert [stage["id"] for stage in row["stages"]] == [str(stage.pk) for stage in stages]


def test_a_stage_says_what_it_asks_for(cast: Cast, api: Api, stages: list[Any]):
    rows = api.get(f"stages/?pipeline={cast.pipeline.pk}").json()["results"]
    first = rows[0]
    assert first == api.get(f"stages/{stages[0].pk}/").json()
    assert [row["position"] for row in rows] == sorted(row["position"] for row in rows)
    assert (first["name"], first["kind"], first["stall_days"]) == ("미팅 약속 완료", "open", 14)
    assert set(first["exit_criteria"][0]) == {"id", "name", "question", "kind", "required"}
    assert [task["name"] for task in first["entry_tasks"]]


def test_win_rates_are_numbers(cast: Cast, api: Api, stages: list[Any]):
    with workspace_scope(cast.workspace.pk):
        Stage.objects.filter(pk=stages[0].pk).update(win_rate=Decimal("63.15"))
        Stage.objects.filter(pk=stages[1].pk).update(win_rate=Decimal("70.00"))
    raw = api.get("stages/").content.decode()
    assert '"win_rate":63.15,' in raw
    assert '"win_rate":70,' in raw


def test_archived_stages_are_not_listed(cast: Cast, api: Api, stages: list[Any]):
    with workspace_scope(cast.workspace.pk):
        Stage.objects.filter(pk=stages[4].pk).update(archived_at=clock.now())
    assert str(stages[4].pk) not in api.get("pipelines/").content.decode()
    problem_of(api.get(f"stages/{stages[4].pk}/"), 404, "not-found")


def test_members(cast: Cast, api: Api):
    with workspace_scope(cast.workspace.pk):
        imported = add_member(user=None, display_name="Darcel Schlecht")
        deactivate_member(member=cast.other_rep)
    rows = {row["display_name"]: row for row in api.get("members/").json()["results"]}
    assert rows["Darcel Schlecht"]["email"] is None
    assert rows["김도현"]["email"] == "dohyun@acme.test"
    assert rows["최하은"]["is_active"] is False
    assert len(api.get("members/?active=true").json()["results"]) == 6
    assert [row["id"] for row in api.get("members/?search=darcel").json()["results"]] == [str(imported.pk)]
    assert api.get(f"members/{cast.rep.pk}/").json() == rows["김도현"]


def test_loss_reasons(api: Api):
    rows = api.get("loss-reasons/").json()["results"]
    assert rows
    assert set(rows[0]) == {"id", "name"}


def test_alerts(cast: Cast, api: Api, deal: Deal):
    with workspace_scope(cast.workspace.pk):
        alert = StallAlert.objects.create(
            deal=deal, stage=deal.stage, stay=deal.stays.get(), stalled_since=date(2026, 11, 1)
        )
        for member in (cast.rep, cast.leader):
            Notification.objects.create(member=member, kind="stall", deal=deal, alert=alert)
    (row,) = api.get("alerts/?kind=stall").json()["results"]
    assert (row["deal"], row["stage"], row["stalled_since"]) == (
        str(deal.pk),
        str(deal.stage_id),
        "2026-11-01",
    )
    assert set(row["notified"]) == {str(cast.rep.pk), str(cast.leader.pk)}
    assert len(api.get(f"alerts/?deal={deal.pk}").json()["results"]) == 1
    problem_of(api.get("alerts/?kind=rain"), 400, "invalid")
    api.delete(f"deals/{deal.pk}/")
    assert api.get("alerts/").json()["results"] == []


def test_alerts_cost_the_same_for_any_number(cast: Cast, api: Api, query_count: Callable[..., Any]):
    with workspace_scope(cast.workspace.pk):
        for n in range(12):
            deal = make_deal(actor=cast.actor(), name=str(n))
            alert = StallAlert.objects.create(
                deal=deal, stage=deal.stage, stay=deal.stays.get(), stalled_since=date(2026, 11, 1)
            )
            Notification.objects.create(member=cast.rep, kind="stall", deal=deal, alert=alert)
    with query_count() as counted:
        assert len(api.get("alerts/").json()["results"]) == 12
    assert counted() <= 8


# The forecast ----------------------------------------------------------------------------------------------------


def test_the_articles_example(cast: Cast, api: Api):
    """온보딩 교육 중 at 70 %, 10,000,000 KRW, expected in November 2023: 7,000,000 KRW."""
    with clock.frozen_at(datetime(2023, 10, 15, tzinfo=UTC)), workspace_scope(cast.workspace.pk):
        Stage.objects.filter(name="온보딩 교육 중").update(win_rate=70)
        make_deal(actor=cast.actor(), stage="온보딩 교육 중", expected_close_date=date(2023, 11, 20))
        make_deal(actor=cast.actor(), amount=5)
        body = api.get("forecast/?from=2023-11&to=2023-12").json()
    assert body["currency"] == "KRW"
    assert body["months"][0] == {
        "month": "2023-11",
        "won": "0",
        "weighted": "7000000",
        "open_amount": "10000000",
        "deals": 1,
        "total": "7000000",
    }
    assert [month["month"] for month in body["months"]] == ["2023-11", "2023-12"]
    assert body["needs_date"] == {"deals": 1, "amount": "5"}


def test_by_default_this_month_and_the_five_after_it(api: Api):
    # 01:00 of the first of December in Seoul
    with clock.frozen_at(datetime(2026, 11, 30, 16, tzinfo=UTC)):
        months = [month["month"] for month in api.get("forecast/").json()["months"]]
    assert months == ["2026-12", "2027-01", "2027-02", "2027-03", "2027-04", "2027-05"]


def test_deals_in_another_currency_are_counted_apart(cast: Cast, api: Api):
    """Dated or won or without a date: none is dropped in silence; one in another month is not of these."""
    with workspace_scope(cast.workspace.pk), clock.frozen_at(datetime(2026, 11, 23, tzinfo=UTC)):
        for day in (date(2027, 3, 3), None, date(2027, 4, 1)):
            make_deal(actor=cast.actor(), amount=700, currency="USD", expected_close_date=day)
        won = make_deal(actor=cast.actor(), amount=900, currency="USD")
        win_deal(deal_id=won.pk, actor=cast.actor("leader"), override_reason="Signed")
        make_deal(actor=cast.actor(), amount=100, expected_close_date=date(2027, 3, 3))
        march = api.get("forecast/?from=2027-03&to=2027-03").json()
        november = api.get("forecast/?from=2026-11&to=2026-11").json()
    assert (march["other_currency"], november["other_currency"]) == ({"deals": 2}, {"deals": 2})
    assert (march["months"][0]["open_amount"], march["months"][0]["deals"]) == ("100", 1)
    assert (november["months"][0]["won"], november["needs_date"]) == ("0", {"deals": 1, "amount": "0"})


def test_without_other_currencies_none_is_counted(cast: Cast, api: Api, deal: Deal):
    assert api.get("forecast/").json()["other_currency"] == {"deals": 0}


def test_the_forecast_by_owner_and_pipeline(cast: Cast, api: Api):
    with workspace_scope(cast.workspace.pk):
        make_deal(actor=cast.actor(), owner=cast.rep, expected_close_date=date(2027, 3, 3))
    path = "forecast/?from=2027-03&to=2027-03"
    mine = api.get(f"{path}&owner={cast.rep.pk}&pipeline={cast.pipeline.pk}").json()["months"][0]
    others = api.get(f"{path}&owner={cast.leader.pk}").json()["months"][0]
    assert (mine["deals"], others["deals"]) == (1, 0)


def test_the_forecast_as_it_stood(cast: Cast, api: Api):
    with clock.frozen_at(datetime(2026, 9, 1, 1, tzinfo=UTC)), workspace_scope(cast.workspace.pk):
        from deals.services.create_deal import Past

        make_deal(
            actor=cast.actor("owner"),
            expected_close_date=date(2027, 3, 3),
            past=Past(created_at=datetime(2026, 8, 20, tzinfo=UTC)),
        )
    path = "forecast/?from=2027-03&to=2027-03"
    then = api.get(f"{path}&as_of=2026-08-20").json()["months"][0]
    before = api.get(f"{path}&as_of=2026-08-19").json()["months"][0]
    assert (before["deals"], then["deals"]) == (0, 1)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2027-01&to=2026-12", "to"),
        ("from=2027-01&to=2030-01", "to"),
        ("from=2027-13", "from"),
        ("from=2027", "from"),
        ("from=0000-01", "from"),
        ("to=now", "to"),
        ("as_of=2999-01-01", "as_of"),
        ("as_of=yesterday", "as_of"),
        ("owner=01a20949-b58d-7167-a355-0e13c57c7962", "owner"),
        ("until=2027-01", "until"),
    ],
)
def test_forecasts_that_are_none(api: Api, query: str, field: str):
    assert list(fields_of(problem_of(api.get(f"forecast/?{query}"), 400, "invalid"))) == [field]


def test_thirty_six_months_are_the_most(api: Api):
    assert len(api.get("forecast/?from=2027-01&to=2029-12").json()["months"]) == 36


# The reference ---------------------------------------------------------------------------------------------------


def test_the_reference_page_runs_no_inline_script(client: Any):
    reply = client.get("/api/v1/docs/")
    assert reply.status_code == 200
    page = reply.content.decode()
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert page.count("<script ") == page.count("<script src=") == page.count("<script")
    assert "<style" not in page
    assert 'data-schema="/api/v1/openapi.json"' in page
