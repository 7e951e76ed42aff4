"""Logging in and out, over HTTP."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings

from core.errors import Conflict
from deals.services.create_deal import create_deal
from tenancy.models import ApiToken, AuditEntry, Credential, Membership, User
from tenancy.scope import workspace_scope
from tenancy.services.create_workspace import create_workspace
from tenancy.services.members import add_member, deactivate_member
from tests.factories import Cast
from tests.factories.cast import PASSWORD

LOGIN = "/accounts/login/"
REP = "dohyun@acme.test"


def log_in(client: Client, email: str = REP, password: str = PASSWORD, **extra: str):
    return client.post(LOGIN, {"login": email, "password": password, **extra})


def logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


def test_login_leads_to_the_board(cast: Cast, client: Client) -> None:
    assert client.get(LOGIN).status_code == 200
    answer = log_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/w/acme/board/")
    assert client.get("/w/acme/board/").status_code == 200


def test_an_address_is_read_without_regard_to_case(cast: Cast, client: Client) -> None:
    log_in(client, email=" Dohyun@ACME.test ")
    assert logged_in(client)


def test_a_wrong_password_is_refused(cast: Cast, client: Client) -> None:
    answer = log_in(client, password="wrong horse")
    assert answer.status_code == 200
    assert not logged_in(client)


def without_what_differs_anyway(page: bytes) -> str:
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"', "", page.decode())
    return re.sub(r'value="[^"]*@acme.test"', "", text)


def test_an_unknown_person_reads_like_a_wrong_password(cast: Cast, client: Client) -> None:
    wrong = log_in(client, password="wrong horse")
    unknown = log_in(Client(), email="nobody@acme.test", password="wrong horse")
    assert wrong.status_code == unknown.status_code == 200
    assert without_what_differs_anyway(wrong.content) == without_what_differs_anyway(unknown.content)


def test_an_unknown_persons_password_is_hashed_all_the_same(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the time of the answer would tell them apart."""
    hashed: list[str] = []
    monkeypatch.setattr(User, "set_password", lambda _user, raw: hashed.append(raw))
    log_in(client, email="nobody@acme.test", password="wrong horse")
    assert hashed == ["wrong horse"]


@pytest.mark.parametrize("email", [REP, "nobody@acme.test"])
def test_wrong_passwords_are_limited_by_account(cast: Cast, email: str) -> None:
    """From whatever address they come; then the right one waits too. Unknown accounts read the same."""
    statuses = [
        log_in(Client(REMOTE_ADDR=f"203.0.113.{number}"), email=email, password="wrong").status_code
        for number in range(1, 21)
    ]
    assert statuses == [200] * 5 + [429] * 15
    assert log_in(Client(REMOTE_ADDR="203.0.113.99"), email=email).status_code == 429


def test_wrong_passwords_are_limited_by_address(cast: Cast) -> None:
    """However many accounts they try."""
    statuses = [
        log_in(Client(REMOTE_ADDR="203.0.113.7"), email=f"p{number}@acme.test", password="wrong").status_code
        for number in range(20)
    ]
    assert statuses == [200] * 10 + [429] * 10


def test_right_passwords_do_not_use_up_the_limit(cast: Cast) -> None:
    assert {log_in(Client()).status_code for _time in range(12)} == {302}


def test_somebody_elses_failures_do_not_lock_me_out_elsewhere(cast: Cast, client: Client) -> None:
    for _attempt in range(4):
        log_in(Client(REMOTE_ADDR="203.0.113.7"), email="haeun@acme.test", password="wrong")
    log_in(client)
    assert logged_in(client)


def test_there_is_no_open_sign_up(cast: Cast, client: Client) -> None:
    people = User.objects.count()
    client.post("/accounts/signup/", {"email": "new@acme.test", "password1": "a long enough one"})
    assert User.objects.count() == people
    assert not logged_in(client)


