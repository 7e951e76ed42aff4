"""The demo workspace is made once; its file says how to get in."""

from __future__ import annotations

import json
import stat
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from integrations.demo import make
from integrations.management.commands import prepare
from tenancy.scope import workspace_scope
from tenancy.selectors.workspaces import workspace_id_for_slug
from tenancy.services.create_workspace import create_workspace


@pytest.fixture
def demo(db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(prepare, "has_waiting_migrations", lambda: False)
    monkeypatch.setattr(prepare, "collect_static", lambda: None)
    return tmp_path / "demo.json"


@pytest.fixture
def bare(demo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the story does not matter: the demo's workspace without deals."""

    def make_bare(*, language: str) -> uuid.UUID:
        workspace, _owner = create_workspace(
            slug="demo", name="Demo", owner_email=make.address("owner"), password=make.PASSWORD
        )
        with workspace_scope(workspace.pk):
            make._add_people(language, like=_owner)
        return workspace.pk

    monkeypatch.setattr(make, "make_demo", make_bare)
    return demo


def test_the_file_opens_every_door(bare: Path) -> None:
    call_command("prepare", "--demo")
    assert stat.S_IMODE(bare.stat().st_mode) == 0o600
    access = json.loads(bare.read_text(encoding="utf-8"))
    assert [login["role"] for login in access["logins"]] == ["owner", "admin", "leader", "rep", "viewer"]
    for login in access["logins"]:
        client = Client()
        form = {"login": login["email"], "password": login["password"]}
        assert client.post("/accounts/login/", form).status_code == 302
    answer = Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {access['token']}"})
    assert answer.status_code == 200
    assert answer.json()["role"] == "owner"


def test_a_second_start_changes_nothing(bare: Path, query_count: Any) -> None:
    call_command("prepare", "--demo")
    before = bare.read_text(encoding="utf-8")
    with query_count() as counted:
        call_command("prepare", "--demo")
    assert bare.read_text(encoding="utf-8") == before
    assert counted() == 1


def test_a_lost_file_is_written_anew_with_another_token(bare: Path) -> None:
    call_command("prepare", "--demo")
    old = json.loads(bare.read_text(encoding="utf-8"))["token"]
    bare.unlink()
    call_command("prepare", "--demo")
    new = json.loads(bare.read_text(encoding="utf-8"))["token"]
    assert new != old
    status = [
        Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {token}"}).status_code
        for token in (old, new)
    ]
    assert status == [401, 200]


def test_a_file_of_another_database_does_not_count(bare: Path) -> None:
    bare.write_text(json.dumps({"workspace": "01a20940-b17f-70ee-a071-f1d15618c894", "token": "x"}))
    call_command("prepare", "--demo")
    assert json.loads(bare.read_text(encoding="utf-8"))["token"] != "x"


def test_somebody_elses_workspace_of_that_name_is_left_alone(demo: Path) -> None:
    create_workspace(slug="demo", name="Demo", owner_email="me@here.test", password="correct horse battery")
    with pytest.raises(CommandError, match="it is not the demo"):
        call_command("prepare", "--demo")
    assert not demo.exists()


def test_without_demo_none_is_made(demo: Path) -> None:
    call_command("prepare")
    assert not demo.exists()
    assert workspace_id_for_slug("demo") is None


def test_an_unknown_language_is_refused(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_LANGUAGE", "fr")
    with pytest.raises(CommandError, match="ko and en, not “fr”"):
        call_command("prepare", "--demo")
    assert not demo.exists()
