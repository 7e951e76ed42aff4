"""Fields that a workspace has added, as columns of a file: read by kind, refused by row and column, the same again."""

from __future__ import annotations

import csv
import json
import uuid
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError

from deals.models import Deal, DealEvent, DealFieldValue
from deals.selectors.custom_values import fields_on
from deals.services.edit_deal import edit_deal
from fields.models import CustomField, FieldChoice, Subject
from fields.selectors.definitions import fields_of
from fields.services.choices import archive_choice
from fields.services.definitions import add_field, archive_field
from integrations.importing.labels import mapping_from_headers
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope
from tenancy.services.members import add_member
from tests.fields.conftest import NAMES
from tests.integrations.importing import counts, make_workspace, run_import, write_csv

HEADER = ["Id", "Deal", "Note", "Seats", "Budget", "Renewal", "Region", "Products", "NDA", "Site", "Partner"]
FULL = [
    *("1", "한결모터스 교체"),
    *("<b>내년</b>\n😀", "1,200.5", "$35,000", "31/03/2031", "부산", "전화; CRM", "yes"),
    *("example.com/a", "anna snelling"),
]
BARE = ["2", "새 딜", "", "", "", "", "", "", "", "", ""]
CREATED = {"created": 2, "updated": 0, "skipped": 0, "failed": 0}


@pytest.fixture
def workspace(db: None) -> uuid.UUID:
    found = make_workspace("salesmap")
    choices = {"choice": ["서울", "부산", "대구"], "choices": ["CRM", "메일", "전화"]}
    with workspace_scope(found):
        add_member(user=None, display_name="Anna Snelling")
        for key, (name, kind) in NAMES.items():
            add_field(
                subject=Subject.DEAL,
                key=key,
                name=name,
                kind=kind,
                choices=choices.get(kind, ()),
                actor=Actor.system(),
            )
    return found


def mapping(path: Path, **changes: Any) -> Path:
    fields: dict[str, Any] = {
        f"custom_fields.{column.lower()}": column for column in HEADER[2:] if column != "Renewal"
    }
    fields |= {
        "external_id": "Id",
        "name": "Deal",
        "custom_fields.renewal": {"column": "Renewal", "formats": ["%d/%m/%Y"]},
    }
    fields |= changes
    where = path / "mapping.json"
    where.write_text(json.dumps({"external_source": "oldcrm", "fields": fields}), encoding="utf-8")
    return where


def run(path: Path, *rows: list[str], options: tuple[str, ...] = (), **changes: Any) -> dict[str, int]:
    file = write_csv(path / "deals.csv", [HEADER, *rows])
    return counts(run_import(file, "--mapping", str(mapping(path, **changes)), *options))


def changed(row: list[str], **cells: str) -> list[str]:
    return [cells.get(column, cell) for column, cell in zip(HEADER, row, strict=True)]


def values(workspace: uuid.UUID, ident: str = "1") -> dict[str, str]:
    """What reads on the deal's page."""
    with workspace_scope(workspace):
        deal = Deal.objects.get(external_id=ident)
        return {shown.field.key: shown.text for shown in fields_on(deal.pk) if shown.text}


def test_every_kind_comes_in_and_the_same_again_changes_nothing(workspace: uuid.UUID, tmp_path: Path) -> None:
    assert run(tmp_path, FULL, BARE) == CREATED
    with workspace_scope(workspace):
        assert {shown.field.key: shown.value for shown in fields_on(Deal.objects.get(external_id="1").pk)} | {
            "region": None,
            "products": None,
            "partner": None,
        } == {
            "note": "<b>내년</b>\n😀",
            "seats": Decimal("1200.5"),
            "budget": Decimal(35000),
            "renewal": date(2031, 3, 31),
            "nda": True,
            "site": "https://example.com/a",
            "region": None,
            "products": None,
            "partner": None,
        }
        assert DealFieldValue.objects.filter(text_key="https://example.com/a").exists()
    shown = values(workspace)
    assert (shown["region"], shown["products"], shown["partner"]) == ("부산", "CRM, 전화", "Anna Snelling")
    assert values(workspace, "2") == {}
    assert run(tmp_path, FULL, BARE) == {"created": 0, "updated": 0, "skipped": 2, "failed": 0}
    with workspace_scope(workspace):
        assert DealFieldValue.objects.count() == len(NAMES) + 1  # two products
        assert set(DealEvent.objects.values_list("kind", flat=True)) == {"created"}
        assert set(Deal.objects.values_list("version", flat=True)) == {1}


