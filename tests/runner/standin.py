"""A stand-in project: the real runner around a manage.py, a site and a Celery app of a few lines."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2  # type: ignore[import-untyped]
import pytest

from runner.keeper import Places
from runner.paths import read_json
from runner.ports import free_port

GENEROUS = 60.0  # seconds; only a test that fails waits this long

MANAGE = """
import json, os, sys, time
from pathlib import Path
name, *arguments = sys.argv[1:] or ["help"]
with (Path(os.environ["DATA_DIR"]) / "calls").open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
if name == "prepare":
    print("migrating")
    if "--demo" in arguments:
        login = {"role": "owner", "email": "owner@demo.example", "password": "secret"}
        content = {"url_path": "/", "logins": [login], "token": "sc_token"}
        (Path(os.environ["DATA_DIR"]) / "demo.json").write_text(json.dumps(content))
elif name == "exit":
    sys.exit(int(arguments[0]))
elif name == "sleep":
    time.sleep(float(arguments[0]))
elif name == "cat":
    print(sys.stdin.read(), end="")
elif name == "show":
    print(os.environ[arguments[0]])
elif name == "where":
    print(os.getcwd())
"""
SITE = """
async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})
"""
CELERY = """
import os
from celery import Celery
app = Celery("config", broker=os.environ["REDIS_URL"])
"""
SETTINGS = 'import os\nSECRET_KEY = os.environ["SECRET_KEY"]\nDATABASES = {}\nUSE_TZ = True\n'


@dataclass
class Project:
    """A stand-in checkout with its DATA_DIR; every process started in it is known by its path."""

    root: Path
    port: int = field(default_factory=free_port)

    @property
    def data(self) -> Path:
        return self.root / "data"

    def env(self, **variables: str) -> dict[str, str]:
        """A bare environment: nothing of the suite's own servers shines through."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, "DATA_DIR": str(self.data), "PORT": str(self.port), **variables}

    def start(self, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, str(self.root / "runner"), *arguments],
            env=self.env(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, stdin: str = "", cwd: Path | None = None, **variables: str):
        return subprocess.run(
            [sys.executable, str(self.root / "runner"), *arguments],
            check=False,
            env=self.env(**variables),
            cwd=cwd,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=GENEROUS,
        )

    def calls(self) -> list[str]:
        """Arguments of every call of manage.py so far."""
        path = self.data / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def processes(self) -> list[str]:
        """Command lines of what runs in this project, by argument or by working directory."""
        listed = subprocess.run(
            ["ps", "-ww", "-axo", "pid=,stat=,args="], check=True, capture_output=True, text=True
        )
        rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
        return [
            f"{pid} {arguments}"
            for pid, state, arguments in (row for row in rows if len(row) == 3)
            if not state.startswith("Z") and (str(self.root) in arguments or self._works_here(pid))
        ]

    def _works_here(self, pid: str) -> bool:
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cwd").readlink().is_relative_to(self.root)
        return False

    def pids(self, text: str) -> list[int]:
        return [int(line.split(None, 1)[0]) for line in self.processes() if text in line]


def eventually(condition: Callable[[], object], what: str) -> None:
    """Wait until `condition` holds."""
    deadline = time.monotonic() + GENEROUS
    while not condition():
        assert time.monotonic() < deadline, f"never came true: {what}"
        time.sleep(0.05)


def read_until(process: "subprocess.Popen[str]", text: str) -> str:
    """Read stdout up to the line with `text`."""
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return "".join(lines)
    assert process.stderr is not None
    pytest.fail(f"{text!r} never came; {''.join(lines)}\n{process.stderr.read()}")


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write `files` (path: content) below `root`."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)


@dataclass
class RunningServers:
    """Embedded servers that run for the tests, in `data`."""

    data: Path

    @property
    def urls(self) -> dict[str, str]:
        return read_json(Places(self.data).state)["urls"]

    @property
    def app_url(self) -> str:
        return self.urls["DATABASE_URL"]

    @property
    def owner_url(self) -> str:
        return self.urls["DATABASE_OWNER_URL"]

    @property
    def port(self) -> int:
        return urlsplit(self.app_url).port or 0

    @property
    def superuser_url(self) -> str:
        password = read_json(self.data / "postgres" / "passwords.json")["superuser"]
        return f"postgres://postgres:{password}@127.0.0.1:{self.port}/stagecraft"

    def query(self, url: str, sql: str) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(url, connect_timeout=5)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()
