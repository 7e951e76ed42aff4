"""The real file: 8,800 deals of a hardware dealer, with their past."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

from django.db.models import Count, Sum

from contacts.models import Company
from core import clock
from deals.models import Deal, DealEvent, DealVersion, StageStay, Task
from deals.models.total import TOTALS
from deals.selectors.totals import total_differences
from integrations.importing.new_deals import COLUMNS
from pipeline.models import LossReason, Stage
from tenancy.models import DueWork, Membership
from tenancy.scope import current_zone, workspace_scope
from tests.integrations.importing import DATA, MAPPING, counts, make_workspace, run_import

SAME = {"created": 0, "updated": 0, "skipped": 8800, "failed": 0}


def rows_of_the_file() -> list[dict[str, str]]:
    with DATA.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_everything_in_the_file_is_here_with_its_dates(db: None, tmp_path: Path) -> None:
    workspace = make_workspace()
    lines = run_import(DATA, "--mapping", MAPPING, "--failed", str(tmp_path / "failed.csv"))
    assert counts(lines) == {"created": 8800, "updated": 0, "skipped": 0, "failed": 0}
    assert not (tmp_path / "failed.csv").exists()
    with workspace_scope(workspace):
        assert_figures()
        assert_months()
        assert_history()
        assert_names()
        assert_nothing_follows()


def assert_figures() -> None:
    found = {
        (row["outcome"], row["stage__name"]): (row["count"], row["sum"])
        for row in Deal.objects.order_by()
        .values("outcome", "stage__name")
        .annotate(count=Count("id"), sum=Sum("amount"))
    }
    assert found == {
        ("won", "Engaging"): (4238, Decimal(10_005_534)),
        ("lost", "Engaging"): (2473, Decimal(0)),
        ("open", "Engaging"): (1589, None),
        ("open", "Prospecting"): (500, None),
    }
    assert set(Deal.objects.values_list("currency", flat=True)) == {"USD"}
    rates = dict(Stage.objects.values_list("name", "win_rate"))
    assert rates == {"Prospecting": Decimal(20), "Engaging": Decimal("63.15")}


def assert_months() -> None:
    wanted: Counter[str] = Counter()
    for row in rows_of_the_file():
        if row["deal_stage"] == "Won":
            wanted[row["close_date"][:7]] += int(row["close_value"])
    found: Counter[str] = Counter()
    for day, amount in Deal.objects.filter(outcome="won").values_list("closed_on", "amount"):
        found[f"{day:%Y-%m}"] += int(amount)
    assert found == wanted


def assert_history() -> None:
    zone = current_zone()
    wanted = {row["opportunity_id"]: (row["engage_date"], row["close_date"]) for row in rows_of_the_file()}
    stays = StageStay.objects.values_list("deal__external_id", "entered_at", "left_at")
    assert len(stays) == 8800
    for deal, entered, left in stays:
        engaged, closed = wanted[deal]
        assert not engaged or str(clock.local_date(entered, zone)) == engaged
        assert (str(clock.local_date(left, zone)) if left else "") == closed
    versions = DealVersion.objects.order_by("pgh_created_at", "pgh_id").values_list(
        "pgh_obj__external_id", "outcome", "closed_on", "pgh_created_at"
    )
    outcomes: dict[str, list[str]] = {}
    for deal, outcome, closed_on, valid_from in versions:
        outcomes.setdefault(deal, []).append(outcome)
        engaged, closed = wanted[deal]
        day = str(clock.local_date(valid_from, zone))
        assert day == (closed if outcome != "open" else engaged or day)
        assert str(closed_on or "") == ("" if outcome == "open" else closed)
    assert Counter(map(tuple, outcomes.values())) == {
        ("open", "won"): 4238,
        ("open", "lost"): 2473,
        ("open",): 2089,
    }
    events = Counter(DealEvent.objects.values_list("kind", flat=True))
    assert events == {"created": 8800, "won": 4238, "lost": 2473}
    first = DealEvent.objects.filter(deal__external_id="1C1I7A6R").order_by("at")
    assert [(event.kind, str(clock.local_date(event.at, zone))) for event in first] == [
        ("created", "2016-10-20"),
        ("won", "2017-03-01"),
    ]


def assert_names() -> None:
    assert Membership.objects.filter(user=None).count() == 30
    assert Company.objects.count() == 85
    deal = Deal.objects.select_related("owner", "company").get(external_id="1C1I7A6R")
    assert (deal.name, str(deal.owner), str(deal.company)) == (
        "GTX Plus Basic – Cancity",
        "Moses Frase",
        "Cancity",
    )
    alone = Deal.objects.get(external_id="HAXMC4IX")
    assert (alone.name, alone.company, alone.amount) == ("MG Advanced", None, None)
    reasons = Deal.objects.filter(outcome="lost").values_list("loss_reason__name", flat=True).distinct()
    assert list(reasons) == ["Unknown (imported)"]
    ranks = list(
        Deal.objects.filter(outcome="open", stage__name="Engaging")
        .order_by("rank")
        .values_list("external_id")
    )
    assert ranks == [(r["opportunity_id"],) for r in rows_of_the_file() if r["deal_stage"] == "Engaging"]


def assert_nothing_follows() -> None:
    assert not DealEvent.objects.filter(dispatched_at=None).exists()
    assert not StageStay.objects.filter(left_at=None, alerted_at=None).exists()
    assert not DueWork.objects.exclude(kind=TOTALS).exists()
    assert total_differences() == []
    assert not Task.objects.exists()


def test_a_second_import_changes_nothing(db: None, tmp_path: Path) -> None:
    workspace = make_workspace()
    run_import(DATA, "--mapping", MAPPING)
    with workspace_scope(workspace):
        before = [
            model.objects.count() for model in (DealEvent, DealVersion, StageStay, Membership, LossReason)
        ]
        versions = Deal.objects.aggregate(sum=Sum("version"))
    assert counts(run_import(DATA, "--mapping", MAPPING)) == SAME
    with workspace_scope(workspace):
        after = [
            model.objects.count() for model in (DealEvent, DealVersion, StageStay, Membership, LossReason)
        ]
        assert after == before
        assert Deal.objects.aggregate(sum=Sum("version")) == versions


def test_every_column_of_a_deal_is_written_by_the_bulk_insert_too(db: None) -> None:
    """A new field of the model must not be forgotten: it is named in new_deals.py, or null, or listed here."""
    written = set(COLUMNS) | {"workspace_id", "version", "loss_note"}
    forgotten = {
        field.column
        for field in Deal._meta.concrete_fields
        if field.column not in written and not field.null and not field.generated
    }
    assert not forgotten
