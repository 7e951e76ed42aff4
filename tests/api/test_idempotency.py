"""A POST with a key does its work once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from api.models import IdempotencyKey
from contacts.models import Company
from core import clock
from deals.models import Deal, StageStay
from tenancy.models import Workspace
from tenancy.scope import workspace_scope
from tests.api.conftest import Api, fields_of, problem_of
from tests.factories import Cast, make_deal


def count(cast: Cast, workspace: Workspace | None = None) -> int:
    with workspace_scope((workspace or cast.workspace).pk):
        return Company.objects.count()


def test_the_second_call_gets_the_first_ones_reply(cast: Cast, api: Api):
    first = api.post("companies/", {"name": "한결"}, Idempotency_Key="k1")
    again = api.post("companies/", {"name": "한결"}, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replay"] == "true"
    assert "Idempotent-Replay" not in first.headers
    assert count(cast) == 1


def test_another_body_under_the_same_key_is_refused(cast: Cast, api: Api):
    api.post("companies/", {"name": "한결"}, Idempotency_Key="k1")
    reply = api.post("companies/", {"name": "다른"}, Idempotency_Key="k1")
    problem_of(reply, 422, "idempotency-mismatch")
    assert count(cast) == 1


def test_without_a_key_each_call_is_its_own(cast: Cast, api: Api):
    api.post("companies/", {"name": "한결"})
    api.post("companies/", {"name": "한결"})
    assert count(cast) == 2


def test_keys_belong_to_token_path_and_workspace(
    cast: Cast, api: Api, api_of: Callable[..., Api], mallory: Api
):
    callers = [api, api_of(), api_of("admin"), mallory]
    for caller in callers:
        assert caller.post("companies/", {"name": "한결"}, Idempotency_Key="k").status_code == 201
    assert api.post("contacts/", {"name": "한결"}, Idempotency_Key="k").status_code == 201
    assert (count(cast), count(cast, cast.rival)) == (3, 1)


def test_a_refusal_is_not_kept(cast: Cast, api: Api):
    problem_of(api.post("companies/", {"name": ""}, Idempotency_Key="k"), 400, "invalid")
    assert api.post("companies/", {"name": "한결"}, Idempotency_Key="k").status_code == 201


def test_a_move_is_replayed_with_its_etag(cast: Cast, api_of: Callable[..., Api], stages: list[Any]):
    leader = api_of("leader")
    with workspace_scope(cast.workspace.pk):
        deal = make_deal(actor=cast.actor())
    body = {"stage": str(stages[1].pk), "version": 1, "override_reason": "고객 요청"}
    replies = [leader.post(f"deals/{deal.pk}/move/", body, Idempotency_Key="m") for _n in range(20)]
    assert {reply.status_code for reply in replies} == {200}
    assert {reply.headers["ETag"] for reply in replies} == {'"2"'}
    with workspace_scope(cast.workspace.pk):
        assert StageStay.objects.filter(deal=deal).count() == 2


def test_a_day_later_the_key_is_free_and_old_ones_go(cast: Cast, api: Api):
    for key in ("k", "other"):
        api.post("companies/", {"name": "한결"}, Idempotency_Key=key)
    with clock.frozen_at(clock.now() + timedelta(hours=23)):
        assert "Idempotent-Replay" in api.post("companies/", {"name": "한결"}, Idempotency_Key="k").headers
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        reply = api.post("companies/", {"name": "다른"}, Idempotency_Key="k")
    assert reply.status_code == 201
    with workspace_scope(cast.workspace.pk):
        assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["k"]


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256])
def test_keys_that_are_none(api: Api, key: str):
    problem = problem_of(api.post("companies/", {"name": "x"}, Idempotency_Key=key), 400, "invalid")
    assert list(fields_of(problem)) == ["Idempotency-Key"]


def test_a_reader_gets_no_replay(cast: Cast, api_of: Callable[..., Api]):
    problem_of(
        api_of("owner", "read").post("companies/", {"name": "x"}, Idempotency_Key="k"), 403, "not-allowed"
    )


def test_while_the_first_runs_the_second_is_told_so(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch):
    """Two at once, for real: one does the work, the other is refused at once and later gets the reply."""
    secret = committed_cast.token()
    inside, go_on = threading.Event(), threading.Event()
    from contacts.api import views

    create = views.create_company

    def slow(**fields: Any) -> Company:
        company = create(**fields)
        inside.set()
        assert go_on.wait(20)
        return company

    monkeypatch.setattr(views, "create_company", slow)
    replies: list[Any] = []

    def call() -> None:
        replies.append(Api(secret).post("companies/", {"name": "한결"}, Idempotency_Key="k"))
        connection.close()

    first = threading.Thread(target=call)
    first.start()
    assert inside.wait(20)
    problem_of(
        Api(secret).post("companies/", {"name": "한결"}, Idempotency_Key="k"), 409, "idempotency-in-flight"
    )
    go_on.set()
    first.join(20)
    again = Api(secret).post("companies/", {"name": "한결"}, Idempotency_Key="k")
    assert replies[0].status_code == again.status_code == 201
    assert again.content == replies[0].content
    assert count(committed_cast) == 1


def test_twenty_at_once_make_one(committed_cast: Cast):
    secret = committed_cast.token()
    body = {"name": "한 번만", "pipeline": str(committed_cast.pipeline.pk)}
    statuses: list[int] = []

    def call() -> None:
        statuses.append(Api(secret).post("deals/", body, Idempotency_Key="k").status_code)
        connection.close()

    threads = [threading.Thread(target=call) for _n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(statuses) == 20
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    with workspace_scope(committed_cast.workspace.pk):
        assert Deal.objects.count() == 1
