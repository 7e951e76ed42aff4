"""What is answered where no view answers: in the product's look, in both languages, from nothing but files."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.template import loader
from django.test import Client
from django.urls import path
from django.utils import translation

from config import error_pages
from config.urls import urlpatterns as real_urls
from tests.factories import Cast
from tests.tenancy.test_accounts import log_in

handler400 = "config.error_pages.bad_request"
handler500 = "config.error_pages.server_error"


def fail(request):
    raise RuntimeError("as a view may")


def deny(request):
    raise PermissionDenied


urlpatterns = [path("fail/", fail), path("api/fail/", fail), path("denied/", deny), *real_urls]

BODIES = {
    "400.html": ("요청을 읽을 수 없습니다", "The request could not be read"),
    "500.html": ("문제가 생겼습니다", "Something went wrong on our side"),
    "503.html": ("점검 중입니다", "Closed for maintenance"),
}


def failing_client(**defaults: str) -> Client:
    return Client(raise_request_exception=False, **defaults)


def check_page(answer, status: int) -> str:
    """A whole page of ours, under the site's own security policy."""
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    page = answer.content.decode()
    assert re.search(r"<title>[^<]+ — Stagecraft</title>", page)
    assert "css/tokens.css" in page
    assert "Traceback" not in page
    assert "as a view may" not in page
    return page


@pytest.mark.parametrize("template", BODIES)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_pages_of_failures_need_neither_request_nor_database(template: str, language: str) -> None:
    # No database fixture: a query would fail the test.
    with translation.override(language):
        page = loader.render_to_string(template)
    assert BODIES[template][language == "en"] in page
    assert f'<html lang="{language}"' in page
    assert 'data-bs-theme="auto"' in page


@pytest.mark.urls(__name__)
def test_a_failure_of_ours_is_said_without_asking_the_database() -> None:
    client = failing_client(HTTP_ACCEPT_LANGUAGE="ko")
    client.cookies["theme"] = "dark"
    page = check_page(client.get("/fail/"), 500)
    assert "문제가 생겼습니다" in page
    assert 'data-bs-theme="dark"' in page


@pytest.mark.urls(__name__)
def test_a_failure_under_the_api_is_a_problem() -> None:
    answer = failing_client().get("/api/fail/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["type"] == "/problems/internal"


def test_a_forged_host_gets_a_page_and_under_the_api_a_problem() -> None:
    client = Client(HTTP_HOST="evil.example")
    page = check_page(client.get("/"), 400)
    assert "evil.example" not in page
    assert client.get("/api/v1/deals/").json()["type"] == "/problems/malformed"


def test_a_theme_that_is_none_is_not_believed() -> None:
    client = Client(HTTP_HOST="evil.example")
    client.cookies["theme"] = '"><script>'
    assert 'data-bs-theme="auto"' in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("ko", "찾는 페이지가 없습니다"), ("en", "There is nothing here")]
)
def test_not_found(cast: Cast, language: str, words: str) -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    assert words in check_page(client.get("/no/such/page/"), 404)
    client.force_login(cast.rep.user)
    assert words in check_page(client.get("/w/rival/board/"), 404)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("language", "words"), [("ko", "볼 수 있는 권한이 없습니다"), ("en", "You may not see this")]
)
def test_not_allowed(db: None, language: str, words: str) -> None:
    assert words in check_page(Client(HTTP_ACCEPT_LANGUAGE=language).get("/denied/"), 403)


def test_an_old_token_of_a_form(cast: Cast) -> None:
    answer = Client(enforce_csrf_checks=True, HTTP_ACCEPT_LANGUAGE="en").post("/accounts/login/", {})
    assert "Nothing was saved" in check_page(answer, 403)
    assert answer.headers["X-Refusal"] == "csrf"


def test_too_many_attempts(cast: Cast) -> None:
    cache.clear()
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    for _ in range(5):
        log_in(client, password="wrong horse")
    assert "Too many attempts" in check_page(log_in(client, password="wrong horse"), 429)


def test_handlers_are_those_of_the_site() -> None:
    from config import urls

    assert (urls.handler400, urls.handler500) == (handler400, handler500)
    assert callable(error_pages.bad_request)
