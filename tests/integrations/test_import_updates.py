"""A file that comes again with changes: only what changed is written, by the rules of a change by hand."""

from __future__ import annotations

import uuid
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from core import clock
from deals.models import Deal, DealEvent, DealVersion, StageStay
from deals.services.close_deal import win_deal
from deals.services.edit_deal import delete_deal, edit_deal
from pipeline.models import Stage
from tenancy.models import DueWork
from tenancy.permissions import Actor
from tenancy.scope import current_zone, workspace_scope
from tests.integrations.importing import MAPPING, counts, make_workspace, run_import, sample

ENGAGING = 10  # HAXMC4IX, MG Advanced, engaged on 2016-11-03, no account
PROSPECTING = 8301  # no dates yet
ONE_UPDATED = {"created": 0, "updated": 1, "skipped": 0, "failed": 0}
ONE_SKIPPED = {"created": 0, "updated": 0, "skipped": 1, "failed": 0}


@pytest.fixture
def workspace(db: None) -> uuid.UUID:
    return make_workspace()


def start(path: Path, number: int, **changes: str) -> None:
    assert (
        counts(run_import(sample(path / "deals.csv", number, **changes), "--mapping", MAPPING))["created"]
        == 1
    )


def again(path: Path, number: int, *arguments: str, **changes: str) -> dict[str, int]:
    return counts(run_import(sample(path / "deals.csv", number, **changes), "--mapping", MAPPING, *arguments))


def events() -> list[str]:
    return list(DealEvent.objects.order_by("id").values_list("kind", flat=True))


def test_a_changed_amount_and_owner(workspace: uuid.UUID, tmp_path: Path) -> None:
    start(tmp_path, ENGAGING, close_value="100")
    assert again(tmp_path, ENGAGING, close_value="250", sales_agent="New Agent") == ONE_UPDATED
    with workspace_scope(workspace):
        deal = Deal.objects.select_related("owner").get()
        assert (deal.amount, str(deal.owner), deal.version) == (Decimal(250), "New Agent", 2)
        assert events() == ["created", "edited"]
        edited = DealEvent.objects.get(kind="edited")
        assert edited.data["fields"]["amount"] == {"from": "100", "to": "250"}
        assert set(edited.data["fields"]) == {"amount", "owner"}
        assert edited.dispatched_at is not None
        amounts = DealVersion.objects.order_by("pgh_created_at", "pgh_id").values_list("amount", flat=True)
        assert list(amounts) == [Decimal(100), Decimal(250)]
    assert again(tmp_path, ENGAGING, close_value="250", sales_agent="New Agent") == ONE_SKIPPED


def test_a_changed_amount_fits_the_currency_that_the_deal_has_here(
    workspace: uuid.UUID, tmp_path: Path
) -> None:
    """The mapping's constant counts for new deals only: here somebody made it a deal in won."""
    start(tmp_path, ENGAGING, close_value="100")
    with workspace_scope(workspace):
        changes = {"currency": "KRW"}
        edit_deal(deal_id=Deal.objects.get().pk, changes=changes, actor=Actor.system())
    with pytest.raises(CommandError, match="every row failed"):
        again(tmp_path, ENGAGING, close_value="100.5")
    assert "close_value,KRW has no fractions." in (tmp_path / "failed.csv").read_text(encoding="utf-8")
    assert again(tmp_path, ENGAGING, close_value="101") == ONE_UPDATED


def test_a_deal_that_was_won_meanwhile(workspace: uuid.UUID, tmp_path: Path) -> None:
    start(tmp_path, ENGAGING)
    won = {"deal_stage": "Won", "close_date": "2017-04-05", "close_value": "3393"}
    assert again(tmp_path, ENGAGING, **won) == ONE_UPDATED
    with workspace_scope(workspace):
        deal = Deal.objects.get()
        assert (deal.outcome, str(deal.closed_on), deal.amount) == ("won", "2017-04-05", Decimal(3393))
        assert events() == ["created", "edited", "won"]
        stay = StageStay.objects.get()
        assert str(clock.local_date(stay.left_at, current_zone())) == "2017-04-05"
        last = DealVersion.objects.order_by("pgh_created_at", "pgh_id").last()
        assert (last.outcome, str(last.closed_on)) == ("won", "2017-04-05")
        assert str(clock.local_date(last.pgh_created_at, current_zone())) == "2017-04-05"
    assert again(tmp_path, ENGAGING, **won) == ONE_SKIPPED


def test_a_deal_that_was_lost_meanwhile_has_its_reason(workspace: uuid.UUID, tmp_path: Path) -> None:
    start(tmp_path, ENGAGING)
    lost = {"deal_stage": "Lost", "close_date": "2017-04-05", "close_value": "0"}
    assert again(tmp_path, ENGAGING, **lost) == ONE_UPDATED
    with workspace_scope(workspace):
        deal = Deal.objects.select_related("loss_reason").get()
        assert (deal.outcome, str(deal.loss_reason)) == ("lost", "Unknown (imported)")
        event = DealEvent.objects.get(kind="lost")
        assert event.data == {"stage": str(deal.stage_id), "reason": str(deal.loss_reason_id)}


