"""`move/`, `win/`, `lose/`, `reopen/`, `undo/`, and the gate."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from deals.models import Deal, StageStay
from deals.selectors.criteria import criteria_of
from deals.services.criteria import check_criterion
from pipeline.models import Stage
from tenancy.scope import workspace_scope
from tests.api.conftest import Api, fields_of, problem_of
from tests.factories import Cast, make_deal


@pytest.fixture
def ready(cast: Cast, deal: Deal) -> Deal:
    """A deal with every criterion of its pipeline met."""
    with workspace_scope(cast.workspace.pk):
        meet_all(cast, deal)
    return deal


def meet_all(cast: Cast, deal: Deal) -> None:
    for state in criteria_of(deal):
        if not state.computed:
            check_criterion(deal_id=deal.pk, criterion_id=state.id, met=True, actor=cast.actor())


def column(cast: Cast, stage: Any) -> list[str]:
    with workspace_scope(cast.workspace.pk):
        return list(Deal.objects.filter(stage=stage).order_by("rank").values_list("name", flat=True))


def test_a_move(api: Api, ready: Deal, stages: list[Any]):
    reply = api.post(f"deals/{ready.pk}/move/", {"stage": str(stages[1].pk), "version": 1})
    body = reply.json()
    assert reply.status_code == 200, body
    assert (body["stage"], body["version"], body["days_in_stage"]) == (str(stages[1].pk), 2, 0)
    assert reply.headers["ETag"] == '"2"'
    stays = api.get(f"deals/{ready.pk}/stays/").json()["results"]
    assert [(stay["stage"], stay["left_at"] is None) for stay in stays] == [
        (str(stages[0].pk), False),
        (str(stages[1].pk), True),
    ]
    assert stays[0]["left_at"] == stays[1]["entered_at"] == body["stage_entered_at"]


def test_the_gate_says_what_is_missing(cast: Cast, api: Api, deal: Deal, stages: list[Any]):
    """Of the stage and of every one skipped; nothing changes."""
    problem = problem_of(
        api.post(f"deals/{deal.pk}/move/", {"stage": str(stages[2].pk), "version": 1}),
        422,
        "exit-criteria-not-met",
    )
    with workspace_scope(cast.workspace.pk):
        wanted = [
            {
                "id": str(s.id),
                "name": s.criterion.name,
                "kind": s.criterion.kind,
                "stage": str(s.criterion.stage_id),
            }
            for s in criteria_of(deal)
            if s.criterion.required and s.criterion.stage_id in (stages[0].pk, stages[1].pk)
        ]
    assert problem["unmet"] == wanted
    assert {each["stage"] for each in wanted} == {str(stages[0].pk), str(stages[1].pk)}
    assert api.get(f"deals/{deal.pk}/").json()["version"] == 1


def test_backwards_is_free(cast: Cast, api: Api, stages: list[Any]):
    with workspace_scope(cast.workspace.pk):
        deal = make_deal(actor=cast.actor(), stage=stages[3].name)
    assert api.post(f"deals/{deal.pk}/move/", {"stage": str(stages[0].pk)}).status_code == 200


def test_leaders_may_override_and_say_why(
    api: Api, api_of: Callable[..., Api], deal: Deal, stages: list[Any]
):
    body = {"stage": str(stages[1].pk), "version": 1, "override_reason": "대표 간 합의"}
    for refused in (api, api_of("rep", "admin"), api_of("viewer", "admin")):
        problem_of(refused.post(f"deals/{deal.pk}/move/", body), 403, "not-allowed")
    blank = {**body, "override_reason": "  "}
    problem_of(api_of("leader").post(f"deals/{deal.pk}/move/", blank), 422, "exit-criteria-not-met")
    assert api_of("leader").post(f"deals/{deal.pk}/move/", body).status_code == 200
    stays = api.get(f"deals/{deal.pk}/stays/").json()["results"]
    assert stays[-1]["override_reason"] == "대표 간 합의"


def test_the_version_is_checked_first(api: Api, deal: Deal, stages: list[Any]):
    """Before the gate, and before finding that the deal is there already."""
    for stage in stages[:2]:
        reply = api.post(f"deals/{deal.pk}/move/", {"stage": str(stage.pk), "version": 7})
        problem = problem_of(reply, 409, "stale-version")
        assert problem["current"]["version"] == 1
    reply = api.post(f"deals/{deal.pk}/move/", {"stage": str(stages[1].pk)}, If_Match='"7"')
    problem_of(reply, 409, "stale-version")


def test_after_says_where_in_the_column(cast: Cast, api: Api, stages: list[Any]):
    with workspace_scope(cast.workspace.pk):
        a, b, c = (make_deal(actor=cast.actor(), name=name) for name in "ABC")
    assert column(cast, stages[0]) == ["C", "B", "A"]
    move = {"stage": str(stages[0].pk)}
    api.post(f"deals/{c.pk}/move/", {**move, "after": str(a.pk)})
    assert column(cast, stages[0]) == ["B", "A", "C"]
    api.post(f"deals/{a.pk}/move/", {**move, "after": None})
    assert column(cast, stages[0]) == ["A", "B", "C"]
    reply = api.post(f"deals/{b.pk}/move/", move)
    assert column(cast, stages[0]) == ["A", "C", "B"]
    assert reply.json()["version"] == 1


def test_moves_to_nowhere(cast: Cast, api: Api, deal: Deal, stages: list[Any]):
    with workspace_scope(cast.rival.pk):
        foreign = str(cast.rival_pipeline.stages.get(position=0).pk)
        foreign_deal = str(make_deal(actor=cast.actor("mallory")).pk)
    nothing = "01a20949-b58d-7167-a355-0e13c57c7962"
    replies = [api.post(f"deals/{deal.pk}/move/", {"stage": stage}) for stage in (foreign, nothing)]
    assert replies[0].json() == replies[1].json()
    assert list(fields_of(problem_of(replies[0], 400, "invalid"))) == ["stage"]
    to = {"stage": str(stages[0].pk)}
    replies = [
        api.post(f"deals/{deal.pk}/move/", {**to, "after": after}) for after in (foreign_deal, nothing)
    ]
    assert replies[0].json() == replies[1].json()
    assert list(fields_of(problem_of(replies[0], 400, "invalid"))) == ["after"]
    assert fields_of(problem_of(api.post(f"deals/{deal.pk}/move/", {}), 400, "invalid")) == {
        "stage": "required"
    }


def test_a_move_costs_so_much(api: Api, ready: Deal, stages: list[Any], query_count: Callable[..., Any]):
    api.get("me/")
    with query_count() as counted:
        assert (
            api.post(f"deals/{ready.pk}/move/", {"stage": str(stages[1].pk), "version": 1}).status_code == 200
        )
    assert counted() <= 14


def test_winning(cast: Cast, api: Api, deal: Deal):
    problem = problem_of(api.post(f"deals/{deal.pk}/win/", {"version": 1}), 422, "exit-criteria-not-met")
    assert problem["unmet"]
    with workspace_scope(cast.workspace.pk):
        meet_all(cast, deal)
    body = api.post(f"deals/{deal.pk}/win/", {"version": 1}).json()
    assert (body["outcome"], body["version"], body["weighted_amount"]) == ("won", 2, "10000000")
    assert body["closed_at"]
    problem_of(api.post(f"deals/{deal.pk}/win/"), 422, "deal-closed")
    problem_of(api.post(f"deals/{deal.pk}/move/", {"stage": body["stage"]}), 422, "deal-closed")


def test_a_lead_cannot_be_won(cast: Cast, api_of: Callable[..., Api], ready: Deal):
    with workspace_scope(cast.workspace.pk):
        Stage.objects.filter(pk=ready.stage_id).update(kind="lead")
    reply = api_of("leader").post(f"deals/{ready.pk}/win/", {"override_reason": "x"})
    problem_of(reply, 422, "lead-cannot-be-won")


@pytest.mark.parametrize("by", ["id", "name"])
def test_losing_needs_a_reason_by_id_or_name(api: Api, deal: Deal, by: str):
    reason = api.get("loss-reasons/").json()["results"][0]
    problem = problem_of(api.post(f"deals/{deal.pk}/lose/", {}), 400, "invalid")
    assert fields_of(problem) == {"reason": "required"}
    for wrong in ("없는 사유", "01a20949-b58d-7167-a355-0e13c57c7962", "", "\u0000", 5):
        problem = problem_of(api.post(f"deals/{deal.pk}/lose/", {"reason": wrong}), 400, "invalid")
        assert list(fields_of(problem)) == ["reason"]
    body = api.post(
        f"deals/{deal.pk}/lose/", {"reason": reason[by], "note": "예산 동결", "version": 1}
    ).json()
    assert (body["outcome"], body["loss_reason"], body["loss_note"]) == ("lost", reason["id"], "예산 동결")


def test_reopening(api: Api, deal: Deal):
    reason = api.get("loss-reasons/").json()["results"][0]["id"]
    problem_of(api.post(f"deals/{deal.pk}/reopen/"), 409, "conflict")
    api.post(f"deals/{deal.pk}/lose/", {"reason": reason})
    problem_of(api.post(f"deals/{deal.pk}/reopen/", {"version": 1}), 409, "stale-version")
    body = api.post(f"deals/{deal.pk}/reopen/", {"version": 2}).json()
    assert (body["outcome"], body["closed_at"], body["loss_reason"], body["version"]) == (
        "open",
        None,
        None,
        3,
    )


def test_undoing_a_move(api: Api, ready: Deal, stages: list[Any]):
    problem_of(api.post(f"deals/{ready.pk}/undo/"), 409, "conflict")
    entered = api.get(f"deals/{ready.pk}/").json()["stage_entered_at"]
    api.post(f"deals/{ready.pk}/move/", {"stage": str(stages[1].pk)})
    body = api.post(f"deals/{ready.pk}/undo/", {"version": 2}).json()
    assert (body["stage"], body["stage_entered_at"]) == (str(stages[0].pk), entered)
    assert len(api.get(f"deals/{ready.pk}/stays/").json()["results"]) == 1


def test_of_twenty_same_moves_one_wins(committed_cast: Cast):
    cast = committed_cast
    with workspace_scope(cast.workspace.pk):
        deal = make_deal(actor=cast.actor())
        meet_all(cast, deal)
        target = str(cast.pipeline.stages.order_by("position")[1].pk)
    secret = cast.token()
    replies: list[Any] = []

    def call() -> None:
        replies.append(Api(secret).post(f"deals/{deal.pk}/move/", {"stage": target, "version": 1}))
        connection.close()

    threads = [threading.Thread(target=call) for _n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(reply.status_code for reply in replies) == [200] + [409] * 19
    losers = [reply.json()["current"] for reply in replies if reply.status_code == 409]
    assert {(each["stage"], each["version"]) for each in losers} == {(target, 2)}
    with workspace_scope(cast.workspace.pk):
        assert StageStay.objects.filter(deal=deal).count() == 2
