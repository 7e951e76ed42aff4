"""`serve` and `alive`: one process alone, on servers of the operator's own."""

import os
import signal
import time
import urllib.request

import pytest

from runner.environment import read
from runner.services import commands
from tests.runner.standin import Project, eventually

SERVERS = {
    "SECRET_KEY": "k" * 50,
    "DATABASE_URL": "postgres://app:x@127.0.0.1:1/stagecraft",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


@pytest.mark.parametrize("missing", SERVERS)
def test_what_is_missing_is_said_in_one_line(project: Project, missing: str):
    given = {name: value for name, value in SERVERS.items() if name != missing}
    refused = project.run("serve", "web", **given)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"run: {missing} is not set: give ")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["nginx"], ["web", "worker"]])
def test_it_takes_one_name(project: Project, arguments: list[str]):
    refused = project.run("serve", *arguments, **SERVERS)
    assert (refused.returncode, refused.stderr) == (2, "run: serve takes one name: web, worker, beat\n")


def test_it_becomes_the_very_process_that_the_demo_starts(project: Project):
    web = project.start("serve", "web", **SERVERS)
    eventually(lambda: project.run("alive", "web").returncode == 0, "web answers")
    with urllib.request.urlopen(f"http://127.0.0.1:{project.port}/healthz", timeout=30) as answer:
        assert "server" not in answer.headers
    demos = commands(read({"DATA_DIR": str(project.data), "PORT": str(project.port)}))["web"]
    running = [line for line in project.processes() if line.startswith(f"{web.pid} ")]
    assert running == [f"{web.pid} {' '.join(demos)}"]
    web.terminate()
    assert web.wait(timeout=20) == -signal.SIGTERM
    assert project.run("alive", "web").stderr == "run: web does not answer /healthz (no connection)\n"


def test_a_sign_of_life_grows_old(project: Project):
    sign = project.root / "alive"
    assert "no sign of life yet" in project.run("alive", "worker", ALIVE_FILE=str(sign)).stderr
    sign.touch()
    fresh = project.run("alive", "worker", ALIVE_FILE=str(sign))
    assert (fresh.returncode, fresh.stderr) == (0, "")
    os.utime(sign, (time.time() - 90, time.time() - 90))
    old = project.run("alive", "worker", ALIVE_FILE=str(sign))
    assert (old.returncode, old.stdout) == (1, "")
    assert "gave its last sign of life 9" in old.stderr


def test_alive_says_what_it_takes(project: Project):
    assert project.run("alive", "postgres").stderr == "run: alive takes one name: web, worker, beat\n"
    assert "ALIVE_FILE is not set" in project.run("alive", "beat").stderr
