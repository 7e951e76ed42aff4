from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from contacts.models import Company
from core import clock
from core.errors import InvalidInput, LeadCannotBeWon
from deals.models import Deal, DealEvent, DealVersion, StageStay
from deals.services.create_deal import Past, create_deal
from deals.services.edit_deal import edit_deal
from pipeline.models import LossReason, Pipeline, Stage, StageKind
from pipeline.services.create_from_template import create_pipeline_from_template
from tests.factories import Cast, make_deal

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_a_deal_begins_in_the_first_open_stage(acme: Cast, stages: list[Stage]) -> None:
    with clock.frozen_at(NOW):
        deal = create_deal(
            actor=acme.actor(), name="  한결모터스   도입 ", pipeline=acme.pipeline, owner=acme.rep
        )
    deal = Deal.objects.get(pk=deal.pk)
    assert (deal.name, deal.stage, deal.outcome, deal.version) == ("한결모터스 도입", stages[0], "open", 1)
    assert (deal.currency, deal.amount, deal.expected_close_date) == ("KRW", None, None)
    assert deal.created_at == deal.stage_entered_at == deal.qualified_at == NOW
    stay = StageStay.objects.get(deal=deal)
    assert (stay.stage, stay.entered_at, stay.left_at, stay.entered_by) == (stages[0], NOW, None, acme.rep)
    event = DealEvent.objects.get(deal=deal)
    assert (event.kind, event.stay, event.actor, event.dispatched_at) == ("created", stay, acme.rep, None)


def test_a_lead_is_not_qualified_yet(acme: Cast) -> None:
    pipeline = create_pipeline_from_template(template="the-model", language="ko")
    lead = pipeline.stages.get(kind=StageKind.LEAD)
    assert create_deal(actor=acme.actor(), name="x", pipeline=pipeline, stage=lead).qualified_at is None
    assert create_deal(actor=acme.actor(), name="x", pipeline=pipeline).stage.position == 1


def test_new_deals_lie_on_top(acme: Cast) -> None:
    names = ["a", "b", "c"]
    for name in names:
        make_deal(actor=acme.actor(), name=name)
    assert list(Deal.objects.order_by("rank").values_list("name", flat=True)) == names[::-1]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "   "),
        ("name", "x" * 201),
        ("name", "nu\x00ll"),
        ("amount", Decimal(-1)),
        ("amount", Decimal("0.00001")),
        ("amount", Decimal("0.5")),
        ("amount", Decimal("NaN")),
        ("amount", Decimal(10) ** 15),
        ("currency", "XXX"),
        ("expected_close_date", date(1800, 1, 1)),
        ("source", "x" * 121),
        ("revenue_type", "per_moon"),
        ("external_id", "\x00"),
    ],
)
def test_what_cannot_be_right_is_refused_by_its_field(acme: Cast, field: str, value: Any) -> None:
    given = {"name": "x", "pipeline": acme.pipeline} | {field: value}
    with pytest.raises(InvalidInput) as refusal:
        create_deal(actor=acme.actor(), **given)
    assert [error.field for error in refusal.value.errors] == [field]
    assert not Deal.objects.exists()
    assert not DealEvent.objects.exists()


def test_fields_that_are_not_ours_to_set_are_a_programming_error(acme: Cast) -> None:
    with pytest.raises(TypeError, match="version"):
        create_deal(actor=acme.actor(), name="x", pipeline=acme.pipeline, version=7)


def test_a_stage_of_another_pipeline_is_refused(acme: Cast, stages: list[Stage]) -> None:
    other = create_pipeline_from_template(template="the-model", language="ko")
    with pytest.raises(InvalidInput):
        create_deal(actor=acme.actor(), name="x", pipeline=other, stage=stages[0])
    Stage.objects.filter(pk=stages[1].pk).update(archived_at=NOW)
    with pytest.raises(InvalidInput):
        create_deal(
            actor=acme.actor(), name="x", pipeline=acme.pipeline, stage=Stage.objects.get(pk=stages[1].pk)
        )
    empty = create_pipeline_from_template(template="empty", language="ko", name="빈 것")
    with pytest.raises(InvalidInput) as refusal:
        create_deal(actor=acme.actor(), name="x", pipeline=empty)
    assert refusal.value.errors[0].field == "pipeline"


def test_whoever_left_and_what_was_deleted_gets_no_new_deals(acme: Cast) -> None:
    acme.other_rep.deactivated_at = NOW
    acme.other_rep.save()
    gone = Company.objects.create(name="폐업", deleted_at=NOW)
    for given in ({"owner": acme.other_rep}, {"company": gone}):
        with pytest.raises(InvalidInput):
            make_deal(actor=acme.actor(), **given)