def test_a_deal_that_went_on_begins_where_the_file_now_says(workspace: uuid.UUID, tmp_path: Path) -> None:
    start(tmp_path, PROSPECTING)
    assert again(tmp_path, PROSPECTING, deal_stage="Engaging", engage_date="2017-06-01") == ONE_UPDATED
    with workspace_scope(workspace):
        deal = Deal.objects.select_related("stage").get()
        assert deal.stage.name == "Engaging"
        assert str(clock.local_date(deal.stage_entered_at, current_zone())) == "2017-06-01"
        assert deal.created_at == deal.stage_entered_at
        stays = StageStay.objects.order_by("id").values_list("stage__name", "left_at", "alerted_at")
        assert [(name, left is None, alerted is None) for name, left, alerted in stays] == [
            ("Prospecting", False, False),
            ("Engaging", True, False),
        ]
        assert events() == ["created", "stage_changed"]
        changed = DealEvent.objects.get(kind="stage_changed")
        names = {str(pk): name for pk, name in Stage.objects.values_list("id", "name")}
        assert (names[changed.data["from"]], names[changed.data["to"]]) == ("Prospecting", "Engaging")
    assert again(tmp_path, PROSPECTING, deal_stage="Engaging", engage_date="2017-06-01") == ONE_SKIPPED


def test_a_deal_that_went_on_and_was_won(workspace: uuid.UUID, tmp_path: Path) -> None:
    start(tmp_path, PROSPECTING)
    won = {"deal_stage": "Won", "engage_date": "2017-06-01", "close_date": "2017-07-31", "close_value": "55"}
    assert again(tmp_path, PROSPECTING, **won) == ONE_UPDATED
    with workspace_scope(workspace):
        deal = Deal.objects.select_related("stage").get()
        assert (deal.stage.name, deal.outcome, str(deal.closed_on)) == ("Engaging", "won", "2017-07-31")
        assert not StageStay.objects.filter(left_at=None).exists()
        assert events() == ["created", "edited", "stage_changed", "won"]
        assert DealVersion.objects.order_by("pgh_created_at", "pgh_id").last().outcome == "won"


def test_a_corrected_closing_date(workspace: uuid.UUID, tmp_path: Path) -> None:
    start(tmp_path, 1)
    assert again(tmp_path, 1, close_date="2017-04-15") == ONE_UPDATED
    with workspace_scope(workspace):
        assert str(Deal.objects.get().closed_on) == "2017-04-15"
        assert str(clock.local_date(StageStay.objects.get().left_at, current_zone())) == "2017-04-15"
    assert again(tmp_path, 1, close_date="2017-04-15") == ONE_SKIPPED


def test_an_empty_cell_says_nothing(workspace: uuid.UUID, tmp_path: Path) -> None:
    start(tmp_path, ENGAGING)
    with workspace_scope(workspace):
        deal = Deal.objects.get()
        edit_deal(deal_id=deal.pk, changes={"amount": Decimal(7)}, actor=Actor.system())
    assert again(tmp_path, ENGAGING) == ONE_SKIPPED
    with workspace_scope(workspace):
        assert Deal.objects.get().amount == Decimal(7)


def test_an_open_row_does_not_reopen_a_closed_deal(workspace: uuid.UUID, tmp_path: Path) -> None:
    start(tmp_path, ENGAGING)
    with workspace_scope(workspace):
        win_deal(deal_id=Deal.objects.get().pk, actor=Actor.system())
    with pytest.raises(CommandError, match="every row failed"):
        again(tmp_path, ENGAGING)
    assert "The deal is closed." in (tmp_path / "failed.csv").read_text(encoding="utf-8")


def test_what_was_deleted_here_stays_deleted(workspace: uuid.UUID, tmp_path: Path) -> None:
    start(tmp_path, ENGAGING)
    with workspace_scope(workspace):
        delete_deal(deal_id=Deal.objects.get().pk, actor=Actor.system())
    assert again(tmp_path, ENGAGING, close_value="9") == ONE_SKIPPED
    with workspace_scope(workspace):
        assert Deal.objects.get().deleted_at is not None


def test_the_same_id_twice_in_one_file(workspace: uuid.UUID, tmp_path: Path) -> None:
    path = sample(tmp_path / "deals.csv", 1, 2, opportunity_id="SAME")
    lines = run_import(path, "--mapping", MAPPING)
    assert counts(lines) == {"created": 1, "updated": 0, "skipped": 0, "failed": 1}
    assert "  row 3, opportunity_id: The same id stands in row 2 already." in lines


def test_automate_lets_everything_follow(workspace: uuid.UUID, tmp_path: Path) -> None:
    path = sample(tmp_path / "deals.csv", 1, ENGAGING)
    run_import(path, "--mapping", MAPPING, "--automate")
    with workspace_scope(workspace):
        waiting = DealEvent.objects.filter(dispatched_at=None).values_list("deal__external_id", "kind")
        assert list(waiting) == [("HAXMC4IX", "created")]
        assert StageStay.objects.filter(left_at=None, alerted_at=None).count() == 1
    assert DueWork.objects.filter(workspace_id=workspace, kind="events").exists()


def test_automate_counts_for_changes_too(workspace: uuid.UUID, tmp_path: Path) -> None:
    start(tmp_path, PROSPECTING)
    again(tmp_path, PROSPECTING, "--automate", deal_stage="Engaging", engage_date="2017-06-01")
    with workspace_scope(workspace):
        waiting = DealEvent.objects.filter(dispatched_at=None).values_list("kind", flat=True)
        assert list(waiting) == ["stage_changed"]
        assert StageStay.objects.filter(left_at=None, alerted_at=None).count() == 1