def test_a_rehearsal_counts_them_and_writes_nothing(workspace: uuid.UUID, tmp_path: Path) -> None:
    said = run(tmp_path, FULL, changed(BARE, Region="달"), options=("--dry-run",))
    assert said == {"created": 1, "updated": 0, "skipped": 0, "failed": 1}
    with workspace_scope(workspace):
        assert not DealFieldValue.objects.exists()
        assert not Deal.objects.exists()


def test_a_changed_row_writes_what_changed_as_by_hand(workspace: uuid.UUID, tmp_path: Path) -> None:
    run(tmp_path, FULL, BARE)
    row = changed(FULL, Note="새 메모", Seats="", Products="메일", NDA="no")
    assert run(tmp_path, row, BARE) == {"created": 0, "updated": 1, "skipped": 1, "failed": 0}
    shown = values(workspace)
    # An empty cell says nothing; a "no" takes the tick away.
    assert (shown["note"], shown["seats"], shown["products"]) == ("새 메모", "1,200.5", "메일")
    assert "nda" not in shown
    with workspace_scope(workspace):
        assert Deal.objects.get(external_id="1").version == 2
        event = DealEvent.objects.get(kind="edited")
        assert set(event.data["fields"]) == {"cf_note", "cf_products", "cf_nda"}
        assert event.data["fields"]["cf_note"] == {}  # texts stay out of the log
        assert event.data["fields"]["cf_nda"] == {"from": True, "to": None}
        assert len(event.data["fields"]["cf_products"]["from"]) == 2


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("Seats", "1,5", "“1,5” is not a number."),
        ("Seats", "1e999", "This number is too large."),
        ("Seats", "1.00001", "four digits after the point"),
        ("Budget", "viel", "“viel” is not an amount."),
        ("Budget", "-1", "cannot be negative"),
        ("Budget", "1.005", "USD"),
        ("Renewal", "2031-03-31", "“2031-03-31” is not a date as expected here."),
        ("Renewal", "31/03/0001", "between 1900 and 2199"),
        ("Region", "달", "“달” is none of the choices. Choose among: 서울, 부산, 대구."),
        ("Products", "CRM; 달", "“달” is none of the choices."),
        ("NDA", "perhaps", "Give true or false."),
        ("Site", "javascript:alert(1)", "Enter a web address"),
        ("Partner", "Nobody Here", "Nobody in this workspace has the name or address “Nobody Here”."),
        ("Note", "x" * 1001, "At most 1000 characters fit here."),
    ],
)
def test_what_does_not_fit_fails_its_row_and_names_the_column(
    workspace: uuid.UUID, tmp_path: Path, column: str, cell: str, reason: str
) -> None:
    row = changed(BARE, **{column: cell})
    assert run(tmp_path, FULL, row) == {"created": 1, "updated": 0, "skipped": 0, "failed": 1}
    with (tmp_path / "failed.csv").open(encoding="utf-8", newline="") as file:
        (failed,) = csv.DictReader(file)
    assert (failed["row"], failed["column"], failed[column]) == ("4", column, cell)  # the note has two lines
    assert reason in failed["reason"]


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("custom_fields.colour", "There is no field with the key “colour” here. Choose among: note, seats"),
        ("custom_fields.Note", "fields: Unknown key “custom_fields.Note”."),
        ("custom_fields.", "fields: Unknown key “custom_fields.”."),
        ("custom_fields.old", "There is no field with the key “old” here."),
    ],
)
def test_a_field_that_does_not_exist_is_refused_before_any_row(
    workspace: uuid.UUID, tmp_path: Path, name: str, complaint: str
) -> None:
    with workspace_scope(workspace):
        old = add_field(subject="deal", key="old", name="옛것", kind="text", choices=(), actor=Actor.system())
        archive_field(field_id=old.pk, actor=Actor.system())
    with pytest.raises(CommandError) as refused:
        run(tmp_path, FULL, **{name: "Note"})
    assert complaint in str(refused.value)


