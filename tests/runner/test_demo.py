"""`./run demo` around a stand-in site: start, refusals, and every way to end."""

import os
import signal
import socket
import urllib.request
from collections.abc import Iterator

import pytest

from tests.runner.standin import GENEROUS, SITE, Project, eventually, read_until, write

LAST_LINE = "Ctrl-C stops it."


@pytest.fixture
def demo(project: Project) -> Iterator["object"]:
    """The demo, running."""
    process = project.start("demo")
    process.announcement = read_until(process, LAST_LINE)  # type: ignore[attr-defined]
    yield process
    process.kill()
    process.communicate()


def test_it_says_where_it_is_and_how_to_get_in_and_stops_cleanly(project: Project, demo):
    assert f"Stagecraft runs at http://127.0.0.1:{project.port}/" in demo.announcement
    assert "owner@demo.example  secret  (owner)" in demo.announcement
    assert "API token  sc_token" in demo.announcement
    assert project.calls() == ["prepare --demo"]
    with urllib.request.urlopen(f"http://127.0.0.1:{project.port}/") as reply:
        assert reply.read() == b"ok"
    # A child of each kind runs: the pool of the worker as well.
    eventually(lambda: len(project.pids("celery")) >= 4, "worker with two pool processes, and beat")

    second = project.run("demo")
    assert second.returncode != 0
    assert len(second.stderr.splitlines()) == 1
    assert f"already runs on {project.data}: http://127.0.0.1:{project.port}" in second.stderr

    shown = project.run("manage", "show", "BASE_URL", PORT="1234")
    assert shown.stdout == f"http://127.0.0.1:{project.port}\n"
    assert project.calls() == ["prepare --demo", "show BASE_URL"]

    demo.send_signal(signal.SIGTERM)
    assert demo.wait(GENEROUS) == 0
    eventually(lambda: not project.processes(), "everything has ended")


def test_killed_it_leaves_nothing_and_starts_again(project: Project, demo):
    eventually(lambda: len(project.pids("celery")) >= 4, "worker and beat run")
    demo.kill()
    demo.wait()
    eventually(lambda: not project.processes(), "everything has ended")

    again = project.start("demo")
    read_until(again, LAST_LINE)
    again.send_signal(signal.SIGINT)
    assert again.wait(GENEROUS) == 0
    again.communicate()
    eventually(lambda: not project.processes(), "everything has ended")


def test_a_crashed_child_is_started_again(project: Project, demo):
    (web,) = project.pids("uvicorn")
    os.kill(web, signal.SIGKILL)
    for line in demo.stderr:
        if "web ended (signal 9); starting it again in 1 s" in line:
            break
    eventually(lambda: set(project.pids("uvicorn")) - {web}, "another web process runs")


def test_a_site_that_cannot_start_ends_with_the_reason(project: Project):
    write(project.root, {"config/asgi.py": "raise RuntimeError('no such thing')\n"})
    done = project.run("demo")
    assert done.returncode == 1
    assert "web failed to start 3 times (RuntimeError: no such thing)" in done.stderr
    eventually(lambda: not project.processes(), "everything has ended")


def test_a_site_that_answers_with_errors_only_ends_too(project: Project):
    write(project.root, {"config/asgi.py": SITE.replace("200", "500")})
    done = project.run("demo")
    assert done.returncode == 1
    assert "web answers /healthz with status 500" in done.stderr


def test_a_database_that_cannot_be_prepared_ends_it(project: Project):
    write(project.root, {"manage.py": "raise SystemExit(3)\n"})
    done = project.run("demo")
    assert done.returncode == 1
    assert "run: the database could not be prepared" in done.stderr


def test_refusals_start_nothing(project: Project):
    with socket.create_server(("127.0.0.1", project.port)):
        busy = project.run("demo")
    assert (busy.returncode, busy.stdout) == (2, "")
    assert busy.stderr.startswith(f"run: port {project.port} on 127.0.0.1 cannot be had")
    assert project.run("demo", "now").returncode == 2
    assert (
        project.run("demo", PORT="x").stderr == "run: PORT=x is not a port: give a number from 1 to 65535\n"
    )
    assert not (project.data / "postgres").exists()


@pytest.mark.parametrize(("given", "seen"), [({}, b"1"), ({"DEMO": "0"}, b"0")])
def test_it_tells_the_site_that_it_is_a_demo(project: Project, given: dict[str, str], seen: bytes):
    site = "import os\n" + SITE.replace('b"ok"', 'os.environ["DEMO"].encode()')
    write(project.root, {"config/asgi.py": site})
    demo = project.start("demo", **given)
    try:
        read_until(demo, LAST_LINE)
        with urllib.request.urlopen(f"http://127.0.0.1:{project.port}/") as reply:
            assert reply.read() == seen
    finally:
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=GENEROUS)


def test_an_unknown_command_shows_the_usage(project: Project):
    done = project.run("dance")
    assert done.returncode == 2
    assert "usage: ./run COMMAND" in done.stderr
    assert "there is no command dance" in done.stderr
