"""Every page says in its title what it is and whose: tabs, bookmarks and screen readers tell them apart by it."""

from __future__ import annotations

import html
import re

from django.test import Client

from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal

PAGES = ("board", "stalled", "tasks", "forecast", "notifications", "settings/pipelines")
TITLE = re.compile(r"<title>([^<]*)</title>")


def title_of(client: Client, path: str) -> str:
    found = TITLE.search(client.get(path, follow=True).content.decode())
    assert found, path
    return html.unescape(found[1])


def test_titles_are_told_apart_and_name_the_workspace(cast: Cast, client: Client) -> None:
    with workspace_scope(cast.workspace.pk):
        deal = make_deal(actor=cast.actor("rep"), owner=cast.rep, name="한결모터스 도입")
    client.force_login(cast.owner.user)
    titles = [title_of(client, f"/w/acme/{page}/") for page in (*PAGES, f"deals/{deal.pk}")]
    assert len(set(titles)) == len(titles)
    for title in titles:
        assert re.fullmatch(r"\S.* · Acme — Stagecraft", title)
    assert titles[-1] == "한결모터스 도입 · Acme — Stagecraft"


def test_pages_outside_a_workspace_have_titles_too(db: None, client: Client) -> None:
    paths = ("/accounts/login/", "/accounts/password/reset/", "/no/such/page/")
    titles = [title_of(client, path) for path in paths]
    assert len(set(titles)) == len(titles)
    for title in titles:
        assert re.fullmatch(r"\S.* — Stagecraft", title)
