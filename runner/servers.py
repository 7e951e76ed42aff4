"""Use of the embedded servers of a DATA_DIR: find them running or have them started, and let go of them."""

import json
import subprocess
import sys
import time

from runner.environment import Environment
from runner.keeper import Places
from runner.locks import FileLock, is_held
from runner.paths import ROOT, read_json
from runner.problems import Failure, Refusal

NAMES = {"postgres": {"DATABASE_URL", "DATABASE_OWNER_URL"}, "redis": {"REDIS_URL"}}
CLOSING_SECONDS = 15.0


class Servers:
    """Servers in use by this process. `urls` holds them by the names of the environment, given ones included."""

    def __init__(self, environment: Environment, *, throwaway: bool = False) -> None:
        self.urls = given_urls(environment)
        self._kinds = sorted(kind for kind, names in NAMES.items() if not names <= self.urls.keys())
        self._places = Places(environment.data_dir)
        self._durability = "throwaway" if throwaway else "durable"
        self._users = FileLock(self._places.users)

    @property
    def has_embedded_database(self) -> bool:
        """Whether the database is ours."""
        return "postgres" in self._kinds

    def attach(self) -> None:
        """Use the servers, having them started where they do not run."""
        if not self._kinds:
            return
        with FileLock(self._places.starting):
            self._users.take(shared=True)  # waits for a keeper that is just closing
            state = read_json(self._places.state) if is_held(self._places.keeper) else {}
            if not state:
                self._start_keeper()
                state = read_json(self._places.state)
        wanted = set().union(*(NAMES[kind] for kind in self._kinds))
        urls = state.get("urls", {})
        if not wanted <= urls.keys():
            self.release()
            raise Refusal(
                "the running servers of this DATA_DIR were started with other settings: give the same DATABASE_URL,"
                " DATABASE_OWNER_URL and REDIS_URL as there, or another DATA_DIR"
            )
        self.urls |= {name: urls[name] for name in wanted}

    @property
    def are_kept(self) -> bool:
        """Whether the keeper lives: it ends before us only by violence."""
        return not self._kinds or is_held(self._places.keeper)

    def release(self) -> None:
        """Let go, and wait for the servers to stop unless others use them."""
        if not self._kinds:
            return
        self._users.free()
        started = time.monotonic()
        while is_held(self._places.keeper) and time.monotonic() - started < CLOSING_SECONDS:
            # A keeper without users has removed its state long before a second is over.
            if time.monotonic() - started > 1 and self._places.state.exists():
                return
            time.sleep(0.03)

    def _start_keeper(self) -> None:
        command = [sys.executable, str(ROOT / "runner"), "keep-servers"]
        logs = self._places.data_dir / "logs"
        logs.mkdir(exist_ok=True)
        with (logs / "servers.log").open("ab") as log:
            keeper = subprocess.Popen(
                [*command, str(self._places.data_dir), ",".join(self._kinds), self._durability],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # out of reach of Ctrl-C: it closes when its users have
                cwd=self._places.data_dir,
            )
        report = keeper.stdout.readline() if keeper.stdout else b""
        if not report:
            raise Failure(
                f"the embedded servers could not be started; the reason is in {logs / 'servers.log'}"
            )
        outcome = json.loads(report)
        if outcome:
            keeper.wait()
            raise _problem(outcome)


def given_urls(environment: Environment) -> dict[str, str]:
    """The URLs that the operator gave, by the names of the environment."""
    urls = {
        "DATABASE_URL": environment.database_url,
        "DATABASE_OWNER_URL": environment.owner_url,
        "REDIS_URL": environment.redis_url,
    }
    return {name: url for name, url in urls.items() if url}


def _problem(outcome: dict[str, object]) -> Refusal:
    kind = Failure if outcome.get("code") == Failure.exit_code else Refusal
    return kind(str(outcome["error"]))
