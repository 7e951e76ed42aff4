"""Every error is a problem document, whatever went wrong and wherever."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from api.base import ApiView
from contacts.models import Company
from deals.models import Deal
from tenancy.scope import workspace_scope
from tests.api.conftest import Api, fields_of, problem_of
from tests.factories import Cast


@pytest.mark.parametrize("path", ["", "nope/", "deals", "deals/not-an-id/", "me/x/", "a%0Ab/", "%00/", "ü/"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_unknown_addresses(api: Api, method: str, path: str):
    problem_of(api.call(method, path), 404, "not-found")


def test_the_wrong_method_says_which_are_right(api: Api, deal: Deal):
    reply = api.post("me/")
    problem_of(reply, 405, "method-not-allowed")
    assert reply.headers["Allow"] == "GET, HEAD"
    problem_of(api.call("OPTIONS", f"deals/{deal.pk}/"), 405, "method-not-allowed")
    problem_of(api.call("PUT", f"deals/{deal.pk}/?x=1", {}), 405, "method-not-allowed")


def test_head_is_a_get_without_a_body(api: Api, deal: Deal):
    reply = api.call("HEAD", "deals/?limit=1")
    assert (reply.status_code, reply.content) == (200, b"")
    problem = api.call("HEAD", "deals/?limit=0")
    assert problem.status_code == 400


def test_only_json_is_offered_and_read(cast: Cast, api: Api):
    problem_of(api.get("me/", Accept="text/html"), 406, "not-acceptable")
    reply = api.client.post(
        "/api/v1/companies/", {"name": "x"}, headers={"Authorization": f"Bearer {api.token}"}
    )
    problem_of(reply, 415, "unsupported-media-type")


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "",
        "[]",
        '"text"',
        "null",
        "{'name': 1}",
        b"\xff\xfe",
        b'{"name": "\xed\xa0\x80"}',
        '{"name": NaN}',
        '{"name": Infinity}',
        r'{"name": "\ud800"}',
        r'{"\udfff": 1}',
        "[" * 100_000,
        '{"name": ' + "9" * 5000 + "}",
    ],
)
def test_bodies_that_are_no_json_object(api: Api, body: Any):
    reply = api.call("POST", "companies/", body)
    if body == "":
        assert fields_of(problem_of(reply, 400, "invalid")) == {"name": "required"}
    else:
        problem_of(reply, 400, "malformed")


@pytest.mark.parametrize("name", ["a\x00b", "", "   ", 5, True, None, [], {}, "x" * 201])
def test_texts_that_are_none(api: Api, name: Any):
    problem = problem_of(api.post("companies/", {"name": name}), 400, "invalid")
    assert list(fields_of(problem)) == ["name"]


def test_unknown_fields_and_parameters_are_errors(api: Api, deal: Deal):
    problem = problem_of(api.post("companies/", {"name": "x", "nmae": "y", "id": "z"}), 400, "invalid")
    assert fields_of(problem) == {"id": "unknown", "nmae": "unknown"}
    problem = problem_of(api.patch(f"deals/{deal.pk}/", {"stage": str(deal.stage_id)}), 400, "invalid")
    assert fields_of(problem) == {"stage": "unknown"}
    for path in ("me/?x=1", f"deals/{deal.pk}/?x=1", "deals/?x=1"):
        assert fields_of(problem_of(api.get(path), 400, "invalid")) == {"x": "unknown"}
    assert fields_of(problem_of(api.post("companies/?x=1", {"name": "x"}), 400, "invalid")) == {
        "x": "unknown"
    }


def test_a_body_too_large_is_refused_unread(api: Api):
    problem_of(api.post("companies/", {"name": "x" * 3_000_000}), 413, "too-large")


def test_what_nobody_expected_gives_nothing_away(api: Api, monkeypatch: pytest.MonkeyPatch):
    def explode(*_args: Any, **_kwargs: Any) -> Any:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("api.members.members", explode)
    reply = api.get("members/")
    problem_of(reply, 500, "internal")
    assert b"secret" not in reply.content


def test_what_breaks_at_the_commit_is_a_problem_too(api: Api, monkeypatch: pytest.MonkeyPatch):
    class Breaking:
        def __enter__(self) -> None:
            """Nothing to enter."""

        def __exit__(self, *_exc: object) -> None:
            raise IntegrityError("deferred constraint")

    monkeypatch.setattr("api.base.workspace_scope", lambda _id: Breaking())
    problem_of(api.get("me/"), 500, "internal")


@pytest.mark.parametrize("path", ["me/", "deals/", "openapi.json", "nope/"])
def test_a_forged_host_is_a_problem_too(api: Api, path: str):
    problem_of(api.get(path, Host="evil.example"), 400, "malformed")
    problem_of(api.get(path, Host="a b"), 400, "malformed")
    assert api.get("me/", Host="localhost").status_code == 200


def test_elsewhere_a_forged_host_gets_a_page(client: Client):
    reply = client.get("/accounts/login/", headers={"Host": "evil.example"})
    assert (reply.status_code, reply.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert b"evil.example" not in reply.content


@pytest.mark.parametrize("code", ["40P01", "40001"])
def test_a_transaction_that_met_another_may_come_again(
    cast: Cast, api: Api, monkeypatch: pytest.MonkeyPatch, code: str
):
    """PostgreSQL raises it here as it does for a deadlock: the transaction is over, nothing is written."""

    def meet(*_args: Any, **_kwargs: Any) -> Any:
        Company.objects.create(name="Half done")
        with connection.cursor() as cursor:
            cursor.execute(
                f"DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '{code}'; END $$"
            )

    with monkeypatch.context() as patched:
        patched.setattr("api.members.members", meet)
        reply = api.get("members/")
    problem_of(reply, 503, "busy")
    assert reply.headers["Retry-After"] == "1"
    assert api.get("members/").status_code == 200
    with workspace_scope(cast.workspace.pk):
        assert not Company.objects.filter(name="Half done").exists()


def test_another_database_error_is_ours(api: Api, monkeypatch: pytest.MonkeyPatch):
    def stop(*_args: Any, **_kwargs: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'gone' USING ERRCODE = '57014'; END $$")

    monkeypatch.setattr("api.members.members", stop)
    problem_of(api.get("members/"), 500, "internal")


def test_an_error_undoes_everything(cast: Cast, api: Api, monkeypatch: pytest.MonkeyPatch):
    """Even what a service had written before a later step failed."""
    was = ApiView.list_response

    def write_then_fail(self: ApiView, *args: Any, **kwargs: Any) -> Any:
        Deal.objects.update(name="changed")
        was(self, *args, **kwargs)
        raise RuntimeError

    with workspace_scope(cast.workspace.pk):
        deal = Deal.objects.create(
            pipeline=cast.pipeline, stage=cast.pipeline.stages.first(), name="a", currency="KRW", rank="V"
        )
    monkeypatch.setattr(ApiView, "list_response", write_then_fail)
    problem_of(api.get("deals/"), 500, "internal")
    with workspace_scope(cast.workspace.pk):
        assert Deal.objects.get(pk=deal.pk).name == "a"


def test_problems_speak_the_callers_language_but_their_type_does_not(api: Api):
    assert problem_of(api.get("nope/", Accept_Language="ko"), 404, "not-found")["title"]
