"""The stream as a browser meets it: who is let in, what is told, what ends it, and what it costs."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core import signing
from django.db import connection
from django.test import Client

from config import live_hub
from core import live
from deals.models import Deal
from tenancy.live_tickets import SALT, issue_ticket
from tenancy.scope import workspace_scope
from tenancy.services.let_go import let_go
from tenancy.services.members import add_member
from tests.factories import Cast, make_deal
from tests.live.serving import Browser, Listener, Site, until


@pytest.fixture
def deal(committed_cast: Cast) -> Deal:
    with workspace_scope(committed_cast.workspace.pk):
        return make_deal(actor=committed_cast.actor())


def touch(cast: Cast, deal: Deal, source: str = "fair") -> None:
    with workspace_scope(cast.workspace.pk):
        Deal.objects.filter(pk=deal.pk).update(source=source)


# What is told ------------------------------------------------------------------------------------------------------


def test_a_change_reaches_every_stream_of_its_workspace_and_no_other(
    site: Site, committed_cast: Cast, deal: Deal
) -> None:
    rep, leader = (Browser.of(site, member) for member in (committed_cast.rep, committed_cast.leader))
    mallory = Browser.of(site, committed_cast.mallory)
    with rep.listening() as one, leader.listening() as two, mallory.listening(slug="rival") as outsider:
        began = time.monotonic()
        touch(committed_cast, deal)
        assert one.deals() == {str(deal.pk)}
        assert two.deals() == {str(deal.pk)}
        assert time.monotonic() - began < 1
        # Had Mallory been told, she would hear of it before of her own.
        with workspace_scope(committed_cast.rival.pk):
            own = make_deal(actor=committed_cast.actor("mallory"), pipeline=committed_cast.rival_pipeline)
        assert outsider.deals() == {str(own.pk)}


def test_ids_alone_are_told(site: Site, committed_cast: Cast, deal: Deal, browser_of_rep: Browser) -> None:
    with browser_of_rep.listening() as listener:
        touch(committed_cast, deal, source="secret source")
        event = listener.next()
    assert set(event) == {"workspace", "cursor", "spread", "missed", "names", "designs", "stages", "deals"}
    (change,) = event["deals"].values()
    assert set(change) == {"stages", "kinds", "origins", "actor"}
    assert "secret" not in str(event)


def test_who_comes_back_is_told_what_was_missed(
    site: Site, committed_cast: Cast, deal: Deal, browser_of_rep: Browser
) -> None:
    with browser_of_rep.listening() as listener:
        touch(committed_cast, deal)
        cursor = listener.next()["cursor"]
    with workspace_scope(committed_cast.workspace.pk):
        missed = [make_deal(actor=committed_cast.actor(), name=f"missed {number}") for number in range(3)]
    with browser_of_rep.listening(since=cursor) as listener:
        assert set(listener.heard[0]["deals"]) == {str(one.pk) for one in missed}
        # And it goes on from there, with nothing twice.
        touch(committed_cast, deal, "again")
        assert listener.deals() == {str(deal.pk)}


def test_who_was_away_too_long_is_told_to_fetch_everything(browser_of_rep: Browser) -> None:
    with browser_of_rep.listening(since="1000.1:1:") as listener:
        assert listener.heard[0]["missed"] is True


def test_one_stream_serves_two_workspaces(site: Site, committed_cast: Cast, deal: Deal) -> None:
    with workspace_scope(committed_cast.rival.pk):
        add_member(user=committed_cast.rep.user, display_name="guest")
    browser = Browser.of(site, committed_cast.rep)
    query = [
        ("ticket", browser.ticket("acme")),
        ("since", ""),
        ("ticket", browser.ticket("rival")),
        ("since", ""),
    ]
    listener = browser.ask(query)
    try:
        assert {listener.next()["workspace"], listener.next()["workspace"]} == {
            str(committed_cast.workspace.pk),
            str(committed_cast.rival.pk),
        }
        touch(committed_cast, deal)
        assert listener.next()["workspace"] == str(committed_cast.workspace.pk)
    finally:
        listener.close()


# Who is let in -----------------------------------------------------------------------------------------------------


def refused(browser: Browser, ticket: str, **options: Any) -> int:
    listener = browser.ask([("ticket", ticket)], **options)
    listener.close()
    return listener.status


def test_a_ticket_is_good_in_its_own_session_only(site: Site, committed_cast: Cast) -> None:
    rep, other = (Browser.of(site, member) for member in (committed_cast.rep, committed_cast.other_rep))
    ticket = rep.ticket()
    assert refused(other, ticket) == 401
    assert refused(rep, ticket, session="") == 401
    assert refused(rep, ticket) == 200


def test_a_ticket_that_was_changed_or_has_expired_is_refused(
    browser_of_rep: Browser, committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = browser_of_rep.ticket()
    content = signing.loads(ticket, salt=SALT)
    assert refused(browser_of_rep, ticket[:-1] + ("A" if ticket[-1] != "A" else "B")) == 401
    assert refused(browser_of_rep, "") == 401
    assert browser_of_rep.ask([]).status == 401
    foreign = {**content, "w": committed_cast.rival.pk.hex}
    assert refused(browser_of_rep, signing.dumps(foreign, salt="another")) == 401
    with pytest.MonkeyPatch.context() as patch:
        now = time.time()
        patch.setattr("django.core.signing.time.time", lambda: now - 61)
        old = signing.dumps(content, salt=SALT)
    assert refused(browser_of_rep, old) == 401


def test_no_ticket_to_a_workspace_that_one_does_not_belong_to(site: Site, committed_cast: Cast) -> None:
    browser = Browser.of(site, committed_cast.rep)
    assert browser.client.get("/w/rival/live/").status_code == 404
    assert browser.client.get("/w/nowhere/live/").status_code == 404
    assert Client().get("/w/acme/live/").status_code == 302
    # Signed by us, for somebody who is no member (any more).
    ticket = issue_ticket(
        workspace_id=committed_cast.rival.pk,
        member_id=committed_cast.workspace.pk,
        session_key=browser.session_key,
    )
    assert refused(browser, ticket) == 404


def test_one_session_has_a_limit(browser_of_rep: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_hub, "MOST_OF_A_SESSION", 1)
    with browser_of_rep.listening():
        assert refused(browser_of_rep, browser_of_rep.ticket()) == 404


def test_the_limit_holds_for_those_who_come_at_the_same_moment(
    browser_of_rep: Browser, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "MOST_OF_A_SESSION", 2)
    ticket = browser_of_rep.ticket()
    with ThreadPoolExecutor(12) as pool:
        came = list(pool.map(lambda _: browser_of_rep.ask([("ticket", ticket)]), range(12)))
    for listener in came:
        listener.close()
    assert sorted(listener.status for listener in came) == [200] * 2 + [404] * 10
    until(lambda: not site.hub.streams)


def test_a_cookie_of_somebody_elses_does_not_hide_the_session(browser_of_rep: Browser) -> None:
    # Other applications on the same host write what RFC 6265 does not know; Django reads past it, and so must we.
    cookie = (
        f'prefs={{"a": [1, 2]}}; sess:ion=1; {site_settings.SESSION_COOKIE_NAME}={browser_of_rep.session_key}'
    )
    with_others = browser_of_rep.ask([("ticket", browser_of_rep.ticket())], cookie=cookie)
    with_others.close()
    assert with_others.status == 200


@pytest.mark.parametrize(
    "query",
    ["&".join(["a=1"] * 100), "ticket=%ff%00%0d%0a", "ticket=" + "a:" * 3000, "since=1&ticket", "%%%&=&&;"],
)
def test_a_query_of_any_kind_is_refused(browser_of_rep: Browser, query: str) -> None:
    listener = browser_of_rep.ask([], raw=query)
    listener.close()
    assert listener.status == 401


@pytest.mark.parametrize("snapshot", ["5:3:", "1:9:3,2", "1:9:9", "0:0:", "1:1:9", f"1:{2**63}:", "٣:٤:"])
def test_a_cursor_that_is_no_snapshot_has_missed_everything(browser_of_rep: Browser, snapshot: str) -> None:
    with browser_of_rep.listening(since=f"{int(time.time())}.{snapshot}") as listener:
        assert listener.heard[0]["missed"] is True


# What ends it ------------------------------------------------------------------------------------------------------


def test_who_is_removed_or_logs_out_hears_no_more(
    site: Site, committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert live_hub.CHECK_SECONDS <= 30
    monkeypatch.setattr(live_hub, "CHECK_SECONDS", 0.2)
    rep, other, leader = (
        Browser.of(site, member)
        for member in (committed_cast.rep, committed_cast.other_rep, committed_cast.leader)
    )
    with rep.listening() as removed, other.listening() as gone, leader.listening() as stays:
        with workspace_scope(committed_cast.workspace.pk):
            let_go(member_id=committed_cast.rep.pk, heirs={}, actor=committed_cast.actor("owner"))
        other.client.logout()
        assert ended(removed)
        assert ended(gone)
        until(lambda: len(site.hub.streams) == 1)
        with workspace_scope(committed_cast.workspace.pk):
            deal = make_deal(actor=committed_cast.actor("leader"))
        while str(deal.pk) not in stays.next()["deals"]:
            pass


def test_a_new_password_ends_the_streams_of_the_old_one(
    site: Site, committed_cast: Cast, browser_of_rep: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "CHECK_SECONDS", 0.2)
    ticket = browser_of_rep.ticket()
    user = committed_cast.rep.user
    assert user is not None
    with browser_of_rep.listening() as listener:
        # As `./run manage changepassword` does: the sessions' rows stay, and Django refuses them at their next request.
        user.set_password("another one, long enough")
        user.save()
        assert ended(listener)
    assert refused(browser_of_rep, ticket) == 404


def ended(listener: Listener) -> bool:
    try:
        while True:
            listener.next()
    except EOFError:
        return True


def test_a_browser_that_goes_leaves_nothing_behind(site: Site, browser_of_rep: Browser) -> None:
    with browser_of_rep.listening():
        assert len(site.hub.streams) == 1
    until(lambda: not site.hub.streams and not site.hub.rooms)


# What it stands on -------------------------------------------------------------------------------------------------


def test_without_redis_changes_still_come(
    committed_cast: Cast, deal: Deal, settings: Any, monkeypatch: pytest.MonkeyPatch, request: Any
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(live_hub, "LOOK_WITHOUT_REDIS_SECONDS", 0.2)
    site: Site = request.getfixturevalue("site")
    with Browser.of(site, committed_cast.rep).listening() as listener:
        touch(committed_cast, deal)
        assert live.poke(committed_cast.workspace.pk) is False
        assert listener.deals() == {str(deal.pk)}


def test_streams_hold_no_database_connection(
    site: Site, committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "CHECK_SECONDS", 0.3)
    monkeypatch.setattr(live_hub, "MOST_OF_A_SESSION", 100)
    before = connections_of_the_site()
    browser = Browser.of(site, committed_cast.rep)
    with ExitStack() as stack:
        for _number in range(20):
            stack.enter_context(browser.listening())
        assert len(site.hub.streams) == 20
        # While something is asked there is one, whatever the number of streams; then it goes too.
        assert connections_of_the_site() - before <= 1
        until(lambda: connections_of_the_site() == before)


def connections_of_the_site() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_switched_off_there_is_no_stream(site: Site, browser_of_rep: Browser, settings: Any) -> None:
    ticket = browser_of_rep.ticket()
    settings.LIVE_UPDATES = False
    assert refused(browser_of_rep, ticket) == 404
    assert "live_worker" not in browser_of_rep.client.get("/w/acme/board/").content.decode()
    settings.LIVE_UPDATES = True
    assert "live_worker" in browser_of_rep.client.get("/w/acme/board/").content.decode()
    assert site_settings.LIVE_UPDATES
