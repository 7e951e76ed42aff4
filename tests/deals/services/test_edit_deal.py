from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contacts.models import Company
from core import clock
from core.errors import InvalidInput, NotFound, StaleVersion, Unprocessable
from deals.models import Deal, DealEvent, DealVersion
from deals.services.close_deal import lose_deal
from deals.services.edit_deal import EDITABLE, delete_deal, edit_deal, field_errors, restore_deal
from pipeline.models import LossReason, Stage
from tests.factories import Cast, make_deal

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def test_every_editable_field_is_edited_at_once(acme: Cast) -> None:
    deal = make_deal(actor=acme.actor())
    company = Company.objects.create(name="새 회사")
    changes: dict[str, Any] = {
        "name": "새 이름",
        "company": company,
        "owner": acme.other_rep,
        "amount": Decimal("2500.5"),
        "currency": "USD",
        "revenue_type": "per_year",
        "expected_close_date": date(2027, 1, 15),
        "source": " 소개 ",
        "snoozed_until": date(2026, 12, 1),
    }
    assert set(changes) == set(EDITABLE)
    edit_deal(deal_id=deal.pk, changes=changes, actor=acme.actor(), expected_version=1)
    saved = Deal.objects.get()
    assert {field: getattr(saved, field) for field in changes} == changes | {"source": "소개"}
    assert saved.version == 2
    fields = DealEvent.objects.get(kind="edited").data["fields"]
    assert fields["amount"] == {"from": "10000000", "to": "2500.5"}
    assert fields["owner"] == {"from": None, "to": str(acme.other_rep.pk)}
    assert fields["expected_close_date"] == {"from": None, "to": "2027-01-15"}
    assert fields["name"] == fields["source"] == {}


def test_a_change_of_nothing_writes_nothing(acme: Cast) -> None:
    deal = make_deal(actor=acme.actor(), owner=acme.rep)
    acme.rep.deactivated_at = NOW
    acme.rep.save()
    same = {"name": " 한결모터스  도입", "amount": Decimal("10000000.00"), "owner": acme.rep}
    assert edit_deal(deal_id=deal.pk, changes=same, actor=acme.actor()).version == 1
    assert not DealEvent.objects.filter(kind="edited").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("amount", Decimal(-5)),
        ("currency", "EURO"),
        ("revenue_type", "x"),
        ("expected_close_date", date(3000, 1, 1)),
        ("snoozed_until", date(1, 1, 1)),
        ("source", "x" * 121),
        ("stage", None),
        ("outcome", "won"),
        ("version", 9),
        ("workspace", None),
    ],
)
def test_refusals_name_the_field_and_change_nothing(acme: Cast, field: str, value: Any) -> None:
    deal = make_deal(actor=acme.actor())
    with pytest.raises(InvalidInput) as refusal:
        edit_deal(deal_id=deal.pk, changes={"name": "neu", field: value}, actor=acme.actor())
    assert set(field_errors(refusal.value)) == {field}
    assert Deal.objects.get().version == 1


def test_deals_go_to_members_and_companies_that_are_there(acme: Cast) -> None:
    deal = make_deal(actor=acme.actor())
    acme.other_rep.deactivated_at = NOW
    acme.other_rep.save()
    gone = Company.objects.create(name="폐업", deleted_at=NOW)
    for changes in ({"owner": acme.other_rep}, {"company": gone}):
        with pytest.raises(InvalidInput):
            edit_deal(deal_id=deal.pk, changes=changes, actor=acme.actor())


def test_a_stale_edit_is_refused_with_the_deal_as_it_is(acme: Cast) -> None:
    deal = make_deal(actor=acme.actor())
    edit_deal(deal_id=deal.pk, changes={"name": "eins"}, actor=acme.actor(), expected_version=1)
    with pytest.raises(StaleVersion) as refusal:
        edit_deal(deal_id=deal.pk, changes={"name": "zwei"}, actor=acme.actor(), expected_version=1)
    assert refusal.value.current.name == "eins"


def test_snoozing_keeps_a_deal_from_stalling_until_the_day(acme: Cast) -> None:
    zone = acme.workspace.zone
    with clock.frozen_at(NOW):
        deal = make_deal(actor=acme.actor())
    today = date(2026, 12, 7)
    assert not deal.is_stalled(today=today - timedelta(days=1), zone=zone)
    assert deal.is_stalled(today=today, zone=zone)
    deal = edit_deal(deal_id=deal.pk, changes={"snoozed_until": date(2026, 12, 10)}, actor=acme.actor())
    assert not deal.is_stalled(today=date(2026, 12, 9), zone=zone)
    assert deal.is_stalled(today=date(2026, 12, 10), zone=zone)


