"""The settings of a production environment: what Django's deployment check says, and secrets that come by file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.deployment.compose import FILLED, ROOT, filled


def manage(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], **filled(FILLED)["services"]["web"]["environment"], **changes}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env={name: value for name, value in env.items() if value},
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_deployment_check_finds_nothing(tmp_path: Path) -> None:
    checked = manage("check", "--deploy", "--fail-level", "WARNING", DATA_DIR=str(tmp_path))
    assert (checked.returncode, checked.stderr) == (0, "")
    weak = manage("check", "--deploy", "--fail-level", "WARNING", DATA_DIR=str(tmp_path), SECRET_KEY="short")
    assert weak.returncode == 1
    assert "security.W009" in weak.stderr


def test_a_secret_may_come_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    show = "from django.conf import settings; print(repr(settings.SECRET_KEY.strip()))"
    shown = manage(
        "shell", "--no-imports", "-c", show, DATA_DIR=str(tmp_path), SECRET_KEY_FILE=str(tmp_path / "key")
    )
    assert shown.stdout.strip() == "'from a file'", shown.stderr
