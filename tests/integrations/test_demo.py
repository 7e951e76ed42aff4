"""The demo workspace: made once, with a true past; its file says how to get in."""

from __future__ import annotations

import json
import stat
import uuid
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from core import clock
from deals.models import Deal, DealEvent, DealVersion, StageStay, Task
from deals.models.task import PENDING
from integrations.demo import make
from integrations.management.commands import prepare
from tenancy.models import Team
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
        return workspace.pk

    monkeypatch.setattr(make, "make_demo", make_bare)
    return demo


def test_the_file_opens_every_door(demo: Path) -> None:
    call_command("prepare", "--demo")
    assert stat.S_IMODE(demo.stat().st_mode) == 0o600
    access = json.loads(demo.read_text(encoding="utf-8"))
    assert [login["role"] for login in access["logins"]] == ["owner", "leader", "rep"]
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


@pytest.mark.parametrize(("language", "currency"), [("ko", "KRW"), ("en", "USD")])
def test_the_story_holds(demo: Path, language: str, currency: str) -> None:
    call_command("prepare", "--demo", "--demo-language", language)
    workspace = workspace_id_for_slug("demo")
    assert workspace is not None
    with workspace_scope(workspace) as scope:
        zone, now = scope.workspace.zone, clock.now()
        today = clock.local_date(now, zone)
        deals = list(Deal.objects.select_related("stage"))
        opened = [deal for deal in deals if deal.is_open]
        assert 35 <= len(opened) <= 45
        assert {deal.currency for deal in deals} == {currency}
        assert {deal.outcome for deal in deals} == {"open", "won", "lost"}
        assert sum(deal.is_stalled(today=today, zone=zone) for deal in opened) >= 4
        assert sum(deal.expected_close_date is None for deal in opened) >= 2
        assert (
            sum(deal.expected_close_date is not None and deal.expected_close_date < today for deal in opened)
            >= 2
        )
        assert Team.objects.count() == 2
        pending = Task.objects.filter(PENDING, deal__outcome="open")
        assert pending.filter(due_on=today).count() >= 4
        assert pending.filter(due_on__lt=today).count() >= 3
        assert not DealEvent.objects.filter(at__gt=now).exists()
        assert not DealVersion.objects.filter(pgh_created_at__gt=now).exists()
        assert not DealEvent.objects.filter(dispatched_at=None).exists()
        assert StageStay.objects.filter(left_at=None).count() == len(opened)
        assert DealVersion.objects.filter(pgh_created_at__lt=now - timedelta(days=60)).exists()
        for deal in deals:
            stays = list(StageStay.objects.filter(deal=deal).order_by("entered_at"))
            assert stays[0].entered_at == deal.created_at
            assert all(a.left_at == b.entered_at for a, b in pairwise(stays))


def test_without_demo_none_is_made(demo: Path) -> None:
    call_command("prepare")
    assert not demo.exists()
    assert workspace_id_for_slug("demo") is None


def test_an_unknown_language_is_refused(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_LANGUAGE", "fr")
    with pytest.raises(CommandError, match="ko and en, not “fr”"):
        call_command("prepare", "--demo")
    assert not demo.exists()
