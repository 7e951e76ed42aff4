"""The rail's counts."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from core import clock
from deals.models import Deal
from deals.services.tasks import add_task
from tenancy.scope import workspace_scope
from tests.factories import make_deal

URL = "/w/acme/nav/"


def test_counts_are_mine_and_fetched_in_few_queries(client, cast, query_count):
    today = clock.local_date(clock.now(), cast.workspace.zone)
    with workspace_scope(cast.workspace.pk):
        deal = make_deal(actor=cast.actor(), owner=cast.rep)
        for days in (-2, 0, 3):
            add_task(deal_id=deal.pk, name="할일", actor=cast.actor(), due_on=today + timedelta(days=days))
        add_task(deal_id=deal.pk, name="남의 일", actor=cast.actor("other_rep"), due_on=today)
        Deal.objects.update(stage_entered_at=clock.now() - timedelta(days=20))
    client.force_login(cast.rep.user)
    with query_count() as counted:
        html = client.get(URL).content.decode()
    assert 'data-count="2"' in html.split("#nav-stalled")[0]
    assert 'data-count="1"' in html.split("#nav-stalled")[1]
    assert counted() <= 8


def test_outsiders_get_404_and_strangers_the_login_page(cast):
    client = Client()
    assert client.get(URL).status_code == 302
    client.force_login(cast.mallory.user)
    assert client.get(URL).status_code == 404
