"""Rows without a mapping: what is accepted, what is refused and why, what goes to failed.csv."""

from __future__ import annotations

import csv
import uuid
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from contacts.models import Company
from core import clock
from core.errors import NotAllowed
from deals.models import Deal, DealEvent
from integrations.services.import_deals import import_deals
from tenancy.models import Membership
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope
from tenancy.services.members import add_member
from tests.factories import Cast
from tests.integrations.importing import SLUG, counts, make_workspace, run_import, write_csv

HEADER = ["name", "stage", "owner", "amount", "expected_close_date"]


@pytest.fixture
def workspace(db: None) -> uuid.UUID:
    found = make_workspace("salesmap")
    with workspace_scope(found):
        add_member(user=None, display_name="Anna Snelling")
    return found


def only_deal(workspace: uuid.UUID) -> Deal:
    with workspace_scope(workspace):
        return Deal.objects.select_related("stage", "owner", "company").get()


def failures(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_headers_of_our_own(workspace: uuid.UUID, tmp_path: Path) -> None:
    row = ["  Pilot  20 seats ", "exploring the PRODUCT", "OWNER@hardware.test", "1,000.50", "2027-03-01"]
    lines = run_import(write_csv(tmp_path / "deals.csv", [HEADER, row]))
    assert counts(lines) == {"created": 1, "updated": 0, "skipped": 0, "failed": 0}
    deal = only_deal(workspace)
    assert (deal.name, deal.stage.name, deal.amount) == (
        "Pilot 20 seats",
        "Exploring the product",
        Decimal("1000.5"),
    )
    assert str(deal.owner) == "owner"
    assert (deal.currency, str(deal.expected_close_date)) == ("USD", "2027-03-01")


def test_korean_labels_in_cp949_with_semicolons(workspace: uuid.UUID, tmp_path: Path) -> None:
    rows = [
        ["딜 이름", "회사명", "금액", "수주 예정일", "결과"],
        ["도입 20석", "한결모터스", "￦1,800만", "2027. 3. 1.", "진행 중"],
        ["도입 30석", "한결모터스", "￦1,800,000", "2027년 3월 1일", "진행 중"],
    ]
    path = write_csv(tmp_path / "deals.csv", rows, encoding="cp949", delimiter=";")
    assert counts(run_import(path))["created"] == 1
    deal = only_deal(workspace)
    assert (deal.name, str(deal.company), deal.amount) == ("도입 30석", "한결모터스", Decimal(1_800_000))
    assert str(deal.expected_close_date) == "2027-03-01"


def test_without_a_stage_it_is_the_first_open_one(workspace: uuid.UUID, tmp_path: Path) -> None:
    run_import(write_csv(tmp_path / "deals.csv", [["name"], ["Pilot"]]))
    assert only_deal(workspace).stage.name == "Meeting booked"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("name", " ", "A deal needs a name."),
        ("name", "x" * 201, "At most 200 characters fit here."),
        ("stage", "Nowhere", "There is no stage “Nowhere” in the pipeline “New business”."),
        ("pipeline", "Nowhere", "There is no pipeline “Nowhere”."),
        ("owner", "Nobody", "Nobody in this workspace has the name or address “Nobody”."),
        ("amount", "-1", "An amount cannot be negative."),
        ("amount", "1,5", "“1,5” is not an amount."),
        ("amount", "NaN", "“NaN” is not an amount."),
        ("amount", "1e30", "This amount is too large."),
        ("amount", "1e999", "This amount is too large."),
        ("amount", "0.00001", "An amount has four digits after the point at most."),
        ("amount", "12.345", "USD has 2 digits after the point at most."),
        ("currency", "XYZ", "Unknown currency “XYZ”."),
        ("expected_close_date", "31/12/2027", "“31/12/2027” is not a date as expected here."),
        ("expected_close_date", "2027-02-30", "“2027-02-30” is not a date as expected here."),
        ("expected_close_date", "0001-01-01", "Enter a date between 1990 and 2199."),
        ("expected_close_date", "9999-12-31", "Enter a date between 1990 and 2199."),
        ("created_at", "2150-01-01", "This moment lies in the future."),
        ("outcome", "perhaps", "Unknown value “perhaps”. Known are: open"),
        ("closed_at", "2020-01-01", "An open deal has no closing time."),
        ("loss_reason", "Price", "Only a lost deal has a loss reason."),
        ("loss_reason", "Fate", "There is no loss reason “Fate”."),
        ("revenue_type", "sometimes", "Unknown value “sometimes”."),
    ],
)
def test_refused_values(workspace: uuid.UUID, tmp_path: Path, column: str, value: str, reason: str) -> None:
    rows = [["name", "note"], ["Good", "kept"], ["Bad", "kept"]]
    if column == "name":
        rows[2][0] = value
    else:
        rows = [[*row, cell] for row, cell in zip(rows, (column, "", value), strict=True)]
    lines = run_import(write_csv(tmp_path / "deals.csv", rows))
    assert counts(lines) == {"created": 1, "updated": 0, "skipped": 0, "failed": 1}
    (failed,) = failures(tmp_path / "failed.csv")
    assert (failed["row"], failed["column"]) == ("3", column)
    assert failed["reason"].startswith(reason)
    assert (failed["note"], failed[column]) == ("kept", value)
    assert only_deal(workspace).name == "Good"


