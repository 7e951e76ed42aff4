"""Criteria, stays and timeline of a deal; `tasks/`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from core import clock
from core.ids import uuid7
from deals.models import Deal, Task, TaskSource
from pipeline.models import ExitCriterion
from tenancy.scope import workspace_scope
from tests.api.conftest import Api, fields_of, problem_of
from tests.factories import Cast, make_deal

NOWHERE = "01a20949-b58d-7167-a355-0e13c57c7962"


# Criteria --------------------------------------------------------------------------------------------------------


def test_every_criterion_of_the_pipeline_with_its_state(cast: Cast, api: Api, deal: Deal, stages: list[Any]):
    rows = api.get(f"deals/{deal.pk}/criteria/").json()["results"]
    with workspace_scope(cast.workspace.pk):
        assert len(rows) == ExitCriterion.objects.count() > 3
    assert {"id", "name", "question", "kind", "required", "stage", "met"} <= set(rows[0])
    assert rows[0]["stage"] == str(stages[0].pk)
    assert not any(row["met"] for row in rows)


def test_ticking_and_taking_it_back(cast: Cast, api: Api, deal: Deal):
    criterion = api.get(f"deals/{deal.pk}/criteria/").json()["results"][0]["id"]
    path = f"deals/{deal.pk}/criteria/{criterion}/"
    ticked = api.put(path, {"met": True}).json()
    assert (ticked["id"], ticked["met"], ticked["checked_by_name"]) == (criterion, True, "김도현")
    assert ticked["checked_at"].endswith("Z")
    assert api.get(f"deals/{deal.pk}/criteria/").json()["results"][0]["met"] is True
    assert api.put(path, {"met": False}).json()["met"] is False
    assert api.get(f"deals/{deal.pk}/").json()["version"] == 1


@pytest.mark.parametrize("body", [{}, {"met": "true"}, {"met": 1}, {"met": None}])
def test_a_tick_is_true_or_false(api: Api, deal: Deal, body: dict[str, Any]):
    criterion = api.get(f"deals/{deal.pk}/criteria/").json()["results"][0]["id"]
    problem = problem_of(api.put(f"deals/{deal.pk}/criteria/{criterion}/", body), 400, "invalid")
    assert list(fields_of(problem)) == ["met"]


def test_what_is_computed_cannot_be_ticked(cast: Cast, api: Api, deal: Deal):
    with workspace_scope(cast.workspace.pk):
        computed = ExitCriterion.objects.create(
            stage_id=deal.stage_id, name="금액 입력", kind="field", subject="amount"
        )
    rows = {row["id"]: row for row in api.get(f"deals/{deal.pk}/criteria/").json()["results"]}
    assert (rows[str(computed.pk)]["met"], rows[str(computed.pk)]["computed"]) == (True, True)
    reply = api.put(f"deals/{deal.pk}/criteria/{computed.pk}/", {"met": False})
    problem_of(reply, 409, "criterion-computed")


def test_criteria_of_elsewhere(cast: Cast, api: Api, deal: Deal):
    with workspace_scope(cast.rival.pk):
        foreign = ExitCriterion.objects.first()
    assert foreign is not None
    for criterion in (foreign.pk, NOWHERE):
        problem_of(api.put(f"deals/{deal.pk}/criteria/{criterion}/", {"met": True}), 404, "not-found")


# Timeline --------------------------------------------------------------------------------------------------------


def test_the_timeline_tells_who_did_what_latest_first(api: Api, deal: Deal):
    api.patch(f"deals/{deal.pk}/", {"amount": "5"})
    rows = api.get(f"deals/{deal.pk}/timeline/").json()["results"]
    assert [row["kind"] for row in rows] == ["edited", "created"]
    assert rows[0]["actor_name"] == "김도현"
    assert rows[0]["data"] == {"fields": {"amount": {"from": "10000000", "to": "5"}}}
    assert [row["kind"] for row in api.get(f"deals/{deal.pk}/timeline/?ordering=at").json()["results"]] == [
        "created",
        "edited",
    ]


# Tasks -----------------------------------------------------------------------------------------------------------


def test_a_task_by_hand(cast: Cast, api: Api, deal: Deal):
    reply = api.post("tasks/", {"deal": str(deal.pk), "name": "전화하기", "due_on": "2026-12-01"})
    made = reply.json()
    assert reply.status_code == 201
    assert reply.headers["Location"] == f"/api/v1/tasks/{made['id']}/"
    assert (made["source"], made["done"], made["assignee"]) == ("manual", False, str(cast.rep.pk))
    assert api.get(f"tasks/{made['id']}/").json() == made


def test_doing_a_task_and_undoing_it(cast: Cast, api: Api, deal: Deal):
    task = api.post("tasks/", {"deal": str(deal.pk), "name": "전화하기"}).json()["id"]
    done = api.patch(f"tasks/{task}/", {"done": True}).json()
    assert (done["done"], done["done_by"]) == (True, str(cast.rep.pk))
    again = api.patch(f"tasks/{task}/", {"done": True}).json()
    assert again["done_at"] == done["done_at"]
    undone = api.patch(f"tasks/{task}/", {"done": False, "name": "메일 보내기", "assignee": None}).json()
    assert (undone["done"], undone["done_at"], undone["name"], undone["assignee"]) == (
        False,
        None,
        "메일 보내기",
        None,
    )


def test_tasks_made_by_a_stage_entry_say_so(cast: Cast, api: Api, deal: Deal):
    with workspace_scope(cast.workspace.pk):
        stay = deal.stays.get()
        entry_task = deal.stage.entry_tasks.create(name="미팅 진행")
        Task.objects.create(
            deal=deal,
            name="미팅 진행",
            source=TaskSource.STAGE_ENTRY,
            stage=deal.stage,
            stay=stay,
            entry_task=entry_task,
        )
    row = api.get(f"tasks/?deal={deal.pk}").json()["results"][0]
    assert (row["source"], row["stage"]) == ("stage_entry", str(deal.stage_id))


def test_task_filters(cast: Cast, api: Api, deal: Deal):
    with workspace_scope(cast.workspace.pk):
        other = make_deal(actor=cast.actor())
        Task.objects.create(deal=deal, name="a", assignee=cast.rep, due_on=date(2026, 1, 2))
        Task.objects.create(deal=deal, name="b", assignee=cast.leader, done_at=clock.now())
        Task.objects.create(deal=other, name="c", assignee=cast.rep, due_on=date(2026, 1, 1))
        Task.objects.create(deal=other, name="undone", voided_at=clock.now())
        gone = make_deal(actor=cast.actor())
        Task.objects.create(deal=gone, name="of a deleted deal")
        Deal.objects.filter(pk=gone.pk).update(deleted_at=clock.now())

    def names(query: str) -> list[str]:
        return [row["name"] for row in api.get(f"tasks/?{query}").json()["results"]]

    assert names("") == ["c", "a", "b"]
    assert names(f"deal={deal.pk}") == ["a", "b"]
    assert names(f"assignee={cast.rep.pk}&done=false") == ["c", "a"]
    assert names("done=true") == ["b"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x"}, "deal"),
        ({"deal": NOWHERE, "name": "x"}, "deal"),
        ({"deal": "{deal}"}, "name"),
        ({"deal": "{deal}", "name": "x", "due_on": "soon"}, "due_on"),
        ({"deal": "{deal}", "name": "x", "assignee": NOWHERE}, "assignee"),
    ],
)
def test_tasks_that_are_none(api: Api, deal: Deal, body: dict[str, Any], field: str):
    given = {name: str(deal.pk) if value == "{deal}" else value for name, value in body.items()}
    assert list(fields_of(problem_of(api.post("tasks/", given), 400, "invalid"))) == [field]


def test_record_lists_cost_the_same_for_any_number(
    cast: Cast, api: Api, deal: Deal, query_count: Callable[..., Any]
):
    with workspace_scope(cast.workspace.pk):
        for n in range(30):
            Task.objects.create(id=uuid7(), deal=deal, name=str(n), assignee=cast.rep)
    for n in range(10):
        api.patch(f"deals/{deal.pk}/", {"amount": str(n)})
    for path in (
        f"tasks/?deal={deal.pk}&assignee={cast.rep.pk}",
        *(f"deals/{deal.pk}/{each}/" for each in ("timeline", "stays", "criteria")),
    ):
        with query_count() as counted:
            assert api.get(path).status_code == 200
        assert counted() <= 8, path