def test_the_mapping_translates_and_constants_are_for_new_deals(workspace: uuid.UUID, tmp_path: Path) -> None:
    said: dict[str, Any] = {
        "custom_fields.products": {
            "column": "Products",
            "values": {"Phone": "전화", "Base": "CRM", "None": None, "All": "CRM;메일;전화"},
        },
        "custom_fields.region": {"constant": "서울"},
        "custom_fields.seats": {"column": "Seats", "default": "5"},
    }
    rows = [changed(BARE, Id=ident, Products=cell) for ident, cell in enumerate_cells()]
    assert run(tmp_path, *rows, **said)["created"] == len(rows)
    found = [values(workspace, row[0]).get("products", "") for row in rows]
    assert found == ["CRM, 전화", "", "CRM, 메일, 전화", "메일, 전화", "CRM"]
    assert values(workspace, "1")["seats"] == "5"
    with workspace_scope(workspace):
        deal = Deal.objects.get(external_id="1")
        edit_deal(deal_id=deal.pk, changes={"cf_region": "부산"}, actor=Actor.system())
    assert run(tmp_path, *rows, **said)["skipped"] == len(rows)
    assert values(workspace, "1")["region"] == "부산"


def enumerate_cells() -> list[tuple[str, str]]:
    cells = ["phone;Base", "none", "all", "전화, 메일", "Base; None"]
    return [(str(place), cell) for place, cell in enumerate(cells, 1)]


def test_a_choice_no_longer_offered_stays_where_it_is_and_comes_to_no_other_deal(
    workspace: uuid.UUID, tmp_path: Path
) -> None:
    run(tmp_path, FULL)
    with workspace_scope(workspace):
        gone = FieldChoice.objects.get(name="부산")
        archive_choice(choice_id=gone.pk, actor=Actor.system())
    row = changed(BARE, Region="부산")
    assert run(tmp_path, FULL, row) == {"created": 0, "updated": 0, "skipped": 1, "failed": 1}
    assert "The choice “부산” is no longer offered." in (tmp_path / "failed.csv").read_text(encoding="utf-8")


def test_without_a_mapping_headers_may_be_keys_or_names(workspace: uuid.UUID, tmp_path: Path) -> None:
    file = write_csv(
        tmp_path / "deals.csv",
        [
            ["name", "external_id", "custom_fields.seats", "cf_note", "예산 (USD)", "제품", "region", "날씨"],
            ["새 딜", "1", "7", "메모", "1000", "CRM, 메일", "대구", "맑음"],
        ],
    )
    lines = run_import(file)
    assert counts(lines)["created"] == 1
    assert "unused columns: 날씨" in lines
    assert values(workspace) == {
        "seats": "7",
        "note": "메모",
        "budget": "$1,000.00",
        "products": "CRM, 메일",
        "region": "대구",
    }


def test_a_field_called_like_ours_leaves_ours_alone(workspace: uuid.UUID) -> None:
    with workspace_scope(workspace):
        add_field(subject="deal", key="amount", name="금액", kind="number", choices=(), actor=Actor.system())
        found = mapping_from_headers(["name", "금액", "cf_amount"], fields_of(Subject.DEAL))
    assert {name: spec.column for name, spec in found.fields.items()} == {
        "name": "name",
        "amount": "금액",
        "custom_fields.amount": "cf_amount",
    }


def test_as_many_statements_for_many_rows(workspace: uuid.UUID, tmp_path: Path, query_count: Any) -> None:
    run(tmp_path, BARE)
    counted = []
    for rows in (2, 40):
        cells = [changed(FULL, Id=f"{rows}-{place}", Deal=f"딜 {place}") for place in range(rows)]
        for again in (cells, [changed(row, Seats="9") for row in cells]):
            with query_count() as count:
                run(tmp_path, *again)
            counted.append(count())
    assert counted[:2] == counted[2:]
    with workspace_scope(workspace):
        assert CustomField.objects.get(key="seats")
        assert DealFieldValue.objects.filter(units__isnull=False, field__key="seats").count() == 42