def test_amounts_fit_the_currency_of_their_row(workspace: uuid.UUID, tmp_path: Path) -> None:
    rows = [["name", "amount", "currency"], ["A", "0.5", "KRW"], ["B", "0.5", ""], ["C", "5.0", "KRW"]]
    lines = run_import(write_csv(tmp_path / "deals.csv", rows))
    assert (counts(lines)["created"], counts(lines)["failed"]) == (2, 1)
    assert "  row 2, amount: KRW has no fractions. Write a whole amount." in lines


def test_a_closed_deal_with_its_past(workspace: uuid.UUID, tmp_path: Path) -> None:
    header = ["name", "outcome", "created_at", "closed_at", "loss_reason"]
    rows = [header, ["Gone", "lost", "2026-01-05", "2026-02-01T23:30:00-05:00", "Price"]]
    run_import(write_csv(tmp_path / "deals.csv", rows))
    deal = only_deal(workspace)
    assert (deal.outcome, str(deal.closed_on)) == ("lost", "2026-02-01")
    with workspace_scope(workspace):
        kinds = list(DealEvent.objects.order_by("at").values_list("kind", flat=True))
    assert kinds == ["created", "lost"]


def test_a_won_deal_without_a_closing_date(workspace: uuid.UUID, tmp_path: Path) -> None:
    rows = [["name", "outcome"], ["Won", "won"], ["Open", "open"]]
    assert counts(run_import(write_csv(tmp_path / "deals.csv", rows)))["created"] == 1
    (failed,) = failures(tmp_path / "failed.csv")
    assert (failed["column"], failed["reason"]) == ("closed_at", "A won or lost deal needs its closing time.")


def test_the_past_must_be_in_order(workspace: uuid.UUID, tmp_path: Path) -> None:
    rows = [["name", "outcome", "created_at", "closed_at"], ["Odd", "won", "2026-02-01", "2026-01-01"]]
    rows.append(["Even", "won", "2026-01-01", "2026-02-01"])
    assert counts(run_import(write_csv(tmp_path / "deals.csv", rows)))["created"] == 1
    (failed,) = failures(tmp_path / "failed.csv")
    assert failed["column"] == "closed_at"


def test_today_is_not_the_future(workspace: uuid.UUID, tmp_path: Path) -> None:
    with workspace_scope(workspace) as scope:
        today = clock.local_date(clock.now(), scope.workspace.zone)
    lines = run_import(
        write_csv(tmp_path / "deals.csv", [["name", "created_at"], ["New", today.isoformat()]])
    )
    assert counts(lines)["created"] == 1


def test_formulas_are_data(workspace: uuid.UUID, tmp_path: Path) -> None:
    run_import(write_csv(tmp_path / "deals.csv", [["name", "company"], ["=1+1", "@SUM(A1)"]]))
    deal = only_deal(workspace)
    assert (deal.name, str(deal.company)) == ("=1+1", "@SUM(A1)")


def test_text_that_would_upset_the_copy_stays_as_it_is(workspace: uuid.UUID, tmp_path: Path) -> None:
    name = 'a "quoted", \\N \\. 100% %s {x} name'
    run_import(write_csv(tmp_path / "deals.csv", [["name", "source"], [name, "\\."]]))
    deal = only_deal(workspace)
    assert (deal.name, deal.source) == (name, "\\.")


def test_companies_are_found_again_whatever_their_case(workspace: uuid.UUID, tmp_path: Path) -> None:
    with workspace_scope(workspace):
        Company.objects.create(name="Acme Corporation")
    rows = [["name", "company"], ["A", "ACME  corporation"], ["B", "Other"], ["C", "other"]]
    run_import(write_csv(tmp_path / "deals.csv", rows))
    with workspace_scope(workspace):
        names = dict(Deal.objects.values_list("name", "company__name"))
    assert names == {"A": "Acme Corporation", "B": "Other", "C": "Other"}


def test_imported_cards_go_below_those_that_are_there(workspace: uuid.UUID, tmp_path: Path) -> None:
    for batch in ("first", "second"):
        run_import(write_csv(tmp_path / "deals.csv", [["name"], *([f"{batch} {n}"] for n in range(3))]))
    with workspace_scope(workspace):
        names = list(Deal.objects.order_by("rank").values_list("name", flat=True))
    assert names == [f"{batch} {n}" for batch in ("first", "second") for n in range(3)]


