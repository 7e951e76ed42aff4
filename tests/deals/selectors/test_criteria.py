"""Which criteria hold, for one deal and for a board full of them."""

from __future__ import annotations

import pytest
from django.db import connection

from core.errors import NotFound
from core.ids import uuid7
from core.money import MoneyField
from deals import facts
from deals.models import Deal
from deals.selectors.criteria import criteria_of, states_for
from deals.selectors.visible import get_deal, visible_to
from deals.services.criteria import check_criterion
from deals.services.edit_deal import delete_deal
from pipeline.models import ExitCriterion
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal


def test_every_criterion_of_the_pipeline_with_its_state(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        deal = make_deal(actor=cast.actor())
        first = cast.pipeline.stages.order_by("position")[0]
        ticked = first.exit_criteria.order_by("position")[1]
        check_criterion(deal_id=deal.pk, criterion_id=ticked.pk, met=True, actor=cast.actor())
        states = criteria_of(deal)
        positions = [(state.criterion.stage.position, state.criterion.position) for state in states]
        assert positions == sorted(positions)
        assert len(states) == ExitCriterion.objects.count()
        (met,) = [state for state in states if state.met]
        assert (met.id, met.checked_by, met.computed) == (ticked.pk, "김도현", False)
        assert met.checked_at is not None


def test_a_boards_states_take_as_many_statements_as_one_deals(cast: Cast, query_count) -> None:
    facts.register(facts.Fact("of_a_test", "x", lambda _ids: set()))
    try:
        with workspace_scope(cast.workspace.pk):
            first = cast.pipeline.stages.order_by("position")[0]
            task = first.entry_tasks.all()[0]
            for kind, subject in (("task", str(task.pk)), ("field", "amount"), ("fact", "of_a_test")):
                ExitCriterion.objects.create(stage=first, name=kind, kind=kind, subject=subject)
            criteria = list(ExitCriterion.objects.filter(stage=first))
            counts = []
            for number in (1, 12):
                deals = [make_deal(actor=cast.actor()) for _deal in range(number)]
                with query_count() as counted:
                    states = states_for(deals, criteria)
                counts.append(counted())
                assert set(states) == {deal.pk for deal in deals}
            assert counts == [2, 2]
    finally:
        facts.unregister("of_a_test")


def test_a_deal_that_is_not_visible_is_not_found(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        deal, deleted = make_deal(actor=cast.actor()), make_deal(actor=cast.actor())
        delete_deal(deal_id=deleted.pk, actor=cast.actor())
        assert list(visible_to(cast.actor("viewer"))) == [deal]
        assert get_deal(str(deal.pk), actor=cast.actor()) == deal
        for deal_id in (deleted.pk, uuid7(), "not an id", ""):
            with pytest.raises(NotFound):
                get_deal(deal_id, actor=cast.actor())
    with workspace_scope(cast.rival.pk), pytest.raises(NotFound):
        get_deal(deal.pk, actor=cast.actor("mallory"))


@pytest.mark.parametrize("amount", ["0", "1054.5", "0.01", "100000000000000", None])
def test_amounts_come_back_from_the_database_exactly(cast: Cast, amount: str | None) -> None:
    from decimal import Decimal

    from django.db.models import Sum

    value = None if amount is None else Decimal(amount)
    with workspace_scope(cast.workspace.pk):
        deal = make_deal(actor=cast.actor(), amount=value, currency="USD")
        deal.refresh_from_db()
        assert deal.amount == value
        assert Deal.objects.filter(amount=value).exists() if value is not None else True
        assert Deal.objects.aggregate(total=Sum("amount"))["total"] == value
        with connection.cursor() as cursor:
            cursor.execute("SELECT amount FROM deals_deal")
            assert cursor.fetchone()[0] == (None if value is None else int(value * 10_000))
    assert isinstance(Deal._meta.get_field("amount"), MoneyField)
