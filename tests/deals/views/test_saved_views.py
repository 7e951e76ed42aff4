"""Saved views: kept, shared, begun with, deleted and brought back."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.messages import get_messages

from core import clock
from deals.models import DefaultView, SavedView
from deals.services.saved_views import begin_with, save_view
from tenancy.scope import workspace_scope
from tests.deals.views.conftest import HTMX
from tests.factories import make_deal

BOARD, LIST, VIEWS = "/w/acme/board/", "/w/acme/deals/", "/w/acme/views/"


@pytest.fixture
def view_of(cast):
    """`view_of("leader", shared=True)`: a saved view of theirs."""

    def make(
        who: str = "rep",
        *,
        kind: str = "list",
        name: str = "내 정체",
        query: str = "owner=me&stalled=on",
        **more,
    ):
        with workspace_scope(cast.workspace.pk):
            return save_view(actor=cast.actor(who), kind=kind, name=name, query=query, **more)

    return make


def new(client, name: str = "내 정체", *, kind: str = "list", **more: str):
    sent = {"name": name, "query": "owner=me&stalled=on&sort=name", "columns": "name,amount", **more}
    return client.post(f"{VIEWS}new/?kind={kind}", sent, headers={**HTMX, "accept-language": "en"})


class TestMaking:
    def test_keeps_filter_order_and_columns(self, rep, cast):
        response = new(rep)
        url = urlsplit(response["HX-Redirect"])
        assert url.path == LIST
        with workspace_scope(cast.workspace.pk):
            view = SavedView.objects.get()
        assert parse_qs(url.query) == {
            "owner": ["me"],
            "stalled": ["on"],
            "sort": ["name"],
            "view": [str(view.pk)],
        }
        with workspace_scope(cast.workspace.pk), clock.frozen_at(clock.now() - timedelta(days=60)):
            make_deal(actor=cast.actor(), owner=cast.rep)
        html = rep.get(response["HX-Redirect"]).content.decode()
        assert html.count('<th scope="col"') == 2
        assert "· changed" not in html

    def test_says_when_something_was_changed_since_and_updates_it(self, rep, view_of, cast):
        view = view_of()
        html = rep.get(f"{LIST}?owner=me&view={view.pk}", headers={"accept-language": "en"}).content.decode()
        assert "· changed" in html
        response = rep.post(
            f"{VIEWS}{view.pk}/", {"update": "1", "query": "owner=me", "columns": ""}, headers=HTMX
        )
        assert response["HX-Redirect"] == f"{LIST}?owner=me&view={view.pk}"
        with workspace_scope(cast.workspace.pk):
            view.refresh_from_db()
        assert view.query == "owner=me"

    def test_a_name_twice_or_none_is_refused_with_what_was_typed(self, rep, view_of):
        view_of()
        twice = new(rep).content.decode()
        assert "You have a view of this name" in twice
        assert 'value="내 정체"' in twice
        assert "errorlist" in new(rep, "  ").content.decode()
        assert "errorlist" in new(rep, "x" * 81).content.decode()

    def test_a_viewer_keeps_their_own(self, logged_in):
        assert "HX-Redirect" in new(logged_in("viewer"))


class TestSharing:
    def test_is_for_leaders(self, rep, logged_in, cast):
        assert 'name="shared"' not in rep.get(f"{VIEWS}new/?kind=list", headers=HTMX).content.decode()
        new(rep, "몰래", shared="on")
        assert (
            'name="shared"'
            in logged_in("leader").get(f"{VIEWS}new/?kind=list", headers=HTMX).content.decode()
        )
        new(logged_in("leader"), "모두의", shared="on")
        with workspace_scope(cast.workspace.pk):
            assert dict(SavedView.objects.values_list("name", "is_shared")) == {"몰래": False, "모두의": True}

    def test_shows_each_reader_their_own(self, rep, logged_in, view_of):
        view_of("leader", name="모두의", shared=True)
        view_of("leader", name="혼자의")
        html = rep.get(LIST).content.decode()
        assert "모두의" in html
        assert "혼자의" not in html

    def test_somebody_elses_private_view_does_not_exist_and_a_shared_one_is_theirs(
        self, rep, logged_in, view_of
    ):
        private = view_of("leader", name="혼자의")
        shared = view_of("leader", name="모두의", shared=True)
        for way in ("", "delete/"):
            assert rep.post(f"{VIEWS}{private.pk}/{way}", {"name": "x"}, headers=HTMX).status_code == 404
            assert rep.post(f"{VIEWS}{shared.pk}/{way}", {"name": "x"}, headers=HTMX).status_code == 403
        assert rep.get(f"{VIEWS}{private.pk}/", headers=HTMX).status_code == 404
        assert rep.get(f"{VIEWS}{shared.pk}/", headers=HTMX).status_code == 403
        assert "HX-Redirect" in logged_in("admin").post(f"{VIEWS}{shared.pk}/", {"name": "새"}, headers=HTMX)

    def test_an_outsider_meets_404(self, mallory, view_of):
        view = view_of(shared=False)
        assert mallory.get(f"{VIEWS}{view.pk}/").status_code == 404
        assert mallory.post(f"/w/rival/views/{view.pk}/delete/").status_code == 404


class TestBeginning:
    @pytest.mark.parametrize(("kind", "page"), [("list", LIST), ("board", BOARD)])
    def test_opens_with_it_where_it_can_be_seen_and_left(self, rep, view_of, kind, page):
        view = view_of(kind=kind)
        rep.post(f"{VIEWS}first/", {"kind": kind, "view": str(view.pk)}, headers=HTMX)
        response = rep.get(page)
        assert response.status_code == 302
        assert response["Location"] == f"{page}?owner=me&stalled=on&view={view.pk}"
        assert "내 정체" in rep.get(response["Location"]).content.decode()
        assert rep.get(f"{page}?view=none").status_code == 200
        assert rep.get(f"{page}?owner=me").status_code == 200
        rep.post(f"{VIEWS}first/", {"kind": kind}, headers=HTMX)
        assert rep.get(page).status_code == 200

    def test_a_boards_view_brings_its_pipeline_and_one_that_is_gone_does_not_hurt(self, rep, cast, view_of):
        view = view_of(kind="board", query=f"pipeline={cast.pipeline.pk}&owner=me")
        found = rep.get(f"{BOARD}?{view.query}&view={view.pk}")
        assert f'data-pipeline="{cast.pipeline.pk}"' in found.content.decode()
        gone = rep.get(f"{BOARD}?pipeline={cast.rival_pipeline.pk}")
        assert f'data-pipeline="{cast.pipeline.pk}"' in gone.content.decode()

    def test_one_that_is_deleted_or_no_longer_shared_is_passed_by(self, rep, logged_in, cast, view_of):
        view = view_of("leader", shared=True)
        with workspace_scope(cast.workspace.pk):
            begin_with(actor=cast.actor(), kind="list", view_id=view.pk)
        assert rep.get(LIST).status_code == 302
        logged_in("leader").post(f"{VIEWS}{view.pk}/", {"name": "혼자"}, headers=HTMX)
        assert rep.get(LIST).status_code == 200

    def test_not_with_what_one_cannot_see(self, rep, cast, view_of):
        private = view_of("leader")
        assert rep.post(f"{VIEWS}first/", {"kind": "list", "view": str(private.pk)}).status_code == 404
        board = view_of(kind="board")
        assert rep.post(f"{VIEWS}first/", {"kind": "list", "view": str(board.pk)}).status_code == 404
        with workspace_scope(cast.workspace.pk):
            assert not DefaultView.objects.exists()


def test_deleting_is_taken_back_by_the_notice(rep, view_of, cast):
    view = view_of()
    response = rep.post(f"{VIEWS}{view.pk}/delete/", headers=HTMX)
    assert response["HX-Redirect"] == f"{LIST}?view=none"
    (message,) = get_messages(response.wsgi_request)
    assert (
        "내 정체"
        not in rep.get(f"{LIST}?view=none").content.decode().split("menu views")[1].split("</details>")[0]
    )
    assert "HX-Redirect" in rep.post(message.extra_tags, headers=HTMX)
    with workspace_scope(cast.workspace.pk):
        assert SavedView.objects.get().deleted_at is None
    # A second one of the name keeps the first from coming back.
    rep.post(f"{VIEWS}{view.pk}/delete/", headers=HTMX)
    new(rep)
    again = rep.post(message.extra_tags, headers=HTMX)
    assert json.loads(again["HX-Trigger"])["notice"]["kind"] == "error"