def test_strict_keeps_all_out(workspace: uuid.UUID, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "deals.csv", [["name", "company"], ["Good", "New one"], ["", "x"]])
    with pytest.raises(CommandError, match="Nothing was imported"):
        run_import(path, "--strict")
    assert len(failures(tmp_path / "failed.csv")) == 1
    with workspace_scope(workspace):
        assert not Deal.objects.exists()
        assert not Company.objects.exists()
    assert counts(run_import(path))["created"] == 1


def test_a_dry_run_says_the_same_and_writes_nothing(workspace: uuid.UUID, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "deals.csv", [["name", "company"], ["Good", "New one"], ["", "x"]])
    (tmp_path / "here").mkdir()
    lines = run_import(path, "--dry-run", "--failed", str(tmp_path / "asked.csv"))
    assert counts(lines) == {"created": 1, "updated": 0, "skipped": 0, "failed": 1}
    assert "  row 3, name: A deal needs a name." in lines
    assert len(failures(tmp_path / "asked.csv")) == 1
    with workspace_scope(workspace):
        assert not Deal.objects.exists()
        assert not Company.objects.exists()
    real = run_import(path)
    assert counts(real) == counts(lines)


def test_a_dry_run_leaves_no_file_unasked(
    workspace: uuid.UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.management import call_command

    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "deals.csv", [["name"], ["x" * 300]])
    call_command("import_deals", "deals.csv", "--workspace", SLUG, "--dry-run")
    assert not (tmp_path / "failed.csv").exists()
    with pytest.raises(CommandError, match="every row failed"):
        call_command("import_deals", "deals.csv", "--workspace", SLUG)
    assert (tmp_path / "failed.csv").exists()


def test_mended_failures_can_be_imported_again(workspace: uuid.UUID, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="every row failed"):
        run_import(write_csv(tmp_path / "deals.csv", [["name", "amount"], ["A", "x"], ["B", "y"]]))
    failed = tmp_path / "failed.csv"
    failed.write_text(failed.read_text(encoding="utf-8").replace("A,x", "A,1"), encoding="utf-8")
    again = tmp_path / "mended.csv"
    failed.rename(again)
    assert counts(run_import(again)) == {"created": 1, "updated": 0, "skipped": 0, "failed": 1}
    (left,) = failures(tmp_path / "failed.csv")
    assert list(left) == ["name", "amount", "row", "column", "reason"]
    assert (left["name"], left["row"]) == ("B", "3")


def test_rows_of_the_wrong_length_keep_their_cells(workspace: uuid.UUID, tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("name,amount\na,1,2,3\nb\nc,1\n", encoding="utf-8")
    assert counts(run_import(tmp_path / "deals.csv"))["failed"] == 2
    found = [(row["name"], row["amount"]) for row in failures(tmp_path / "failed.csv")]
    assert found == [("a", "1,2,3"), ("b", "")]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere.csv", "--workspace", SLUG], "nowhere.csv cannot be read: No such file"),
        # The file is looked at first.
        (["nowhere.csv", "--workspace", "nowhere"], "nowhere.csv cannot be read: No such file"),
        (["deals.csv", "--workspace", "nowhere"], "There is no workspace “nowhere”."),
        (["deals.csv", "--workspace", SLUG, "--mapping", "nowhere"], "nowhere cannot be read"),
        (["deals.csv", "--workspace", SLUG, "--mapping", "hubspot"], "The file has no column “Deal ID”"),
    ],
)
def test_refusals_are_one_line(
    workspace: uuid.UUID,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    complaint: str,
) -> None:
    from django.core.management import call_command

    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "deals.csv", [["name"], ["A"]])
    with pytest.raises(CommandError) as refused:
        call_command("import_deals", *arguments)
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)


def test_importing_needs_the_right(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        with pytest.raises(NotAllowed):
            import_deals(content=b"name\nA\n", actor=cast.actor("leader"))
        report = import_deals(content=b"name\nA\n", actor=cast.actor("admin"))
    assert (report.created, report.written) == (1, True)


def test_nothing_reaches_another_workspace(cast: Cast) -> None:
    with workspace_scope(cast.rival.pk):
        Company.objects.create(name="Shared name")
        add_member(user=None, display_name="Shared person")
    with workspace_scope(cast.workspace.pk):
        content = b"name,company,owner\nA,Shared name,\nB,,Shared person\nC,,mallory@rival.test\n"
        report = import_deals(content=content, actor=Actor.system())
        assert (report.created, [failure.line for failure in report.failures]) == (1, [3, 4])
        assert Deal.objects.get().company.workspace_id == cast.workspace.pk
    with workspace_scope(cast.rival.pk):
        assert not Deal.objects.exists()
        assert Membership.objects.count() == 2
