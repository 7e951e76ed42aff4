"""The notices page: one's own, newest first, marked as read by POST alone."""

from datetime import timedelta

import pytest
from django.test import Client

from automation.models import MailState, Notification, OutgoingMail
from automation.selectors import notices
from automation.services.stall_alerts import sweep_workspace_stalled
from core import clock
from core.ids import uuid7
from deals.models import Deal
from pipeline.models import Stage
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal

PAGE = "/w/acme/notifications/"


@pytest.fixture
def stalled(cast: Cast) -> list[Deal]:
    """Three deals of the rep that have stalled; the leader was told as well."""
    with workspace_scope(cast.workspace.pk):
        Stage.objects.filter(pipeline=cast.pipeline).update(stall_days=14)
        with clock.frozen_at(clock.now() - timedelta(days=20)):
            deals = [
                make_deal(actor=cast.actor(), owner=cast.rep, name=name)
                for name in ("하나", "둘", "<b>셋</b>")
            ]
    sweep_workspace_stalled(workspace_id=cast.workspace.pk)
    return deals


@pytest.fixture
def browse(cast: Cast):
    """A browser in which the named member is logged in."""

    def of(who: str) -> Client:
        client = Client()
        client.force_login(getattr(cast, who).user)
        return client

    return of


def unread(cast: Cast, who: str) -> int:
    with workspace_scope(cast.workspace.pk):
        return Notification.objects.filter(member=getattr(cast, who), read_at=None).count()


def first_notice(cast: Cast, who: str) -> Notification:
    with workspace_scope(cast.workspace.pk):
        return Notification.objects.filter(member=getattr(cast, who)).order_by("pk").first()


def test_it_shows_ones_own_unread_ones_marked_and_costs_few_queries(cast: Cast, stalled, browse, query_count):
    client = browse("rep")
    with query_count() as counted:
        page = client.get(PAGE).content.decode()
    assert counted() <= 8
    assert page.count('data-unread="true"') == 3
    assert page.count('id="notices"') == 1, "the region of short notices at the bottom has this id"
    assert "하나" in page
    assert "&lt;b&gt;셋" in page
    assert "<b>셋" not in page.replace("<b>&lt;", "")
    assert 'data-unread="true"' not in browse("other_rep").get(PAGE).content.decode()


def test_reading_the_page_marks_nothing(cast: Cast, stalled, browse):
    browse("rep").get(PAGE)
    assert unread(cast, "rep") == 3


def test_opening_one_marks_it_and_leads_to_its_deal(cast: Cast, stalled, browse):
    client, notice = browse("rep"), first_notice(cast, "rep")
    reply = client.post(f"{PAGE}{notice.pk}/open/")
    assert (reply.status_code, reply["Location"]) == (302, f"/w/acme/deals/{notice.deal_id}/")
    assert (unread(cast, "rep"), unread(cast, "leader")) == (2, 3)
    page = client.get(PAGE).content.decode()
    assert f'href="/w/acme/deals/{notice.deal_id}/"' in page
    assert client.get(f"{PAGE}{notice.pk}/open/").status_code == 405


def test_all_at_once_and_nobody_elses(cast: Cast, stalled, browse):
    client = browse("rep")
    assert client.get(f"{PAGE}read/").status_code == 405
    assert client.post(f"{PAGE}read/").status_code == 302
    assert (unread(cast, "rep"), unread(cast, "leader")) == (0, 3)
    assert "read/" not in client.get(PAGE).content.decode()


def test_somebody_elses_and_another_workspaces_are_not_found(cast: Cast, stalled, browse):
    theirs = first_notice(cast, "leader")
    assert browse("rep").post(f"{PAGE}{theirs.pk}/open/").status_code == 404
    assert browse("rep").post(f"{PAGE}{uuid7()}/open/").status_code == 404
    assert browse("mallory").post(f"{PAGE}{theirs.pk}/open/").status_code == 404
    assert browse("mallory").post(f"/w/rival/notifications/{theirs.pk}/open/").status_code == 404
    assert browse("mallory").get(PAGE).status_code == 404
    assert unread(cast, "leader") == 3


def test_notices_of_a_deleted_deal_are_gone(cast: Cast, stalled, browse):
    notice = first_notice(cast, "rep")
    with workspace_scope(cast.workspace.pk):
        Deal.objects.filter(pk=notice.deal_id).update(deleted_at=clock.now())
    client = browse("rep")
    assert client.get(PAGE).content.decode().count('data-unread="true"') == 2
    assert client.post(f"{PAGE}{notice.pk}/open/").status_code == 404
    assert 'data-count="2"' in client.get("/w/acme/nav/").content.decode()


def test_older_ones_follow_without_gap_or_repeat(cast: Cast, stalled, browse, monkeypatch):
    monkeypatch.setattr(notices, "PAGE", 2)
    client = browse("rep")
    first = client.get(PAGE).content.decode()
    assert first.count("data-notice-id=") == 2
    mark = first.split("?before=")[1].split('"', maxsplit=1)[0]
    rest = client.get(f"{PAGE}?before={mark}", headers={"HX-Request": "true"}).content.decode()
    assert rest.count("data-notice-id=") == 1
    assert "<html" not in rest
    assert "?before=" not in rest
    whole = client.get(f"{PAGE}?before={mark}").content.decode()
    assert "<html" in whole
    assert client.get(f"{PAGE}?before=nonsense").content.decode().count("data-notice-id=") == 2


def test_who_has_none_is_told_what_would_come(cast: Cast, browse):
    page = browse("viewer").get(PAGE).content.decode()
    assert "data-notice-id" not in page
    assert "/w/acme/board/" in page


def test_mails_given_up_are_shown_to_admins_alone(cast: Cast, stalled, browse):
    with workspace_scope(cast.workspace.pk):
        OutgoingMail.objects.filter(notification__member=cast.rep).update(
            state=MailState.DEAD, last_error="SMTPRecipientsRefused 550"
        )
    for who, sees in (("admin", True), ("owner", True), ("leader", False), ("rep", False)):
        assert ("SMTPRecipientsRefused 550" in browse(who).get(PAGE).content.decode()) is sees, who
