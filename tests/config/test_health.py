"""/healthz and /readyz: what each says while a part is missing."""

import socket
import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client

from automation.models import Heartbeat
from automation.services.heartbeat import claim_tick, record_heartbeat
from automation.tasks import heartbeat
from config import health
from core import clock


@pytest.fixture(autouse=True)
def forget_migrations():
    health._migrations.forget()
    yield
    health._migrations.forget()


@pytest.fixture
def redis_up(settings):
    """A server that answers every command as Redis does a PING."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            with caller:
                while data := caller.recv(4096):
                    replies = b"".join(
                        b"+PONG\r\n" if b"PING" in command else b"+OK\r\n" for command in data.split(b"*")[1:]
                    )
                    caller.sendall(replies)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    settings.REDIS_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0?protocol=2"
    yield
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def readyz(client: Client, status: int = 200) -> dict:
    reply = client.get("/readyz")
    assert reply.status_code == status
    return reply.json()


def test_healthz_asks_nothing_of_anybody(client: Client):
    # Without a database fixture: a query would fail the test.
    reply = client.get("/healthz")
    assert (reply.status_code, reply.content) == (200, b"ok")


def test_all_is_well(client: Client, db, redis_up):
    record_heartbeat(sent_at=clock.now())
    body = readyz(client)
    assert body == {
        "status": "ok",
        "database": "ok",
        "migrations": "ok",
        "redis": "ok",
        "worker": "ok",
        "beat": "ok",
        "degraded": [],
    }
    assert "no-store" in client.get("/readyz").headers["Cache-Control"]


def test_without_redis_and_workers_the_site_still_works(client: Client, db, settings):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    settings.REDIS_URL = f"redis://127.0.0.1:{free}/0"
    began = time.monotonic()
    body = readyz(client)
    assert time.monotonic() - began < 20
    assert (body["status"], body["redis"]) == ("ok", "down")
    assert body["degraded"] == ["redis", "worker", "beat"]


def test_a_redis_that_does_not_answer_delays_little(client: Client, db, settings):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.REDIS_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        began = time.monotonic()
        assert health.check_redis() is False
        assert time.monotonic() - began < 20


def test_missing_migrations_make_it_unready(client: Client, db, redis_up, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: [("deals", "0099")])
        body = readyz(client, 503)
        assert (body["status"], body["database"], body["migrations"]) == ("unavailable", "ok", "down")
    assert readyz(client)["migrations"] == "ok", "asked anew until they are there"


def test_migrations_once_there_are_not_asked_for_again(client: Client, db, redis_up, query_count):
    readyz(client)
    with query_count() as counted:
        readyz(client)
    assert counted() == 2


def test_without_a_database_it_is_unready_and_says_why(client: Client, db, redis_up, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", refuse)
    body = readyz(client, 503)
    assert (body["status"], body["database"], body["migrations"]) == ("unavailable", "down", "down")
    assert body["redis"] == "ok"


def test_nothing_but_reading(client: Client, db):
    assert client.post("/readyz").status_code == 405


def test_a_dead_beat_shows_although_the_worker_works_off_a_backlog(client: Client, db, redis_up):
    long_ago = clock.now() - timedelta(minutes=5)
    heartbeat(long_ago.isoformat())
    heartbeat(long_ago)
    body = readyz(client)
    assert (body["worker"], body["beat"]) == ("ok", "down")
    heartbeat(clock.now())
    assert readyz(client)["beat"] == "ok"
    heartbeat(long_ago)
    assert readyz(client)["beat"] == "ok", "an old message delivered again says nothing new"


def test_a_beat_whose_clock_is_ahead_does_not_outlive_itself(db):
    heartbeat(clock.now() + timedelta(hours=1))
    assert Heartbeat.objects.get(name="beat").at <= clock.now()


def test_of_ticks_in_a_crowd_one_does_the_work(db):
    second = timedelta(seconds=30)
    assert claim_tick(name="test", every=second)
    assert not claim_tick(name="test", every=second)
    assert claim_tick(name="other", every=second)
    for moment in (clock.now() - 2 * second, clock.now() + timedelta(hours=1)):
        Heartbeat.objects.filter(name="tick:test").update(at=moment)
        assert claim_tick(name="test", every=second), "a clock set back does not stop the sweeps"
