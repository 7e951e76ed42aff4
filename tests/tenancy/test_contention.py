"""A page whose transaction met another one is answered all the same, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from deals.models import Deal, DealEvent
from deals.services import move_deal
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal

DEADLOCK = "DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '%s'; END $$"


@pytest.fixture
def deal(cast: Cast) -> Deal:
    with workspace_scope(cast.workspace.pk):
        return make_deal(actor=cast.actor(), owner=cast.rep)


@pytest.fixture
def meets(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    """The move's first statements meet another transaction `times` times, with PostgreSQL's own error."""

    def arrange(times: int, code: str = "40P01") -> list[int]:
        asked: list[int] = []
        locked = move_deal.lock_deal

        def lock(*arguments: Any, **options: Any) -> Any:
            asked.append(1)
            if len(asked) <= times:
                with connection.cursor() as cursor:
                    cursor.execute(DEADLOCK % code)
            return locked(*arguments, **options)

        monkeypatch.setattr(move_deal, "lock_deal", lock)
        return asked

    return arrange


def move(cast: Cast, deal: Deal) -> Any:
    with workspace_scope(cast.workspace.pk):
        last = cast.pipeline.stages.order_by("-position")[0].pk
    client = Client()
    client.force_login(cast.leader.user)
    form = {"stage": str(last), "override_reason": "x"}
    return client.post(f"/w/acme/deals/{deal.pk}/move/", form, headers={"HX-Request": "true"})


@pytest.mark.parametrize("code", ["40P01", "40001"])
def test_once_more_and_it_is_done_once(
    cast: Cast, deal: Deal, meets: Callable[..., list[int]], code: str
) -> None:
    asked = meets(1, code)
    assert move(cast, deal).status_code == 200
    assert len(asked) == 2
    with workspace_scope(cast.workspace.pk):
        assert Deal.objects.get().version == 2
        assert DealEvent.objects.filter(kind="stage_changed").count() == 1


def test_not_for_ever_and_not_for_other_failures(
    cast: Cast, deal: Deal, meets: Callable[..., list[int]]
) -> None:
    meets(2)
    with pytest.raises(OperationalError):
        move(cast, deal)
    asked = meets(1, "57014")
    with pytest.raises(OperationalError):
        move(cast, deal)
    assert len(asked) == 1
    with workspace_scope(cast.workspace.pk):
        assert Deal.objects.get().version == 1