def test_the_session_is_a_new_one_after_login_and_dead_after_logout(cast: Cast, client: Client) -> None:
    session = client.session
    session["seen"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = before = session.session_key or ""
    log_in(client)
    after = client.session.session_key or ""
    assert after != before
    client.post("/accounts/logout/")
    assert not logged_in(client)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = after
    assert thief.get("/").headers["Location"].startswith(LOGIN)


def test_a_get_does_not_log_out(cast: Cast, client: Client) -> None:
    log_in(client)
    client.get("/accounts/logout/")
    assert logged_in(client)


@pytest.mark.parametrize(
    "target", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", "/\\evil.test"]
)
def test_next_stays_on_the_site(cast: Cast, client: Client, target: str) -> None:
    answer = client.post(f"{LOGIN}?next={target}", {"login": REP, "password": PASSWORD, "next": target})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"


def test_next_leads_back_to_the_page_asked_for(cast: Cast, client: Client) -> None:
    asked = client.get("/w/acme/board/?q=1")
    assert asked.headers["Location"] == f"{LOGIN}?next=/w/acme/board/%3Fq%3D1"
    answer = client.post(LOGIN, {"login": REP, "password": PASSWORD, "next": "/w/acme/board/?q=1"})
    assert answer.headers["Location"] == "/w/acme/board/?q=1"


def test_whoever_left_is_out_from_the_next_request_on(cast: Cast, client: Client) -> None:
    log_in(client)
    token = cast.token("rep")
    assert client.get("/w/acme/board/").status_code == 200
    with workspace_scope(cast.workspace.pk):
        deactivate_member(member=cast.rep, by=cast.owner)
    assert client.get("/w/acme/board/").status_code == 404
    assert client.get("/api/v1/me/", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert "No workspace" in client.get("/", headers={"Accept-Language": "en"}).content.decode()
    with workspace_scope(cast.workspace.pk):
        assert not ApiToken.objects.filter(revoked_at=None).exists()
        assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
            "member.deactivated",
            "token.revoked",
        }
    assert not Credential.objects.exists()


def test_a_membership_without_its_index_entry_does_not_open_the_workspace(cast: Cast, client: Client) -> None:
    """The index says who may ask; the membership itself decides."""
    log_in(client)
    with workspace_scope(cast.workspace.pk):
        Membership.objects.filter(pk=cast.rep.pk).update(deactivated_at="2026-01-01T00:00:00Z")
    assert client.get("/w/acme/board/").status_code == 404


def test_the_last_owner_cannot_leave(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        with pytest.raises(Conflict):
            deactivate_member(member=cast.owner)
        Membership.objects.filter(pk=cast.admin.pk).update(role="owner")
        deactivate_member(member=cast.owner)


def test_nobody_joins_twice(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk), pytest.raises(Conflict):
        add_member(user=cast.rep.user, display_name="again")


def test_a_member_of_two_workspaces_chooses(cast: Cast, client: Client) -> None:
    create_workspace(slug="second", name="두 번째 <회사>", owner_email=REP, password=PASSWORD)
    log_in(client)
    page = client.get("/").content.decode()
    assert 'href="/w/acme/board/"' in page
    assert 'href="/w/second/board/"' in page
    assert "두 번째 &lt;회사&gt;" in page
    assert "rival" not in page
    assert client.get("/w/second/board/").status_code == 200


def test_the_theme_is_the_persons_choice(cast: Cast, client: Client) -> None:
    log_in(client)
    assert client.post("/theme/", {"theme": "dark"}).status_code == 204
    assert User.objects.get(email=REP).theme == "dark"
    client.post("/theme/", {"theme": "<script>"})
    assert User.objects.get(email=REP).theme == "auto"


# headers ---------------------------------------------------------------------------------------------------------

PAGES = [
    LOGIN,
    "/w/acme/board/",
    "/w/acme/nothing-here/",
    "/w/rival/board/",
    "/nothing-here",
    "/accounts/logout/",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_its_protection(cast: Cast, client: Client, path: str) -> None:
    if path != LOGIN:
        log_in(client)
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_an_error_of_ours_carries_its_protection_too(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("tenancy.middleware.active_membership", broken)
    log_in(client)
    client.raise_request_exception = False
    answer = client.get("/w/acme/board/")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_cookies_are_out_of_scripts_reach(cast: Cast, client: Client) -> None:
    client.get(LOGIN)
    log_in(client)
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"


def test_a_request_that_fails_leaves_nothing_behind(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that answers an error has its whole transaction rolled back."""
    from django.http import HttpResponse
    from django.urls import path

    from config import urls
    from deals.models import Deal

    def half_done(request) -> HttpResponse:
        create_deal(actor=request.actor, name="half done", pipeline=cast.pipeline)
        return HttpResponse(status=int(request.GET["status"]))

    patterns = [path("w/<slug:slug>/half-done/", half_done), *urls.urlpatterns]
    monkeypatch.setattr(urls, "urlpatterns", patterns)
    with override_settings(ROOT_URLCONF=type("Urls", (), {"urlpatterns": patterns})):
        log_in(client)
        for status, left in ((422, 0), (200, 1)):
            assert client.get(f"/w/acme/half-done/?status={status}").status_code == status
            with workspace_scope(cast.workspace.pk):
                assert Deal.objects.count() == left


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "Choose a new password for Stagecraft", "asked for a new password"),
        ("ko", "Stagecraft 새 비밀번호 설정", "새 비밀번호 요청을 받았습니다"),
    ],
)
def test_the_mail_for_a_new_password_speaks_of_the_product(
    cast: Cast, client: Client, language: str, subject: str, words: str
) -> None:
    client.post(
        "/accounts/password/reset/", {"email": "minjun@acme.test"}, headers={"Accept-Language": language}
    )
    (sent,) = mail.outbox
    assert sent.subject == subject
    assert words in sent.body
    assert "/accounts/password/reset/key/" in sent.body
    assert "testserver!" not in sent.body


def test_who_has_no_account_is_told_so_by_mail_alone(cast: Cast, client: Client) -> None:
    known = client.post("/accounts/password/reset/", {"email": "minjun@acme.test"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@acme.test"})
    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )
    assert "no account with this address" in mail.outbox[-1].body
