"""The site closed by a file: who still gets an answer, what the others read, and how it opens again."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from core import clock
from core.maintenance import begin_maintenance, current_maintenance, end_maintenance, maintenance_file
from tests.config.test_error_pages import check_page

# No database fixture in most of these: a query would fail the test.


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def visitor(language: str = "en") -> Client:
    return Client(HTTP_ACCEPT_LANGUAGE=language)


@pytest.mark.parametrize(("language", "words"), [("ko", "점검 중입니다"), ("en", "Closed for maintenance")])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_empty_file_closes_the_site(data_dir: Path, language: str, words: str, method: str) -> None:
    (data_dir / "maintenance").touch()
    for path in ("/", "/accounts/login/", "/w/acme/board/", "/no/such/page/"):
        answer = getattr(visitor(language), method)(path)
        assert words in check_page(answer, 503)
        assert answer.headers["Retry-After"] == "300"
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["X-Refusal"] == "maintenance"
        assert not answer.cookies


def test_somebody_logged_in_is_not_looked_up(data_dir: Path, cast: Any, query_count: Any) -> None:
    client = visitor()
    client.force_login(cast.rep.user)
    begin_maintenance()
    with query_count() as counted:
        assert client.get("/w/acme/board/").status_code == 503
    assert counted() == 0
    end_maintenance()
    assert client.get("/w/acme/board/").status_code == 200


def test_health_checks_and_static_files_are_answered(data_dir: Path, db: None) -> None:
    begin_maintenance()
    client = visitor()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json()["database"] == "ok"
    assert client.get("/static/css/tokens.css").status_code == 200
    assert client.get("/healthz/").status_code == 503


def test_the_api_answers_with_a_problem() -> None:
    begin_maintenance(message="새 서버로 옮깁니다.", until=clock.now() + timedelta(minutes=10))
    answer = visitor().get("/api/v1/deals/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
    body = answer.json()
    assert (body["type"], body["detail"]) == ("/problems/maintenance", "새 서버로 옮깁니다.")
    assert 590 <= int(answer.headers["Retry-After"]) <= 600


@pytest.mark.parametrize(
    ("remaining", "told"),
    [
        (timedelta(seconds=20), "back in 1 minute."),
        (timedelta(minutes=40), "back in 40 minutes."),
        (timedelta(hours=3), "back in about 3 hours."),
        (timedelta(minutes=-1), "try again in a few minutes"),
        (None, "try again in a few minutes"),
    ],
)
def test_it_says_when_it_will_be_back(remaining: timedelta | None, told: str) -> None:
    now = clock.now()
    with clock.frozen_at(now):
        begin_maintenance(until=now + remaining if remaining is not None else None)
        answer = visitor().get("/")
    assert told in answer.content.decode()
    assert int(answer.headers["Retry-After"]) > 0


def test_the_message_is_shown_as_text_and_the_way_leads_back() -> None:
    begin_maintenance(message="첫 줄 <b>\nsecond")
    page = visitor().get("/w/acme/forecast/?from=2027-11").content.decode()
    assert "첫 줄 &lt;b&gt;<br>second" in page
    assert 'href="/w/acme/forecast/?from=2027-11"' in page
    assert 'href="/"' in visitor().post("/w/acme/deals/").content.decode()


@pytest.mark.parametrize(
    "content", [b"until: tomorrow\n", b"until: 2026-13-45T99:00Z", b"until: 2026-11-28T15:00", b"\xff\xfe"]
)
def test_a_file_that_cannot_be_understood_closes_the_site_all_the_same(
    data_dir: Path, content: bytes
) -> None:
    (data_dir / "maintenance").write_bytes(content)
    assert visitor().get("/").status_code == 503
    assert current_maintenance().until is None


def command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("maintenance", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_closes_and_opens() -> None:
    assert command("status") == "The site is open.\n"
    until = (clock.now() + timedelta(hours=1)).isoformat(timespec="seconds")
    assert command("on", "--until", until, "--message", "이사") == (
        f"The site is closed for maintenance until {until}.\n"
    )
    assert "이사" in visitor().get("/").content.decode()
    assert command("off") == "The site is open.\n"
    assert not maintenance_file().exists()
    assert command("off") == "The site is open.\n"


@pytest.mark.parametrize("until", ["soon", "2026-11-28T15:00", "2001-01-01T00:00Z"])
def test_the_command_refuses_a_time_that_helps_nobody(until: str) -> None:
    with pytest.raises(CommandError, match="--until"):
        command("on", "--until", until)
    assert current_maintenance() is None
