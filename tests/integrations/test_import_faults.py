"""Two imports at once; an import that is killed; a deal that somebody changes meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from contacts.models import Company
from deals.models import Deal, DealEvent, DealVersion, StageStay
from tenancy.models import Membership
from tenancy.scope import workspace_scope
from tests.integrations.importing import DATA, MAPPING, SLUG, counts, make_workspace, run_import

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


def start_import(path: Path, cwd: Path) -> subprocess.Popen[str]:
    """The command in a process of its own, on the test's database."""
    database = settings.DATABASES["default"]["NAME"]
    env = dict(os.environ)
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        env[name] = f"{env[name].rsplit('/', 1)[0]}/{database}"
    command = [sys.executable, str(ROOT / "manage.py"), "import_deals", str(path)]
    return subprocess.Popen(
        [*command, "--workspace", SLUG, "--mapping", MAPPING],
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_imports_of_one_file_make_its_deals_once(transactional_db: None, tmp_path: Path) -> None:
    workspace = make_workspace()
    running = [start_import(DATA, tmp_path) for _ in range(2)]
    outputs = [process.communicate(timeout=PATIENCE) for process in running]
    assert [process.returncode for process in running] == [0, 0], outputs
    found = sorted(counts(out.splitlines())["created"] for out, _err in outputs)
    assert found == [0, 8800]
    assert sorted(counts(out.splitlines())["skipped"] for out, _err in outputs) == [0, 8800]
    with workspace_scope(workspace):
        assert Deal.objects.count() == 8800


def is_writing(database: str) -> bool:
    """Whether an import's transaction has begun to insert."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state = 'active' "
            "AND query LIKE '%%INSERT INTO deals_%%' AND pid <> pg_backend_pid()",
            [database],
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.faults
def test_a_killed_import_leaves_nothing(transactional_db: None, tmp_path: Path) -> None:
    workspace = make_workspace()
    process = start_import(DATA, tmp_path)
    database = settings.DATABASES["default"]["NAME"]
    deadline = time.monotonic() + PATIENCE
    while not is_writing(database):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait(PATIENCE) == -signal.SIGKILL
    while is_writing(database):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    with workspace_scope(workspace):
        models: list[Any] = [Deal, StageStay, DealEvent, DealVersion, Company]
        assert [model.objects.count() for model in models] == [0] * len(models)
        assert Membership.objects.count() == 1
    assert counts(run_import(DATA, "--mapping", MAPPING))["created"] == 8800


def test_a_deal_changed_during_the_import_takes_all_back(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the comparison and the lock: nothing of what somebody else just wrote may be lost."""
    from django.core.management.base import CommandError

    from integrations.services import import_deals as service
    from tests.integrations.importing import sample

    workspace = make_workspace()
    run_import(sample(tmp_path / "deals.csv", 10), "--mapping", MAPPING)
    real = service.hold_deals

    def change_first(ids: Any) -> Any:
        def change() -> None:
            with workspace_scope(workspace):
                Deal.objects.update(version=9)
            connections["default"].close()

        other = threading.Thread(target=change)
        other.start()
        other.join()
        return real(ids)

    monkeypatch.setattr(service, "hold_deals", change_first)
    with pytest.raises(CommandError, match="Nothing was imported; try again"):
        run_import(sample(tmp_path / "deals.csv", 10, close_value="5"), "--mapping", MAPPING)
    with workspace_scope(workspace):
        deal = Deal.objects.get()
        assert (deal.version, deal.amount) == (9, None)
