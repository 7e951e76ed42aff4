"""Commands for the operator: they print the one thing that scripts want, or refuse in one line."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from pipeline.models import Pipeline
from tenancy.models import User, Workspace, WorkspaceKey
from tenancy.scope import workspace_scope
from tenancy.services.members import deactivate_member
from tests.factories import Cast
from tests.factories.cast import PASSWORD


def run(command: str, /, **options: Any) -> str:
    out = io.StringIO()
    call_command(command, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def new_workspace(**changes: Any) -> str:
    options = {"slug": "hanbit", "name": "한빛물산", "owner_email": "Owner@Hanbit.test", "password": PASSWORD}
    return run("create_workspace", **options | changes)


def test_the_id_alone_is_printed_and_the_owner_can_log_in(db: None) -> None:
    printed = new_workspace()
    workspace_id = uuid.UUID(printed.strip())
    assert printed == f"{workspace_id}\n"
    with workspace_scope(workspace_id):
        workspace = Workspace.objects.get()
        assert (workspace.language, workspace.currency, workspace.timezone) == ("ko", "KRW", "Asia/Seoul")
        pipeline = Pipeline.objects.get()
        assert (pipeline.is_default, pipeline.stages.count()) == (True, 5)
    client = Client()
    form = {"login": "owner@hanbit.test", "password": PASSWORD}
    assert client.post("/accounts/login/", form).status_code == 302
    assert client.get("/w/hanbit/board/").status_code == 200


@pytest.mark.parametrize(
    ("options", "pipeline", "stages"),
    [
        ({"template": "empty"}, "신규 영업", 0),
        ({"template": "the-model"}, "더 모델", 5),
        ({"template": "the-model", "language": "en", "currency": "USD"}, "The Model", 5),
    ],
)
def test_templates(db: None, options: dict[str, str], pipeline: str, stages: int) -> None:
    with workspace_scope(uuid.UUID(new_workspace(**options).strip())):
        found = Pipeline.objects.get()
        assert (found.name, found.is_default, found.stages.count()) == (pipeline, True, stages)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"slug": "Not A Slug"}, "slug: "),
        ({"language": "fr"}, "language: "),
        ({"currency": "XXX"}, "currency: "),
        ({"timezone": "Mars/Olympus"}, "timezone: "),
        ({"owner_email": "nobody"}, "valid email"),
        ({"password": "short"}, "password"),
        ({"template": "nope"}, "Unknown template “nope”. Choose one of: salesmap, the-model, empty."),
    ],
)
def test_a_refusal_is_one_line_and_makes_nothing(db: None, changes: dict[str, str], complaint: str) -> None:
    with pytest.raises(CommandError) as refused:
        new_workspace(**changes)
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not WorkspaceKey.objects.exists()
    assert not User.objects.exists()


def test_a_slug_is_given_once(db: None) -> None:
    new_workspace()
    with pytest.raises(CommandError, match="There is a workspace “hanbit” already"):
        new_workspace(owner_email="other@hanbit.test")
    assert not User.objects.filter(email="other@hanbit.test").exists()


def test_a_known_user_keeps_the_password_and_the_operator_is_told(cast: Cast) -> None:
    err = io.StringIO()
    options = {
        "slug": "second",
        "name": "Second",
        "owner_email": "minjun@acme.test",
        "password": "another one 9",
    }
    call_command("create_workspace", stdout=io.StringIO(), stderr=err, **options)
    assert "minjun@acme.test is a user already and keeps their password." in err.getvalue()
    assert User.objects.get(email="minjun@acme.test").check_password(PASSWORD)


def test_a_token_is_printed_alone_and_works(cast: Cast) -> None:
    printed = run("create_api_token", workspace="acme", email="Dohyun@acme.test", name="CI", scope="read")
    token = printed.strip()
    assert printed == f"{token}\n"
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/me/", headers=headers).json()["token"]["scope"] == "read"
    refused = Client().post("/api/v1/deals/", {"name": "x"}, content_type="application/json", headers=headers)
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"workspace": "nowhere"}, "There is no workspace “nowhere”."),
        ({"email": "mallory@rival.test"}, "mallory@rival.test is not an active member of “acme”."),
        ({"scope": "root"}, "Unknown scope “root”. Choose one of: read, write, admin."),
        ({"name": " "}, "A token needs a name."),
    ],
)
def test_refused_tokens(cast: Cast, changes: dict[str, str], complaint: str) -> None:
    options = {"workspace": "acme", "email": "dohyun@acme.test", "name": "CI"} | changes
    with pytest.raises(CommandError) as refused:
        run("create_api_token", **options)
    assert str(refused.value) == complaint


def test_whoever_left_gets_no_token(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        deactivate_member(member=cast.rep)
    with pytest.raises(CommandError, match="not an active member"):
        run("create_api_token", workspace="acme", email="dohyun@acme.test", name="CI")
