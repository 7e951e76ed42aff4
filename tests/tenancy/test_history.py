"""Version rows: written by the database, whatever path a change takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from core import clock
from deals.models import Deal, DealVersion
from deals.services.edit_deal import edit_deal
from pipeline.models import Stage, StageVersion
from tenancy.history import valid_from
from tenancy.models import Membership, MembershipVersion
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal

PAST = datetime(2026, 3, 1, tzinfo=UTC)


def rows() -> list[tuple[Any, Any]]:
    return list(
        DealVersion.objects.order_by("pgh_created_at", "pgh_id").values_list("amount", "pgh_created_at")
    )


def test_each_change_of_a_transaction_has_a_row_and_a_time_of_its_own(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        deal = make_deal(actor=cast.actor(), amount=1)
        for amount in (2, 3, 4):
            edit_deal(deal_id=deal.pk, changes={"amount": Decimal(amount)}, actor=cast.actor())
        edit_deal(deal_id=deal.pk, changes={"name": "nicht verfolgt"}, actor=cast.actor())
        found = rows()
    assert [amount for amount, _at in found] == [1, 2, 3, 4]
    times = [at for _amount, at in found]
    assert times == sorted(set(times))


def test_rows_are_written_by_every_path(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        deals = [make_deal(actor=cast.actor(), amount=1) for _number in range(3)]
        Deal.objects.update(amount=Decimal(2))
        for deal in deals:
            deal.amount = Decimal(3)
        Deal.objects.bulk_update(deals, ["amount"])
        with connection.cursor() as cursor:
            cursor.execute("UPDATE deals_deal SET amount = 40000")
        assert sorted(amount for amount, _at in rows()) == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
        Deal.objects.update(name="x", version=9)
        assert len(rows()) == 12


def test_stages_and_members_have_versions_too(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        stage = cast.pipeline.stages.order_by("position")[2]
        Stage.objects.filter(pk=stage.pk).update(win_rate=Decimal("63.15"))
        Membership.objects.filter(pk=cast.rep.pk).update(role="leader", team=None)
        rates = (
            StageVersion.objects.filter(pgh_obj=stage).order_by("pgh_id").values_list("win_rate", flat=True)
        )
        roles = (
            MembershipVersion.objects.filter(pgh_obj=cast.rep).order_by("pgh_id").values_list("role", "team")
        )
        assert list(rates) == [Decimal(70), Decimal("63.15")]
        assert list(roles) == [("rep", cast.team.pk), ("leader", None)]


def test_the_past_can_be_written_and_ends_with_its_block(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        deal = make_deal(actor=cast.actor(), amount=1)
        with valid_from(PAST):
            Deal.objects.update(amount=Decimal(2))
            with valid_from(PAST + timedelta(days=1)):
                Deal.objects.update(amount=Decimal(3))
            Deal.objects.update(amount=Decimal(4))
        with pytest.raises(ZeroDivisionError), valid_from(PAST):
            raise ZeroDivisionError
        edit_deal(deal_id=deal.pk, changes={"amount": Decimal(5)}, actor=cast.actor())
        found = dict(rows())
        recorded = dict(DealVersion.objects.values_list("amount", "recorded_at"))
    assert (found[2], found[3], found[4]) == (PAST, PAST + timedelta(days=1), PAST)
    assert found[5] > found[1]
    assert recorded[2] < recorded[3] < recorded[4] < recorded[5]


def test_a_frozen_clock_is_followed_by_every_path(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        with clock.frozen_at(PAST):
            deal = make_deal(actor=cast.actor(), amount=1)
        with clock.frozen_at(PAST + timedelta(days=1)):
            edit_deal(deal_id=deal.pk, changes={"amount": Decimal(2)}, actor=cast.actor())
        with clock.frozen_at(PAST + timedelta(days=2)), connection.cursor() as cursor:
            cursor.execute("UPDATE deals_deal SET amount = 30000")
        edit_deal(deal_id=deal.pk, changes={"amount": Decimal(4)}, actor=cast.actor())
        found = rows()
    assert found[:3] == [(1, PAST), (2, PAST + timedelta(days=1)), (3, PAST + timedelta(days=2))]
    assert found[3][1] > PAST + timedelta(days=100)


def test_a_rollback_does_not_bring_a_frozen_moment_back(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        with clock.frozen_at(PAST):
            deal = make_deal(actor=cast.actor(), amount=1)
        with transaction.atomic():
            Deal.objects.update(amount=Decimal(2))
            transaction.set_rollback(True)
        edit_deal(deal_id=deal.pk, changes={"amount": Decimal(3)}, actor=cast.actor())
        assert rows()[1][1] > PAST + timedelta(days=100)
