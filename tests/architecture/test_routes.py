"""A walk over every route: other workspaces' ids, no login, no CSRF token, reading that writes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client

from tenancy.models import User
from tests.architecture.ids import Ids, ids_of, nobodys_ids
from tests.architecture.routes import (
    ACCOUNT,
    API,
    DECLARED,
    PAGES,
    PERSONAL,
    PUBLIC,
    existing_routes,
)
from tests.factories import Cast

SAFE = ("GET", "HEAD", "OPTIONS")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
REFUSED = {404, 405}
GROUP = 15  # routes to a test


def page(route: str) -> str:
    return f"w/<slug:slug>/{route}"


def api(route: str) -> str:
    return f"api/v1/{route}"


def with_ids(routes: set[str]) -> list[str]:
    return sorted(route for route in routes if "_id>" in route)


@pytest.fixture
def acme(cast: Cast) -> Ids:
    return ids_of(cast.workspace.pk, cast.rep)


@pytest.fixture
def rival(cast: Cast) -> Ids:
    return ids_of(cast.rival.pk, cast.mallory)


def signed_in(email: str, **options: bool) -> Client:
    client = Client(**options)
    client.force_login(User.objects.get(email=email))
    return client


def content_of(response: Any) -> bytes:
    """Of a file too, which comes in pieces."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def by_room(routes: Iterable[str]) -> list[Any]:
    """The routes in groups of a few, named by what they begin with: one cast serves a whole group."""
    rooms: dict[str, list[str]] = defaultdict(list)
    for route in sorted(routes):
        parts = [part for part in route.removeprefix("w/<slug:slug>/").split("/") if part]
        rooms["/".join(part for part in parts[:2] if "<" not in part) or "root"].append(route)
    return [
        pytest.param(found[at : at + GROUP], id=f"{name}-{at // GROUP}")
        for name, found in rooms.items()
        for at in range(0, len(found), GROUP)
    ]


def answer(client: Client, method: str, path: str, **extra: object) -> tuple[int, str]:
    """Status and body, without what differs from one request to the next anyway."""
    response = client.generic(method, path, **extra)
    text = content_of(response).decode(errors="replace")
    body = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<id>", text)
    body = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": "|nonce=")[^"]*', r"\1", body)
    return response.status_code, body


def test_every_route_is_declared_and_every_declared_one_exists() -> None:
    assert existing_routes() - DECLARED == set(), "declare these in tests/architecture/routes.py"
    assert DECLARED - existing_routes() == set(), "these are gone"


# pages ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("routes", by_room(PAGES))
def test_anothers_workspace_is_a_404_like_one_that_is_not(cast: Cast, acme: Ids, routes: list[str]) -> None:
    mallory = signed_in("mallory@rival.test")
    for route in routes:
        for method in SAFE + UNSAFE:
            foreign = answer(mallory, method, acme.fill(page(route), slug="acme"))
            nowhere = answer(mallory, method, acme.fill(page(route), slug="nowhere"))
            assert foreign[0] == 404, f"{method} {route}"
            assert foreign[1].replace("/w/acme/", "/w/nowhere/") == nowhere[1], f"{method} {route}"


@pytest.mark.parametrize("routes", by_room(with_ids(PAGES)))
def test_anothers_ids_in_ones_own_workspace_are_a_404_like_ids_of_nothing(
    cast: Cast, acme: Ids, rival: Ids, routes: list[str]
) -> None:
    mallory = signed_in("mallory@rival.test")
    for route in routes:
        statuses = set()
        for method in SAFE + UNSAFE:
            foreign = answer(mallory, method, acme.fill(page(route), slug="rival"))
            nothing = answer(mallory, method, nobodys_ids(acme).fill(page(route), slug="rival"))
            assert foreign == nothing, f"{method} {route}"
            assert foreign[0] in REFUSED or method == "OPTIONS", f"{method} {route}"
            statuses.add(foreign[0])
        assert 404 in statuses, route


def test_anothers_id_below_ones_own_deal_is_a_404(cast: Cast, acme: Ids, rival: Ids) -> None:
    mixed = Ids(acme.values | {"deal_id": rival.values["deal_id"]})
    mallory = signed_in("mallory@rival.test")
    for route in with_ids(PAGES):
        if route.count("_id>") > 1:
            for method in ("GET", "POST"):
                status = answer(mallory, method, mixed.fill(page(route), slug="rival"))[0]
                assert status in REFUSED, f"{method} {route}"


def test_without_a_login_every_page_leads_to_it(cast: Cast, acme: Ids) -> None:
    for route in sorted(page(route) for route in PAGES) + sorted(PERSONAL):
        for method in SAFE + UNSAFE:
            path = acme.fill(route, slug="acme")
            response = Client().generic(method, path)
            assert response.status_code == 302, f"{method} {route}"
            assert response.headers["Location"].startswith("/accounts/login/?next=/"), f"{method} {route}"
            nowhere = Client().generic(method, acme.fill(route, slug="nowhere"))
            assert nowhere.status_code == 302, f"{method} {route}"


