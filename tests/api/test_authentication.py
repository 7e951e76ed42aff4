"""Who may call, and what a refused caller learns: nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import clock
from tenancy.models import ApiToken, User
from tenancy.scope import workspace_scope
from tenancy.services.api_tokens import create_api_token, revoke_api_token
from tenancy.services.members import deactivate_member
from tests.api.conftest import Api, problem_of
from tests.factories import Cast


def refused(reply: Any) -> None:
    problem_of(reply, 401, "unauthorized")
    assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_me_says_who_calls(cast: Cast, api: Api):
    body = api.get("me/").json()
    assert body["id"] == str(cast.rep.pk)
    assert body["workspace"]["slug"] == "acme"
    assert body["token"]["scope"] == "write"
    assert (body["role"], body["effective_role"]) == ("rep", "rep")
    assert body["permissions"] == ["view", "edit_deals", "export_deals"]


def test_a_tokens_scope_caps_its_members_role(api_of: Callable[..., Api]):
    assert api_of("owner", "read").get("me/").json()["effective_role"] == "viewer"
    assert api_of("owner", "write").get("me/").json()["effective_role"] == "leader"
    assert api_of("owner", "admin").get("me/").json()["effective_role"] == "owner"
    assert api_of("viewer", "admin").get("me/").json()["effective_role"] == "viewer"


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer sc_unknown", "Bearer sc_é", "Basic dXNlcjpwYXNz", "sc_unknown"],
)
def test_no_or_unknown_tokens_are_refused(cast: Cast, header: str | None):
    refused(Api(None).get("me/", **({} if header is None else {"Authorization": header})))


def test_the_schemes_name_is_read_in_any_case(cast: Cast):
    assert Api(None).get("me/", Authorization=f"bearer {cast.token()}").status_code == 200


def test_a_session_is_no_token(cast: Cast):
    api = Api(None)
    assert cast.rep.user is not None
    api.client.force_login(cast.rep.user)
    refused(api.get("me/"))


def test_a_revoked_token_is_dead_from_the_next_request_on(cast: Cast, api: Api):
    assert api.get("me/").status_code == 200
    with workspace_scope(cast.workspace.pk):
        revoke_api_token(token=ApiToken.objects.get())
    refused(api.get("me/"))


def test_revoked_holds_without_the_directory_too(cast: Cast, api: Api):
    with workspace_scope(cast.workspace.pk):
        ApiToken.objects.update(revoked_at=clock.now())
    refused(api.get("me/"))


def test_an_expired_token_is_refused(cast: Cast, api: Api):
    with workspace_scope(cast.workspace.pk):
        ApiToken.objects.update(expires_at=clock.now() + timedelta(minutes=1))
    assert api.get("me/").status_code == 200
    with clock.frozen_at(clock.now() + timedelta(minutes=2)):
        refused(api.get("me/"))


def test_a_member_who_left_is_refused(cast: Cast, api: Api):
    with workspace_scope(cast.workspace.pk):
        deactivate_member(member=cast.rep)
    refused(api.get("me/"))


def test_a_locked_user_is_refused(cast: Cast, api: Api):
    User.objects.filter(email="dohyun@acme.test").update(is_active=False)
    refused(api.get("me/"))


def test_use_is_noted_once_a_day_in_the_workspaces_days(
    cast: Cast, api: Api, query_count: Callable[..., Any]
):
    with clock.frozen_at(datetime(2026, 11, 23, 16, tzinfo=UTC)):  # 01:00 of the 24th in Seoul
        with query_count() as first:
            api.get("me/")
        with query_count() as second:
            api.get("me/")
    assert second() == first() - 1
    with workspace_scope(cast.workspace.pk):
        assert str(ApiToken.objects.get().last_used_on) == "2026-11-24"


def test_a_token_opens_its_own_workspace_alone(cast: Cast, mallory: Api):
    with workspace_scope(cast.rival.pk):
        _token, secret = create_api_token(member=cast.mallory, name="second", scope="admin")
    slugs = {caller.get("me/").json()["workspace"]["slug"] for caller in (mallory, Api(secret))}
    assert slugs == {"rival"}


def test_replies_are_kept_by_nobody(api: Api):
    assert api.get("me/").headers["Cache-Control"] == "no-store"


def test_too_many_requests_are_told_when_to_come_again(api: Api, settings: Any):
    settings.API_REQUESTS_PER_MINUTE = 3
    replies = [api.get("me/") for _n in range(4)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    problem_of(replies[-1], 429, "throttled")
    assert 1 <= int(replies[-1].headers["Retry-After"]) <= 21
