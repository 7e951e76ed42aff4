"""Waking the worker never fails and hardly delays, whatever has become of Redis."""

import socket
import threading
import time

import pytest

from core import wake as waking
from core.wake import wake
from deals.tasks import dispatch_events

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def redis_at(monkeypatch):
    """Make the broker that of the port."""

    def set_port(port: int) -> None:
        app = dispatch_events.app
        monkeypatch.setattr(app.conf, "broker_url", f"redis://127.0.0.1:{port}/0")
        monkeypatch.setattr(app.conf, "broker_write_url", f"redis://127.0.0.1:{port}/0")
        waking._line.reset()

    yield set_port
    waking._line.reset()


@pytest.fixture
def silent_redis():
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def tries(monkeypatch) -> list[float]:
    """When the process really turned to Redis: what is counted instead of milliseconds, which a busy machine stretches."""
    found: list[float] = []
    send = waking._Line._send

    def counted(self, task, args) -> None:
        found.append(time.monotonic())
        send(self, task, args)

    monkeypatch.setattr(waking._Line, "_send", counted)
    return found


def refused() -> float:
    """Wake in vain; the seconds it took."""
    began = time.monotonic()
    assert wake(dispatch_events, NOBODY) is False
    return time.monotonic() - began


# Celery's own sending hangs for over 25 s; benchmarks, not tests, look at milliseconds.
PATIENCE = 10


def test_a_silent_redis_is_tried_once_and_then_left_alone(redis_at, silent_redis, tries):
    redis_at(silent_redis)
    assert refused() < PATIENCE
    for _ in range(20):
        refused()
    assert len(tries) == 1


def test_a_stopped_redis_is_tried_once_and_then_left_alone(redis_at, tries):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    redis_at(free)
    assert refused() < PATIENCE
    for _ in range(20):
        refused()
    assert len(tries) == 1


def test_twelve_threads_at_once_wait_for_one_try_and_not_in_turn(redis_at, silent_redis, tries):
    redis_at(silent_redis)
    waits: list[float] = []
    threads = [threading.Thread(target=lambda: waits.append(refused())) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(waits) == 12
    assert max(waits) < PATIENCE
    assert len(tries) == 1


def test_while_one_tries_whether_redis_is_back_the_others_do_not_wait(
    redis_at, silent_redis, monkeypatch, tries
):
    redis_at(silent_redis)
    refused()
    monkeypatch.setattr(waking._line, "_closed_until", 0.0)
    prober = threading.Thread(target=refused)
    prober.start()
    deadline = time.monotonic() + PATIENCE
    while not waking._line._is_closed() and time.monotonic() < deadline:
        pass
    refused()
    prober.join()
    assert len(tries) == 2


def test_a_connection_closed_meanwhile_is_opened_anew(monkeypatch):
    waking._line.reset()
    tries: list[bool] = []

    def send(_self, task, args) -> None:
        tries.append(True)
        waking._line._connection = waking._line._connection or dispatch_events.app.connection_for_write()
        waking._line._owner = waking.os.getpid()
        if len(tries) == 2:
            raise ConnectionResetError

    monkeypatch.setattr(waking._Line, "_send", send)
    assert wake(dispatch_events, NOBODY)
    assert wake(dispatch_events, NOBODY)
    assert len(tries) == 3
    waking._line.reset()