def test_without_a_csrf_token_nothing_is_changed(cast: Cast, acme: Ids) -> None:
    client = signed_in("minjun@acme.test", enforce_csrf_checks=True)
    outside = ["accounts/login/", "accounts/logout/", "accounts/demo/", "i18n/setlang/"]
    for route in sorted(page(route) for route in PAGES) + sorted(PERSONAL) + outside:
        for method in UNSAFE:
            response = client.generic(method, acme.fill(route, slug="acme"))
            assert response.status_code == 403, f"{method} {route}"
            assert "Content-Security-Policy" in response.headers, f"{method} {route}"


# API -----------------------------------------------------------------------------------------------------------------


def bearer(cast: Cast, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {cast.token(who, scope='admin')}"}


@pytest.mark.parametrize("routes", by_room(with_ids(API)))
def test_anothers_ids_are_a_404_like_ids_of_nothing_in_the_api(
    cast: Cast, acme: Ids, rival: Ids, routes: list[str]
) -> None:
    headers = bearer(cast, "mallory")
    for route in routes:
        statuses = set()
        for method in SAFE + UNSAFE:
            request = {"headers": headers, "content_type": "application/json", "data": "{}"}
            foreign = answer(Client(), method, acme.fill(api(route)), **request)
            nothing = answer(Client(), method, nobodys_ids(acme).fill(api(route)), **request)
            assert foreign == nothing, f"{method} {route}"
            assert foreign[0] in REFUSED or method == "OPTIONS", f"{method} {route}"
            statuses.add(foreign[0])
        assert 404 in statuses, route


def test_without_a_token_the_api_answers_nothing(cast: Cast, acme: Ids) -> None:
    session = signed_in("minjun@acme.test")
    for route in sorted(API):
        path = acme.fill(api(route))
        for method in ("GET", *UNSAFE):
            for client, headers in (
                (Client(), {}),
                (Client(), {"Authorization": "Bearer sc_nonsense"}),
                (session, {}),  # a login is no token
            ):
                response = client.generic(method, path, "{}", "application/json", headers=headers)
                told = f"{method} {route}"
                assert response.status_code in ({404, 401} if route == "" else {401}), told
                assert response.headers["Content-Type"] == "application/problem+json", told


@pytest.mark.parametrize(
    ("route", "name"),
    [
        ("deals/", "stage"),
        ("deals/", "owner"),
        ("deals/", "pipeline"),
        ("tasks/", "deal"),
        ("stages/", "pipeline"),
    ],
)
def test_a_filter_by_anothers_id_finds_what_an_id_of_nothing_finds(
    cast: Cast, acme: Ids, rival: Ids, route: str, name: str
) -> None:
    headers = bearer(cast, "mallory")
    key = "member_id" if name == "owner" else f"{name}_id"
    foreign = answer(Client(), "GET", f"/{api(route)}?{name}={acme.values[key]}", headers=headers)
    nothing = answer(
        Client(), "GET", f"/{api(route)}?{name}={nobodys_ids(acme).values[key]}", headers=headers
    )
    assert foreign == nothing
    assert '"name"' not in foreign[1]


# reading does not write -------------------------------------------------------------------------------------------------

# Counters of limits; when a token was last used, by the day.
MAY_CHANGE = {"cache_entry", "tenancy_apitoken", "django_session"}


def snapshot() -> dict[str, str]:
    """A digest of every row's version, by table; as the owner, who sees all workspaces."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        found = {}
        for table in owner.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(ctid::text || xmin::text, ',' ORDER BY ctid), '')) FROM \"{table}\""
            )
            found[table] = cursor.fetchone()[0]
    return found


def test_reading_never_writes(committed_cast: Cast) -> None:
    cast = committed_cast
    cache.clear()
    acme = ids_of(cast.workspace.pk, cast.owner)
    client = signed_in("minjun@acme.test")
    headers = bearer(cast, "owner")
    own_pages = [acme.fill(page(route), slug="acme") for route in PAGES] + [f"/{name}" for name in PERSONAL]
    open_to_all = [f"/{route}" for route in PUBLIC | ACCOUNT if "(?P" not in route]
    calls: list[tuple[str, dict[str, str]]] = [(path, {}) for path in [*own_pages, *open_to_all]]
    calls += [(acme.fill(api(route)), headers) for route in sorted(API)]
    before = snapshot()

    def read(wanted: list[Any]) -> set[str]:
        """Ask for them all; the tables that are not as they were. The walk goes on from how they now are."""
        for path, sent in wanted:
            for method in SAFE:
                assert client.generic(method, path, headers=sent).status_code < 500, f"{method} {path}"
        now = snapshot()
        changed = {table for table, digest in now.items() if digest != before[table]} - MAY_CHANGE
        before.update(now)
        return changed

    for at in range(0, len(calls), GROUP):
        group = calls[at : at + GROUP]
        if changed := read(group):
            guilty = [path for path, sent in group if read([(path, sent)])]
            pytest.fail(f"{changed} written by reading {guilty or [path for path, _ in group]}")
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
