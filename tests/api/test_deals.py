"""`deals/`: the list, and a deal as it is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contacts.models import Company
from core import clock
from deals.models import Deal
from pipeline.models import LossReason, Stage
from tenancy.scope import workspace_scope
from tests.api.conftest import Api, fields_of, problem_of
from tests.factories import Cast, make_deal

FIELDS = {
    "id",
    "name",
    "pipeline",
    "stage",
    "owner",
    "company",
    "amount",
    "currency",
    "weighted_amount",
    "expected_close_date",
    "outcome",
    "stage_entered_at",
    "days_in_stage",
    "is_stalled",
    "version",
    "created_at",
    "closed_at",
    "closed_on",
}


def names(reply: Any) -> set[str]:
    assert reply.status_code == 200, reply.content
    return {row["name"] for row in reply.json()["results"]}


# Showing ---------------------------------------------------------------------------------------------------------


def test_a_deal_as_it_is_shown(cast: Cast, api: Api, deal: Deal):
    reply = api.get(f"deals/{deal.pk}/")
    body = reply.json()
    assert reply.headers["ETag"] == '"1"'
    assert set(body) >= FIELDS
    assert body["id"] == str(deal.pk)
    assert (body["amount"], body["currency"], body["weighted_amount"]) == ("10000000", "KRW", "2000000")
    assert body["created_at"].endswith("Z")
    assert (body["owner"], body["stage"]) == (str(cast.rep.pk), str(deal.stage_id))
    assert (body["outcome"], body["closed_at"], body["company"]) == ("open", None, None)


@pytest.mark.parametrize(
    ("amount", "currency", "win_rate", "shown", "weighted"),
    [
        ("10000000", "KRW", "70", "10000000", "7000000"),
        ("1054.50", "USD", "63.15", "1054.5", "665.92"),
        ("1", "KRW", "49.99", "1", "0"),
        ("1", "KRW", "50", "1", "1"),
        ("0", "KRW", "50", "0", "0"),
        ("99999999999999.99", "USD", "100", "99999999999999.99", "99999999999999.99"),
        (None, "KRW", "50", None, None),
    ],
)
def test_money_and_percent_forms(
    cast: Cast,
    api: Api,
    amount: str | None,
    currency: str,
    win_rate: str,
    shown: str | None,
    weighted: str | None,
):
    with workspace_scope(cast.workspace.pk):
        Stage.objects.update(win_rate=Decimal(win_rate))
    body = {"name": "딜", "pipeline": str(cast.pipeline.pk), "amount": amount, "currency": currency}
    made = api.post("deals/", body).json()
    assert (made["amount"], made["weighted_amount"]) == (shown, weighted)
    rate = api.get(f"stages/{made['stage']}/").json()["win_rate"]
    assert rate == float(win_rate)
    assert not isinstance(rate, str)


def test_weighted_amount_of_leads_and_closed_deals(cast: Cast, api: Api):
    with workspace_scope(cast.workspace.pk):
        pipeline = cast.pipeline
        actor = cast.actor()
        reason = LossReason.objects.first()
        lead = make_deal(actor=actor, name="리드")
        won, lost = (make_deal(actor=actor, name=name) for name in ("수주", "실주"))
        Stage.objects.filter(pk=pipeline.stages.order_by("position")[1].pk).update(kind="lead")
        Deal.objects.filter(pk=lead.pk).update(stage=pipeline.stages.order_by("position")[1])
        now = clock.now()
        closed = {"closed_at": now, "closed_on": now.date()}
        Deal.objects.filter(pk=won.pk).update(outcome="won", **closed)
        Deal.objects.filter(pk=lost.pk).update(outcome="lost", loss_reason=reason, **closed)
    shown = {row["name"]: row["weighted_amount"] for row in api.get("deals/").json()["results"]}
    assert shown == {"리드": None, "수주": "10000000", "실주": "0"}


def test_days_are_the_workspaces(cast: Cast, api: Api):
    with workspace_scope(cast.workspace.pk):
        deal = make_deal(actor=cast.actor())
        fourteen_days_ago = clock.start_of_day(
            clock.local_date(clock.now(), cast.workspace.zone) - timedelta(14), cast.workspace.zone
        )
        Deal.objects.update(stage_entered_at=fourteen_days_ago + timedelta(hours=23, minutes=59))
    body = api.get(f"deals/{deal.pk}/").json()
    assert (body["days_in_stage"], body["is_stalled"]) == (14, True)
    assert names(api.get("deals/?stalled=true")) == {deal.name}
    assert names(api.get("deals/?stalled=false")) == set()


# The list --------------------------------------------------------------------------------------------------------


@pytest.fixture
def several(cast: Cast) -> dict[str, Deal]:
    with workspace_scope(cast.workspace.pk):
        company = Company.objects.create(name="100% Glass_Works")
        actor = cast.actor()
        first, second = cast.pipeline.stages.order_by("position")[:2]
        return {
            "A": make_deal(
                actor=actor,
                name="Alpha",
                owner=cast.rep,
                stage=first.name,
                expected_close_date=date(2027, 1, 31),
            ),
            "B": make_deal(
                actor=actor, name="BETA", owner=cast.other_rep, stage=second.name, company=company
            ),
            "C": make_deal(actor=actor, name="gamma_ray", amount=None, expected_close_date=date(2027, 2, 1)),
        }


def test_filters(cast: Cast, api: Api, several: dict[str, Deal]):
    alpha = several["A"]
    assert names(api.get("deals/")) == {"Alpha", "BETA", "gamma_ray"}
    assert names(api.get(f"deals/?pipeline={cast.pipeline.pk}")) == {"Alpha", "BETA", "gamma_ray"}
    assert names(api.get(f"deals/?stage={alpha.stage_id}")) == {"Alpha", "gamma_ray"}
    assert names(api.get(f"deals/?owner={cast.other_rep.pk}")) == {"BETA"}
    assert names(api.get("deals/?outcome=won")) == set()
    assert names(api.get("deals/?close_from=2027-01-31&close_to=2027-01-31")) == {"Alpha"}
    assert names(api.get("deals/?close_from=2027-02-01")) == {"gamma_ray"}
    assert names(api.get(f"deals/?stage={alpha.stage_id}&owner={cast.rep.pk}")) == {"Alpha"}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("alph", {"Alpha"}),
        ("beta", {"BETA"}),
        ("A_R", {"gamma_ray"}),
        ("_", {"BETA", "gamma_ray"}),
        ("100%25", {"BETA"}),
        ("glass", {"BETA"}),
        ("%25%25", set()),
        ("' OR 1=1", set()),
    ],
)
def test_search_is_a_part_of_the_name_or_companys(
    api: Api, several: dict[str, Deal], search: str, found: set[str]
):
    assert names(api.get(f"deals/?search={search}")) == found


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("stage=x", "stage", "invalid"),
        ("owner=01a20949-b58d-7167-a355-0e13c57c7962", "owner", "does_not_exist"),
        ("outcome=open,won", "outcome", "invalid_choice"),
        ("stalled=1", "stalled", "invalid"),
        ("close_from=2027-02-30", "close_from", "invalid"),
        ("search=%00", "search", "null_characters_not_allowed"),
    ],
)
def test_filters_that_are_none(api: Api, query: str, field: str, code: str):
    assert fields_of(problem_of(api.get(f"deals/?{query}"), 400, "invalid")) == {field: code}


@pytest.mark.parametrize("rows", [1, 40])
def test_a_list_costs_the_same_for_any_number(
    cast: Cast, api: Api, query_count: Callable[..., Any], rows: int
):
    with workspace_scope(cast.workspace.pk):
        company = Company.objects.create(name="한결")
        for n in range(rows):
            make_deal(actor=cast.actor(), name=f"딜 {n}", owner=cast.rep, company=company)
        stage = cast.pipeline.stages.order_by("position")[0]
    api.get("me/")
    with query_count() as counted:
        names(api.get("deals/"))
    assert counted() <= 5  # one of them: whether there are added fields
    with query_count() as counted:
        names(
            api.get(f"deals/?pipeline={cast.pipeline.pk}&stage={stage.pk}&owner={cast.rep.pk}&stalled=false")
        )
    assert counted() <= 9
