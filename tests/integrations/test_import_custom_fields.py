"""Custom fields in a file: every kind, by header or by mapping, new and again."""

from __future__ import annotations

import json
import uuid
from datetime import date
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from deals.models import Deal, DealEvent, DealFieldValue
from deals.selectors.custom_values import fields_on
from fields.services.definitions import add_field
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope
from tests.integrations.importing import counts, make_workspace, run_import

FIELDS = {
    "memo": ("Memo", "text", ()),
    "seats": ("Seats", "number", ()),
    "budget": ("Budget", "money", ()),
    "renewal": ("Renewal", "date", ()),
    "region": ("Region", "choice", ("Seoul", "Busan")),
    "products": ("Products", "choices", ("CRM", "Mail", "Phone")),
    "nda": ("NDA", "checkbox", ()),
    "site": ("Site", "link", ()),
    "partner": ("Partner", "member", ()),
}
HEADER = "Deal ID,Deal name," + ",".join(name for name, _kind, _choices in FIELDS.values())
ROW = 'D1,First,"a, <b>",1200.5,50000,2027-03-01,seoul,Mail; CRM,yes,example.com,owner@hardware.test'


@pytest.fixture
def workspace(db: None) -> uuid.UUID:
    found = make_workspace("salesmap")
    with workspace_scope(found):
        for key, (name, kind, choices) in FIELDS.items():
            add_field(subject="deal", key=key, name=name, kind=kind, choices=choices, actor=Actor.system())
    return found


def file(path: Path, *rows: str, header: str = HEADER) -> Path:
    target = path / "deals.csv"
    target.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return target


def shown(workspace: uuid.UUID) -> list[str]:
    with workspace_scope(workspace):
        return [each.text for each in fields_on(Deal.objects.get().pk)]


def days(workspace: uuid.UUID) -> list[date | None]:
    with workspace_scope(workspace):
        return list(DealFieldValue.objects.exclude(day=None).values_list("day", flat=True))


def test_every_kind_by_its_name(workspace: uuid.UUID, tmp_path: Path) -> None:
    assert counts(run_import(file(tmp_path, ROW)))["created"] == 1
    found = shown(workspace)
    assert found[:2] == ["a, <b>", "1,200.5"]
    assert "50,000" in found[2]
    assert found[4:6] == ["Seoul", "CRM, Mail"]
    assert found[7] == "https://example.com"
    assert all(found)
    assert days(workspace) == [date(2027, 3, 1)]


def test_again_nothing_and_a_change_alone(workspace: uuid.UUID, tmp_path: Path) -> None:
    run_import(file(tmp_path, ROW))
    assert counts(run_import(file(tmp_path, ROW))) == {"created": 0, "updated": 0, "skipped": 1, "failed": 0}
    changed = ROW.replace("seoul", "Busan").replace("Mail; CRM", "Phone").replace("1200.5", "")
    assert counts(run_import(file(tmp_path, changed)))["updated"] == 1
    found = shown(workspace)
    assert found[4:6] == ["Busan", "Phone"]
    assert found[1] == "1,200.5"  # an empty cell says nothing
    with workspace_scope(workspace):
        assert Deal.objects.get().version == 2
        event = DealEvent.objects.get(kind="edited")
        assert set(event.data["fields"]) == {"cf_region", "cf_products"}
        assert DealFieldValue.objects.filter(field__key="products").count() == 1


@pytest.mark.parametrize(
    ("was", "now", "column"),
    [
        ("seoul", "Daegu", "Region"),
        ("Mail; CRM", "CRM; Fax", "Products"),
        ("1200.5", "many", "Seats"),
        ("50000", "-5", "Budget"),
        ("2027-03-01", "soon", "Renewal"),
        ("yes", "perhaps", "NDA"),
        ("example.com", "javascript:alert(1)", "Site"),
        ("owner@hardware.test", "nobody@else.test", "Partner"),
    ],
)
def test_what_a_field_cannot_take_fails_its_row(
    workspace: uuid.UUID, tmp_path: Path, was: str, now: str, column: str
) -> None:
    good = ROW.replace("D1,First", "D2,Second")
    found = counts(run_import(file(tmp_path, ROW.replace(was, now), good)))
    assert (found["created"], found["failed"]) == (1, 1)
    assert f",{column}," in (tmp_path / "failed.csv").read_text(encoding="utf-8")
    with workspace_scope(workspace):
        assert Deal.objects.get().name == "Second"


def test_by_a_mapping(workspace: uuid.UUID, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.json"
    spec = {
        "external_source": "old",
        "decimal": ",",
        "fields": {
            "external_id": "Id",
            "name": "Name",
            "custom_fields.seats": "N",
            "custom_fields.renewal": {"column": "Until", "formats": ["%d/%m/%Y"]},
            "custom_fields.region": {"column": "City", "values": {"S": "Seoul"}},
        },
    }
    mapping.write_text(json.dumps(spec), encoding="utf-8")
    path = file(tmp_path, '1,First,"1.200,5",31/12/2027,S', header="Id,Name,N,Until,City")
    assert counts(run_import(path, "--mapping", str(mapping)))["created"] == 1
    found = shown(workspace)
    assert found[1] == "1,200.5"
    assert found[4] == "Seoul"
    assert days(workspace) == [date(2027, 12, 31)]
    spec["fields"]["custom_fields.nothing"] = "N"  # type: ignore[index]
    mapping.write_text(json.dumps(spec), encoding="utf-8")
    with pytest.raises(CommandError, match="There is no field with the key “nothing”"):
        run_import(path, "--mapping", str(mapping))


def test_a_rehearsal_writes_nothing(workspace: uuid.UUID, tmp_path: Path) -> None:
    assert counts(run_import(file(tmp_path, ROW), "--dry-run"))["created"] == 1
    with workspace_scope(workspace):
        assert not DealFieldValue.objects.exists()
