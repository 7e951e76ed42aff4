from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core import clock
from core.errors import (
    Conflict,
    DealClosed,
    ExitCriteriaNotMet,
    InvalidInput,
    LeadCannotBeWon,
    NotFound,
    StaleVersion,
    Unprocessable,
)
from core.ids import uuid7
from deals.models import Deal, DealEvent, DealVersion, StageStay
from deals.services.close_deal import lose_deal, reopen_deal, win_deal
from pipeline.models import LossReason, Stage, StageKind
from pipeline.services.create_from_template import create_pipeline_from_template
from tests.factories import Cast, make_deal

NOW = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # in Seoul already the first of December


def won(acme: Cast, **fields: object) -> Deal:
    deal = make_deal(actor=acme.actor(), **fields)
    return win_deal(deal_id=deal.pk, actor=acme.actor("leader"), override_reason="x")


def test_a_won_deal_counts_in_the_local_month(acme: Cast) -> None:
    with clock.frozen_at(NOW):
        deal = won(acme)
    deal.refresh_from_db()
    assert (deal.outcome, deal.closed_at, deal.closed_on) == ("won", NOW, date(2026, 12, 1))
    assert (deal.version, deal.loss_reason) == (2, None)
    stay = StageStay.objects.get()
    assert stay.left_at == NOW
    assert DealEvent.objects.get(kind="won").stay == stay
    last = DealVersion.objects.order_by("pgh_id").last()
    assert last is not None
    assert (last.outcome, last.closed_on, last.pgh_created_at) == ("won", date(2026, 12, 1), NOW)


def test_winning_passes_the_gate(acme: Cast) -> None:
    deal = make_deal(actor=acme.actor())
    with pytest.raises(ExitCriteriaNotMet):
        win_deal(deal_id=deal.pk, actor=acme.actor())
    assert StageStay.objects.get().left_at is None


def test_a_lead_cannot_be_won_but_lost(acme: Cast) -> None:
    pipeline = create_pipeline_from_template(template="the-model", language="ko")
    lead = pipeline.stages.get(kind=StageKind.LEAD)
    deal = make_deal(actor=acme.actor(), pipeline=pipeline, stage=lead.name)
    with pytest.raises(LeadCannotBeWon):
        win_deal(deal_id=deal.pk, actor=acme.actor("owner"), override_reason="x")
    assert (
        lose_deal(deal_id=deal.pk, reason=LossReason.objects.all()[0], actor=acme.actor()).outcome == "lost"
    )


def test_losing_is_free_but_needs_a_reason_in_use(acme: Cast) -> None:
    deal = make_deal(actor=acme.actor())
    first, second = LossReason.objects.order_by("position")[:2]
    LossReason.objects.filter(pk=second.pk).update(archived_at=NOW)
    for reason in (None, LossReason.objects.get(pk=second.pk)):
        with pytest.raises(InvalidInput) as refusal:
            lose_deal(deal_id=deal.pk, reason=reason, actor=acme.actor())
        assert refusal.value.errors[0].field == "reason"
    with pytest.raises(InvalidInput):
        lose_deal(deal_id=deal.pk, reason=first, note="x" * 2001, actor=acme.actor())
    lost = lose_deal(
        deal_id=deal.pk, reason=first, note=" 예산 삭감 ", actor=acme.actor(), expected_version=1
    )
    assert (lost.outcome, lost.loss_reason, lost.loss_note, lost.version) == ("lost", first, "예산 삭감", 2)
    assert DealEvent.objects.get(kind="lost").data == {"stage": str(deal.stage_id), "reason": str(first.pk)}


def test_what_is_closed_or_stale_or_gone_does_not_close(acme: Cast) -> None:
    reason = LossReason.objects.all()[0]
    deal = won(acme)
    with pytest.raises(DealClosed):
        win_deal(deal_id=deal.pk, actor=acme.actor())
    with pytest.raises(DealClosed):
        lose_deal(deal_id=deal.pk, reason=reason, actor=acme.actor())
    with pytest.raises(StaleVersion):
        lose_deal(deal_id=deal.pk, reason=reason, actor=acme.actor(), expected_version=1)
    with pytest.raises(NotFound):
        win_deal(deal_id=uuid7(), actor=acme.actor())


def test_reopening_begins_a_new_stay(acme: Cast) -> None:
    with clock.frozen_at(NOW):
        deal = won(acme)
    later = NOW + timedelta(days=40)
    other = make_deal(actor=acme.actor())
    with clock.frozen_at(later):
        reopened = reopen_deal(deal_id=deal.pk, actor=acme.actor(), expected_version=2)
    reopened.refresh_from_db()
    assert (reopened.outcome, reopened.closed_at, reopened.closed_on, reopened.version) == (
        "open",
        None,
        None,
        3,
    )
    assert reopened.stage_entered_at == later
    assert reopened.rank < Deal.objects.get(pk=other.pk).rank
    assert list(
        StageStay.objects.filter(deal=deal).order_by("entered_at").values_list("entered_at", "left_at")
    ) == [
        (NOW, NOW),
        (later, None),
    ]
    assert DealEvent.objects.get(kind="reopened").data == {
        "stage": str(deal.stage_id),
        "was": "won",
        "version": 3,
    }


def test_reopening_forgets_the_loss(acme: Cast) -> None:
    deal = make_deal(actor=acme.actor())
    lose_deal(deal_id=deal.pk, reason=LossReason.objects.all()[0], note="x", actor=acme.actor())
    reopened = reopen_deal(deal_id=deal.pk, actor=acme.actor())
    assert (reopened.loss_reason, reopened.loss_note) == (None, "")


def test_what_cannot_be_reopened(acme: Cast, stages: list[Stage]) -> None:
    open_deal = make_deal(actor=acme.actor())
    with pytest.raises(Conflict):
        reopen_deal(deal_id=open_deal.pk, actor=acme.actor())
    deal = won(acme)
    with pytest.raises(StaleVersion):
        reopen_deal(deal_id=deal.pk, actor=acme.actor(), expected_version=1)
    Stage.objects.filter(pk=stages[0].pk).update(archived_at=NOW)
    with pytest.raises(Unprocessable):
        reopen_deal(deal_id=deal.pk, actor=acme.actor())
