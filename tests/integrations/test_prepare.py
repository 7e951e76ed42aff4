"""Prepare does what is needed, and nothing where nothing changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder

from integrations.management.commands import prepare

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture
def calls(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the commands that prepare calls; collectstatic leaves what it always leaves."""
    settings.DATA_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STATICFILES_DIRS = [tmp_path / "source"]
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "app.css").write_text("a {}")
    called: list[str] = []

    def call(name: str, **_options: Any) -> None:
        called.append(name)
        if name == "collectstatic":
            settings.STATIC_ROOT.mkdir(exist_ok=True)
            (settings.STATIC_ROOT / "staticfiles.json").write_text("{}")

    monkeypatch.setattr(prepare, "call_command", call)
    return called


def test_static_files_are_collected_when_they_change(calls: list[str], tmp_path: Path) -> None:
    for expected in (1, 1):
        call_command("prepare")
        assert calls.count("collectstatic") == expected
    os.utime(tmp_path / "source" / "app.css", (1, 1))
    call_command("prepare")
    assert calls.count("collectstatic") == 2
    (tmp_path / "source" / "new.css").write_text("b {}")
    call_command("prepare")
    assert calls.count("collectstatic") == 3
    (tmp_path / "static" / "staticfiles.json").unlink()
    call_command("prepare")
    assert calls.count("collectstatic") == 4


def test_it_migrates_only_what_is_waiting(calls: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("prepare")
    assert "migrate" not in calls
    real = MigrationRecorder.applied_migrations

    def all_but_one(self: MigrationRecorder) -> dict[Any, Any]:
        return {key: value for key, value in real(self).items() if key != ("deals", "0001_initial")}

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", all_but_one)
    call_command("prepare")
    assert calls.count("migrate") == 1


def test_it_is_quiet(calls: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("prepare")
    assert capsys.readouterr().out == ""
