"""The process that holds the embedded servers of one DATA_DIR, for as long as anybody uses them.

Users (a demo, manage commands) each hold a shared lock on `servers.users`; the kernel frees it when they die, even by
SIGKILL. The keeper tries to get that lock for itself alone: the moment it succeeds, nobody is left, and it closes.
"""

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from runner.locks import FileLock
from runner.output import log_file
from runner.paths import write_private
from runner.postgres import Postgres
from runner.problems import Failure, Refusal
from runner.processes import Watchdog, stop_signals
from runner.valkey import Valkey

GREATEST_PAUSE = 10.0


@dataclass(frozen=True)
class Places:
    """The files by which keeper and users find each other in a DATA_DIR."""

    data_dir: Path

    @property
    def users(self) -> Path:
        """Locked: shared by users, alone by a closing keeper."""
        return self.data_dir / "servers.users"

    @property
    def starting(self) -> Path:
        """Locked by the one user that looks for a keeper or starts one."""
        return self.data_dir / "servers.starting"

    @property
    def keeper(self) -> Path:
        """Locked by the keeper as long as it lives."""
        return self.data_dir / "servers.keeper"

    @property
    def state(self) -> Path:
        """URLs of the running servers, with passwords: mode 0600."""
        return self.data_dir / "servers.json"


def keep(data_dir: Path, kinds: list[str], *, throwaway: bool) -> int:
    """Start the servers in `kinds`, tell our parent how that went by one line, hold them until nobody uses them."""
    places = Places(data_dir)
    alive, users = FileLock(places.keeper), FileLock(places.users)
    if not alive.take(wait=False):
        _report(error="another process keeps the servers of this DATA_DIR", code=1)
        return 1
    (data_dir / "logs").mkdir(exist_ok=True)
    with stop_signals() as stops, _watchdog() as watchdog:
        servers = _Servers(data_dir, kinds, watchdog, throwaway=throwaway)
        try:
            urls = servers.start()
            write_private(places.state, json.dumps({"urls": urls, "pid": os.getpid()}))
            _report()
            while not stops and not users.take(wait=False):
                servers.revive()
                time.sleep(0.1)
        except Refusal as problem:
            _report(error=str(problem), code=problem.exit_code)
        except OSError as problem:
            _report(error=f"the embedded servers could not start: {problem}", code=1)
        finally:
            places.state.unlink(missing_ok=True)
            servers.stop()
    return 0


class _Servers:
    """The embedded servers that were asked for."""

    def __init__(self, data_dir: Path, kinds: list[str], watchdog: Watchdog, *, throwaway: bool) -> None:
        logs = data_dir / "logs"
        self.postgres = self.valkey = None
        if "postgres" in kinds:
            self.postgres = Postgres(
                data_dir / "postgres", log_file(logs, "postgres"), watchdog, throwaway=throwaway
            )
        if "redis" in kinds:
            self.valkey = Valkey(data_dir / "redis", log_file(logs, "redis"), watchdog)
        self._retry_at = 0.0
        self._pause = 0.5

    def start(self) -> dict[str, str]:
        """Start both at once; returns their URLs by the names of the environment."""
        if self.valkey:
            self.valkey.launch()
        urls = self.postgres.start() if self.postgres else {}
        return urls | (self.valkey.wait() if self.valkey else {})

    def revive(self) -> None:
        """Start a server that died again, on its port, with growing pauses."""
        if time.monotonic() < self._retry_at:
            return
        if self.postgres and self.postgres.child and not self.postgres.child.is_running:
            self._again("PostgreSQL", self.postgres.child.bury, self.postgres.start)
        elif self.valkey and self.valkey.child and not self.valkey.child.is_running:
            self._again("Redis", self.valkey.child.bury, self.valkey.launch)

    def stop(self) -> None:
        """Redis first, PostgreSQL last."""
        if self.valkey:
            self.valkey.stop()
        if self.postgres:
            self.postgres.stop()

    def _again(self, name: str, bury: Callable[[], None], start: Callable[[], object]) -> None:
        print(
            f"{time.strftime('%F %T')} {name} ended unexpectedly; starting it again",
            file=sys.stderr,
            flush=True,
        )
        bury()
        with contextlib.suppress(
            Failure
        ):  # its reason is in the server's own log; tried again after the pause
            start()
        self._retry_at = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, GREATEST_PAUSE)


@contextlib.contextmanager
def _watchdog() -> Iterator[Watchdog]:
    watchdog = Watchdog()
    try:
        yield watchdog
    finally:
        watchdog.close()


def _report(**content: object) -> None:
    """One line to the user that started us; then its pipe is let go, or `$(./run manage …)` would wait for us."""
    with contextlib.suppress(OSError):
        os.write(1, json.dumps(content).encode() + b"\n")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


def main(arguments: list[str]) -> int:
    """Internal command `keep-servers DATA_DIR KINDS durable|throwaway`."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    data_dir, kinds, durability = arguments
    return keep(Path(data_dir), kinds.split(","), throwaway=durability == "throwaway")