# deleting -----------------------------------------------------------------------------------------------------------


def test_a_deleted_deal_is_nowhere_and_comes_back_whole(acme: Cast) -> None:
    deal = make_deal(actor=acme.actor())
    delete_deal(deal_id=deal.pk, actor=acme.actor(), expected_version=1)
    for again in (delete_deal, edit_deal):
        with pytest.raises(NotFound):
            again(deal_id=deal.pk, actor=acme.actor(), **({"changes": {}} if again is edit_deal else {}))
    restored = restore_deal(deal_id=deal.pk, actor=acme.actor())
    restored.refresh_from_db()
    assert (restored.deleted_at, restored.version, restored.stage_id) == (None, 3, deal.stage_id)
    assert [version.deleted_at is None for version in DealVersion.objects.order_by("pgh_id")] == [
        True,
        False,
        True,
    ]
    assert list(DealEvent.objects.order_by("id").values_list("kind", flat=True)) == [
        "created",
        "deleted",
        "restored",
    ]


def test_a_restored_deal_finds_its_rank_taken(acme: Cast) -> None:
    """Somebody took the rank while the deal was away: it goes on top."""
    first = make_deal(actor=acme.actor())
    delete_deal(deal_id=first.pk, actor=acme.actor())
    second = make_deal(actor=acme.actor())
    Deal.objects.filter(pk=second.pk).update(rank=first.rank)
    restore_deal(deal_id=first.pk, actor=acme.actor())
    assert list(Deal.objects.order_by("rank")) == [first, second]


def test_what_is_not_deleted_is_not_restored(acme: Cast, stages: list[Stage]) -> None:
    deal = make_deal(actor=acme.actor())
    with pytest.raises(NotFound):
        restore_deal(deal_id=deal.pk, actor=acme.actor())
    delete_deal(deal_id=deal.pk, actor=acme.actor())
    Stage.objects.filter(pk=stages[0].pk).update(archived_at=NOW)
    with pytest.raises(Unprocessable):
        restore_deal(deal_id=deal.pk, actor=acme.actor())
    assert Deal.objects.get().deleted_at is not None


def test_a_closed_deal_comes_back_closed(acme: Cast) -> None:
    deal = make_deal(actor=acme.actor())
    lose_deal(deal_id=deal.pk, reason=LossReason.objects.all()[0], actor=acme.actor())
    delete_deal(deal_id=deal.pk, actor=acme.actor())
    restore_deal(deal_id=deal.pk, actor=acme.actor())
    assert Deal.objects.get(deleted_at=None).outcome == "lost"


def test_an_amount_fits_its_currency(acme: Cast) -> None:
    """Whichever of the two changes, and at once when both do; the entered one is told of."""
    deal = make_deal(actor=acme.actor(), amount=Decimal("12.34"), currency="USD")
    refused: list[tuple[dict[str, Any], str]] = [
        ({"amount": Decimal("12.345")}, "amount"),
        ({"currency": "KRW"}, "currency"),
        ({"currency": "KRW", "amount": Decimal("0.5")}, "amount"),
    ]
    for changes, field in refused:
        with pytest.raises(InvalidInput) as problem:
            edit_deal(deal_id=deal.pk, changes=changes, actor=acme.actor())
        assert list(field_errors(problem.value)) == [field]
    edit_deal(deal_id=deal.pk, changes={"currency": "EUR"}, actor=acme.actor())
    edit_deal(deal_id=deal.pk, changes={"currency": "KRW", "amount": Decimal(12)}, actor=acme.actor())
    saved = Deal.objects.get()
    assert (saved.amount, saved.currency, saved.version) == (Decimal(12), "KRW", 3)


def test_what_was_finer_before_does_not_stop_other_changes(acme: Cast) -> None:
    deal = make_deal(actor=acme.actor())
    Deal.objects.update(amount=Decimal("0.5"))
    edit_deal(deal_id=deal.pk, changes={"name": "새 이름"}, actor=acme.actor())
    assert Deal.objects.get().name == "새 이름"
