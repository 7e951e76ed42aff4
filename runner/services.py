"""Web, worker and beat: what they run, and how a crashed one comes back."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runner.environment import Environment
from runner.output import Pump, say
from runner.paths import ROOT
from runner.processes import Child, Watchdog

FIRST_PAUSE = 1.0
GREATEST_PAUSE = 30.0
SETTLED_SECONDS = 60.0  # a child that ran this long starts again at once

# In a container everything is root; Celery says so in ten lines at every start. Messages are JSON, never pickles.
AS_ROOT = "ignore:You're running the worker with superuser privileges"


def commands(environment: Environment) -> dict[str, list[str]]:
    """The command line of each service."""
    level = environment.log_level.lower()
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "config"]
    web = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--no-access-log", "--lifespan", "off"]
    web += ["--no-server-header"]
    web += ["--host", environment.host, "--port", str(environment.port), "--log-level", level]
    # Live-update streams never end by themselves: without this limit, stopping would wait for every open tab.
    web += ["--timeout-graceful-shutdown", "3"]
    worker = [
        *celery,
        "worker",
        "--concurrency",
        "2",
        "--without-gossip",
        "--without-mingle",
        "--loglevel",
        level,
    ]
    schedule = str(environment.data_dir / "celerybeat-schedule")
    beat = [*celery, "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", level]
    return {"web": web, "worker": worker, "beat": beat}


@dataclass
class Service:
    """One service that is kept running. Its methods are called from the main thread only."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    logs: Path
    watchdog: Watchdog
    crashes_in_a_row: int = 0
    child: Child | None = None
    pump: Pump | None = None
    _started_at: float = 0.0
    _start_again_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it, its output going to the terminal and its log."""
        env = {"PYTHONWARNINGS": AS_ROOT, **self.env} if os.geteuid() == 0 else self.env
        self.child = Child(self.command, self.watchdog, env=env, cwd=ROOT, output=subprocess.PIPE)
        if self.child.process.stdout:
            self.pump = Pump(self.name, self.child.process.stdout, self.logs)
        self._started_at = time.monotonic()

    def tend(self) -> None:
        """Notice a crash and start again after a pause that doubles with each crash in a row."""
        now = time.monotonic()
        if self.child is None:
            if now >= self._start_again_at:
                self.start()
        elif not self.child.is_running:
            self._note_crash(self.child, now)

    def _note_crash(self, child: Child, now: float) -> None:
        child.bury()
        if now - self._started_at > SETTLED_SECONDS:
            self.crashes_in_a_row = 0
        pause = min(FIRST_PAUSE * 2**self.crashes_in_a_row, GREATEST_PAUSE)
        self.crashes_in_a_row += 1
        self._start_again_at = now + pause
        self.child = None
        say(
            f"run: {self.name} ended ({_ending(child.process.returncode)}); starting it again in {pause:.0f} s"
        )

    def last_lines(self) -> str:
        """What it said last, for an error message."""
        if self.pump:
            self.pump.join(1)
        return "\n".join(self.pump.tail) if self.pump else ""


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {-code}"
