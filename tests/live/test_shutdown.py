"""The web process ends quickly and quietly however many streams are open."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from runner.environment import read
from runner.ports import free_port
from runner.services import commands
from tests.factories import Cast
from tests.live.serving import Browser, until

ROOT = Path(__file__).resolve().parents[2]


def test_sigterm_ends_the_streams_and_then_the_process(committed_cast: Cast, tmp_path: Path) -> None:
    port = free_port()
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{settings.DATABASES['default']['NAME']}")
    given = {"PORT": str(port), "DATA_DIR": str(tmp_path), "DATABASE_URL": database.geturl()}
    command = commands(read({**os.environ, "PORT": str(port)}))["web"]
    log = tmp_path / "web.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env={**os.environ, **given}, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        site: Any = SimpleNamespace(port=port)
        browser = Browser.of(site, committed_cast.rep)
        listeners = [first(browser) for _ in range(5)]
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        # Each hears the end of its stream, not a broken line.
        for listener in listeners:
            assert listener.response.read().strip() == b""
        assert process.wait(5) in (0, -signal.SIGTERM)
        assert time.monotonic() - began < 3
    finally:
        process.kill()
        process.wait()
    assert "exceeded" not in log.read_text()
    assert "Traceback" not in log.read_text()


def first(browser: Browser) -> Any:
    """A stream that is open, once the process answers."""

    def tried() -> Any:
        try:
            listener = browser.ask([("ticket", browser.ticket()), ("since", "")])
        except OSError:
            return None
        listener.next()
        return listener

    return until(tried, seconds=60)
