"""The stand-in project and running servers, for every test of the runner."""

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.environment import read
from runner.paths import ROOT
from runner.servers import Servers
from tests.runner.standin import CELERY, MANAGE, SETTINGS, SITE, Project, RunningServers, write


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    root = tmp_path / "a check out"  # a path with spaces is a path
    shutil.copytree(ROOT / "runner", root / "runner", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "docs").mkdir()
    for name in ("run", "docs/roles.sql", "requirements-dev.lock", "requirements-uv.lock"):
        shutil.copy(ROOT / name, root / name)
    write(root, {"manage.py": MANAGE, "config/asgi.py": SITE, "config/__init__.py": CELERY})
    write(root, {"config/settings.py": SETTINGS})
    made = Project(root)
    yield made
    for pid in made.pids(""):  # what a failed test left
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServers]:
    """Embedded servers shared by the tests that only ask them."""
    data = tmp_path_factory.mktemp("servers")
    used = Servers(read({"DATA_DIR": str(data)}), throwaway=True)
    used.attach()
    yield RunningServers(data)
    used.release()