def test_an_external_id_is_unique_in_its_source(acme: Cast) -> None:
    from django.db import IntegrityError

    make_deal(actor=acme.actor(), external_source="salesmap", external_id="7")
    make_deal(actor=acme.actor(), external_source="other", external_id="7")
    make_deal(actor=acme.actor(), external_source="salesmap", external_id="")
    make_deal(actor=acme.actor(), external_source="salesmap", external_id="")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_deal(actor=acme.actor(), external_source="salesmap", external_id="7")


# history ---------------------------------------------------------------------------------------------------------


def test_a_deal_of_the_past_keeps_its_times(acme: Cast) -> None:
    entered = LONG_AGO + timedelta(days=10)
    deal = create_deal(
        actor=acme.actor("admin"),
        name="x",
        pipeline=acme.pipeline,
        past=Past(created_at=LONG_AGO, stage_entered_at=entered),
    )
    assert (deal.created_at, deal.stage_entered_at) == (LONG_AGO, entered)
    assert StageStay.objects.get().entered_at == entered
    assert DealVersion.objects.get().pgh_created_at == LONG_AGO
    assert DealEvent.objects.get().dispatched_at is None


def test_a_deal_won_in_the_past_reads_as_open_until_then(acme: Cast, stages: list[Stage]) -> None:
    won = LONG_AGO + timedelta(days=60)
    deal = create_deal(
        actor=acme.actor("admin"),
        name="x",
        pipeline=acme.pipeline,
        stage=stages[4],
        past=Past(created_at=LONG_AGO, outcome="won", closed_at=won),
    )
    deal.refresh_from_db()
    assert (deal.outcome, deal.closed_at, deal.closed_on, deal.version) == ("won", won, date(2026, 5, 1), 1)
    stay = StageStay.objects.get()
    assert (stay.entered_at, stay.left_at) == (LONG_AGO, won)
    assert [
        (version.pgh_created_at, version.outcome, version.closed_on)
        for version in DealVersion.objects.order_by("pgh_created_at")
    ] == [(LONG_AGO, "open", None), (won, "won", date(2026, 5, 1))]
    assert DealEvent.objects.get().dispatched_at is not None


def test_a_closing_time_alone_is_enough(acme: Cast) -> None:
    reason = LossReason.objects.all()[0]
    past = Past(outcome="lost", closed_at=LONG_AGO, loss_reason=reason)
    deal = create_deal(actor=acme.actor("admin"), name="x", pipeline=acme.pipeline, past=past)
    assert deal.created_at == deal.stage_entered_at == deal.closed_at == LONG_AGO
    assert Deal.objects.get().loss_reason == reason


def test_versions_after_the_past_are_of_now(acme: Cast) -> None:
    deal = create_deal(
        actor=acme.actor("admin"), name="x", pipeline=acme.pipeline, past=Past(created_at=LONG_AGO)
    )
    edit_deal(deal_id=deal.pk, changes={"amount": Decimal(5)}, actor=acme.actor())
    first, second = DealVersion.objects.order_by("pgh_id")
    assert first.pgh_created_at == LONG_AGO
    assert second.pgh_created_at == second.recorded_at or second.pgh_created_at > LONG_AGO + timedelta(
        days=200
    )


@pytest.mark.parametrize(
    ("past", "field"),
    [
        (Past(created_at=NOW + timedelta(days=1)), "created_at"),
        (Past(created_at=NOW, stage_entered_at=LONG_AGO), "stage_entered_at"),
        (Past(stage_entered_at=NOW, outcome="won", closed_at=LONG_AGO), "closed_at"),
        (Past(closed_at=LONG_AGO), "closed_at"),
        (Past(outcome="won"), "closed_at"),
        (Past(outcome="lost", closed_at=LONG_AGO), "loss_reason"),
    ],
)
def test_a_past_that_cannot_have_been_is_refused(acme: Cast, past: Past, field: str) -> None:
    with clock.frozen_at(NOW), pytest.raises(InvalidInput) as refusal:
        create_deal(actor=acme.actor("admin"), name="x", pipeline=acme.pipeline, past=past)
    assert refusal.value.errors[0].field == field


def test_a_lead_was_never_won(acme: Cast) -> None:
    pipeline = create_pipeline_from_template(template="the-model", language="ko")
    lead = Pipeline.objects.get(pk=pipeline.pk).stages.get(kind=StageKind.LEAD)
    with pytest.raises(LeadCannotBeWon):
        create_deal(
            actor=acme.actor("admin"),
            name="x",
            pipeline=pipeline,
            stage=lead,
            past=Past(outcome="won", closed_at=LONG_AGO),
        )
