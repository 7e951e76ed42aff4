from datetime import timedelta

import pytest
from django.test import Client

from core import clock
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal


@pytest.fixture
def rep(client: Client, cast: Cast) -> Client:
    client.force_login(cast.rep.user)
    return client


def test_board(rep, cast, query_count):
    with workspace_scope(cast.workspace.pk):
        for i in range(7):
            make_deal(actor=cast.actor(), name=f"딜 {i}", owner=cast.rep)
        make_deal(actor=cast.actor(), name="온보딩 딜", stage="온보딩 교육 중", owner=cast.rep)
    rep.get("/w/acme/board/")
    with query_count() as counted:
        response = rep.get("/w/acme/board/")
    assert response.status_code == 200
    assert counted() <= 12
    assert 'data-stage-weighted="7000000"' in response.content.decode()
