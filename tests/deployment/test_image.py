"""The image's steps, taken one by one where there is no Docker; then what docker-compose.yml starts, on real servers."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from runner.environment import read
from runner.ports import free_port
from runner.processes import leashed
from runner.servers import Servers
from tests.deployment.compose import FILLED, ROOT, filled

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PATIENCE = 180.0  # seconds; only a test that fails waits this long


def test_the_code_is_not_the_processs_to_change() -> None:
    final = DOCKERFILE.rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER 10001:10001$", final, re.MULTILINE)
    assert "--chown" not in DOCKERFILE
    assert "--require-hashes" in DOCKERFILE
    assert not re.search(r"^(?:ENV|ARG) .*(?:SECRET|PASSWORD|DATABASE_URL)", DOCKERFILE, re.MULTILINE)


def copy_context(target: Path) -> None:
    """What .dockerignore lets through: it refuses all and names what may pass, and what is left out everywhere."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert lines[0] == "*"
    admitted = [line.removeprefix("!").rstrip("/") for line in lines[1:] if line.startswith("!")]
    left_out = [line.removeprefix("**/") for line in lines[1:] if line.startswith("**/")]
    assert len(admitted) + len(left_out) == len(lines) - 1
    for name in admitted:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns(*left_out))
        else:
            shutil.copy2(source, target / name)


@dataclass
class Image:
    """The tree of the image in `app`, the servers that stand for postgres and redis, and the processes started."""

    app: Path
    data: Path
    servers: dict[str, str]
    port: int = field(default_factory=free_port)
    started: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def command(self, command: list[str]) -> list[str]:
        return [sys.executable if part == "python" else part for part in command]

    def env(self, name: str) -> dict[str, str]:
        """The service's environment alone, its addresses and places being those of this machine."""
        places = {
            "/app/static_collected": str(self.app / "static_collected"),
            "/tmp/alive": str(self.data / f"alive-{name}"),  # noqa: S108 - the image's
            "/data": str(self.data),
            "0.0.0.0": "127.0.0.1",  # noqa: S104
            "8000": str(self.port),
        }
        given = filled(FILLED)["services"][name]["environment"]
        env = {variable: places.get(value, value) for variable, value in given.items()}
        env |= {variable: url for variable, url in self.servers.items() if variable in env}
        return {"PATH": os.environ["PATH"], **env}

    def run(self, name: str, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(command),
            env=self.env(name),
            cwd=self.app,
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def start(self, name: str) -> None:
        command = self.command(filled(FILLED)["services"][name]["command"])
        with (self.data / f"{name}.log").open("ab") as log:
            self.started[name] = subprocess.Popen(
                leashed(command),
                env=self.env(name),
                cwd=self.app,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def health(self, name: str) -> subprocess.CompletedProcess[str]:
        return self.run(name, filled(FILLED)["services"][name]["healthcheck"]["test"][1:])

    def stop(self, name: str) -> int:
        process = self.started.pop(name)
        process.terminate()
        return process.wait(timeout=PATIENCE)

    def kill_all(self) -> None:
        for process in self.started.values():
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def build(app: Path) -> None:
    """The manage.py lines of the Dockerfile, with the environment that it gives them."""
    exported = re.search(r"^RUN export (.*?) \\$", DOCKERFILE, re.MULTILINE)
    assert exported
    env = dict(pair.split("=", 1) for pair in exported[1].split())
    env |= {"PATH": os.environ["PATH"], "STATIC_ROOT": str(app / "static_collected")}
    steps = re.findall(r"&& python (manage\.py .*?)(?: \\)?$", DOCKERFILE, re.MULTILINE)
    assert len(steps) == 2
    for step in steps:
        subprocess.run([sys.executable, *step.split()], env=env, cwd=app, check=True, capture_output=True)


@pytest.fixture
def image(tmp_path: Path) -> Iterator[Image]:
    app, data, own = tmp_path / "app", tmp_path / "data", tmp_path / "servers"
    for directory in (app, data, own):
        directory.mkdir()
    copy_context(app)
    build(app)
    servers = Servers(read({"DATA_DIR": str(own)}), throwaway=True)
    servers.attach()
    made = Image(app, data, servers.urls)
    try:
        yield made
    finally:
        made.kill_all()
        servers.release()


def eventually_ready(image: Image) -> dict[str, object]:
    """What /readyz says once nothing is degraded, or at last."""
    host = urlsplit(FILLED["BASE_URL"]).hostname or ""
    request = urllib.request.Request(f"http://127.0.0.1:{image.port}/readyz", headers={"Host": host})
    deadline = time.monotonic() + PATIENCE
    body: dict[str, object] = {}
    while time.monotonic() < deadline and body.get("degraded") != []:
        time.sleep(0.2)
        with suppress(OSError), urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            body = json.load(answer)
    return body


def test_compose_brings_up_a_site_that_is_ready_and_stops_when_asked(image: Image) -> None:
    migrated = image.run("migrate", filled(FILLED)["services"]["migrate"]["command"])
    assert migrated.returncode == 0, migrated.stderr
    assert image.health("worker").returncode == 1, "nothing runs yet"
    assert image.health("web").returncode == 1
    for name in ("web", "worker", "beat"):
        image.start(name)
    ready = eventually_ready(image)
    assert (ready["status"], ready["degraded"]) == ("ok", [])
    for name in ("web", "worker", "beat"):
        checked = image.health(name)
        assert (checked.returncode, checked.stderr) == (0, ""), name

    os.kill(image.started["worker"].pid, signal.SIGSTOP)
    a_while_ago = time.time() - 120
    os.utime(image.data / "alive-worker", (a_while_ago, a_while_ago))
    time.sleep(3)
    assert "last sign of life" in image.health("worker").stderr, "a process that hangs gives none"
    os.kill(image.started["worker"].pid, signal.SIGCONT)

    # uvicorn ends what is under way, then lets the signal end it.
    assert [image.stop(name) for name in ("web", "worker", "beat")] == [-signal.SIGTERM, 0, 0]
    assert not (image.app / ".local").exists(), "nothing was written beside the code"
