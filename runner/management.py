"""`./run manage …`: manage.py with the demo's data and servers, wherever they are."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from runner import external, prepared
from runner.environment import Environment, for_children, read
from runner.locks import FileLock, is_held
from runner.paths import MANAGE, read_json
from runner.problems import Failure
from runner.processes import leashed
from runner.servers import Servers
from runner.supervisor import LOCK, STATE

# These make the schema themselves, or ask nothing of it.
WITHOUT_SCHEMA = {"prepare", "migrate", "makemigrations", "showmigrations", "sqlmigrate", "makemessages"} | {
    *("compilemessages", "collectstatic", "check", "diffsettings", "spectacular", "startapp"),
    *("help", "version", "--help", "-h", "--version", "test"),
}
CHANGES_SCHEMA = {"migrate", "prepare"}


def main(arguments: list[str]) -> int:
    """Run one management command; its exit code is ours, and stdout is its alone."""
    environment = _as_running(read(os.environ))
    servers = Servers(environment)
    external.check(environment)
    try:
        servers.attach()
        env = for_children(environment, servers.urls)
        command = arguments[0] if arguments else "help"
        if command in CHANGES_SCHEMA:
            prepared.forget(environment)
        elif command not in WITHOUT_SCHEMA and servers.has_embedded_database:
            _prepare(environment, servers, env)
        return run_attached([sys.executable, str(MANAGE), *arguments], env)
    finally:
        servers.release()


def run_attached(command: list[str], env: dict[str, str], cwd: os.PathLike[str] | None = None) -> int:
    """Run `command` on our own terminal; Ctrl-C reaches it there, other signals are passed on."""
    with _stops_held() as held:
        process = subprocess.Popen(leashed(command), env=env, cwd=cwd)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda got, _: process.send_signal(got))
        for early in held:
            process.send_signal(early)
        code = process.wait()
    return code if code >= 0 else 128 - code


@contextlib.contextmanager
def _stops_held() -> Iterator[list[int]]:
    """Signals that arrive before there is a child wait for it; Ctrl-C is the child's to answer."""
    held: list[int] = []
    before: dict[int, Any] = {
        signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None),
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda got, _: held.append(got)),
        signal.SIGHUP: signal.signal(signal.SIGHUP, lambda got, _: held.append(got)),
    }
    try:
        yield held
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _as_running(environment: Environment) -> Environment:
    """The settings of the demo that runs on this DATA_DIR, where the caller gave none: links must lead to it."""
    if not is_held(environment.data_dir / LOCK):
        return environment
    running = read_json(environment.data_dir / STATE)
    given = running.get("given", {})
    if not environment.database_url:
        environment = replace(
            environment, database_url=given.get("DATABASE_URL"), owner_url=given.get("DATABASE_OWNER_URL")
        )
    if not environment.redis_url:
        environment = replace(environment, redis_url=given.get("REDIS_URL"))
    if not os.environ.get("BASE_URL") and running.get("url"):
        environment = replace(environment, base_url=running["url"])
    return environment


def _prepare(environment: Environment, servers: Servers, env: dict[str, str]) -> None:
    """Migrate first where that was not done: one caller at a time, output to stderr."""
    with FileLock(environment.data_dir / prepared.LOCK):
        if prepared.is_noted(environment):
            return
        command = [sys.executable, str(MANAGE), "prepare"]
        done = subprocess.run(
            leashed(command), env=env, check=False, stdin=subprocess.DEVNULL, stdout=sys.stderr
        )
        if done.returncode:
            raise Failure("the database could not be migrated; see above")
        prepared.note(environment, servers)
