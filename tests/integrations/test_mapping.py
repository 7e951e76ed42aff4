"""Mappings say where they are wrong; the shipped ones are right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.errors import InvalidInput
from integrations.importing.labels import mapping_from_headers
from integrations.importing.mapping import load_mapping

SHIPPED = Path(__file__).resolve().parents[2] / "integrations" / "mappings"


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.json")), ids=lambda path: path.name)
def test_shipped_mappings_are_valid(path: Path) -> None:
    mapping = load_mapping(path.read_text(encoding="utf-8"))
    assert mapping.external_source == path.stem
    assert {"name", "external_id", "stage"} <= set(mapping.fields)
    named = {getattr(value, "stage", value) for value in (mapping.fields["stage"].values or {}).values()}
    assert named <= {stage.name for stage in mapping.stages}


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("{", "$: This is not JSON"),
        ("[]", "$: An object is expected."),
        ({"fields": {"name": "n"}, "field": {}}, "$: Unknown key “field”."),
        ({}, "fields: An object is expected."),
        ({"fields": {"amount": "a"}}, "fields: “name” is missing"),
        ({"fields": {"name": "n", "sum": "s"}}, "fields: Unknown key “sum”."),
        ({"fields": {"name": {}}}, "fields.name: Give exactly one of"),
        ({"fields": {"name": {"column": "n", "constant": "c"}}}, "fields.name: Give exactly one of"),
        ({"fields": {"name": {"colum": "n"}}}, "fields.name: Unknown key “colum”."),
        ({"fields": {"name": {"template": "{n"}}}, "fields.name.template: "),
        ({"fields": {"name": {"column": 1}}}, "fields.name.column: A text is expected."),
        ({"fields": {"name": {"column": "n", "only": ["gone"]}}}, "fields.name.only: Choose among: open"),
        ({"fields": {"name": {"column": "n", "values": {"a": 1}}}}, "fields.name.values.a: A text or null"),
        ({"fields": {"name": {"column": "n", "formats": "x"}}}, "fields.name.formats: A list is expected."),
        ({"fields": {"name": {"column": "n", "clamp": 1}}}, "fields.name.clamp: Give true or false."),
        ({"fields": {"name": {"column": "n", "lookup": {"file": "f"}}}}, "fields.name.lookup: “file”"),
        (
            {"fields": {"name": {"column": "n", "lookup": {"file": "../f", "key": "k", "value": "v"}}}},
            "fields.name.lookup.file: A file beside",
        ),
        ({"fields": {"name": "n", "external_id": "i"}}, "external_source: It is needed"),
        ({"fields": {"name": "n"}, "stages": {}}, "$.stages: A list is expected."),
        ({"fields": {"name": "n"}, "stages": [{"name": " "}]}, "stages[0].name: A stage needs a name"),
        ({"fields": {"name": "n"}, "stages": [{"name": "A", "win_rate": 101}]}, "stages[0].win_rate: "),
        ({"fields": {"name": "n"}, "stages": [{"name": "A", "win_rate": "NaN"}]}, "stages[0].win_rate: "),
        ({"fields": {"name": "n"}, "stages": [{"name": "A", "stall_days": -1}]}, "stages[0].stall_days: "),
        ({"fields": {"name": "n"}, "stages": [{"name": "A", "kind": "won"}]}, "stages[0].kind: Choose among"),
        ({"fields": {"name": "n"}, "make": ["deals"]}, "make: Choose among: owner"),
        ({"fields": {"name": "n"}, "decimal": "'"}, "$.decimal: Choose among"),
    ],
)
def test_complaints_name_the_place(document: Any, complaint: str) -> None:
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(InvalidInput) as refused:
        load_mapping(text)
    assert complaint in str(refused.value.detail)


@pytest.mark.parametrize(
    "headers",
    [
        ["name", "stage", "owner", "company", "amount", "expected_close_date"],
        ["Deal Name", "Stage", "Owner", "Company", "Amount", "Close Date"],
        ["딜 이름", "딜 스테이지", "담당자", "회사명", "금액", "수주 예정일"],
        ["딜명", "단계", "영업 담당자", "고객사", "딜 금액", "마감일"],
    ],
)
def test_labels_are_understood(headers: list[str]) -> None:
    mapping = mapping_from_headers(headers)
    wanted = ["name", "stage", "owner", "company", "amount", "expected_close_date"]
    assert {name: spec.column for name, spec in mapping.fields.items()} == dict(
        zip(wanted, headers, strict=True)
    )


def test_columns_that_mean_nothing_are_told() -> None:
    assert mapping_from_headers(["name", "날씨"]).unused == ["날씨"]


def test_two_columns_for_one_field_are_refused() -> None:
    with pytest.raises(InvalidInput, match="both mean “amount”"):
        mapping_from_headers(["name", "Amount", "금액"])


def test_a_file_without_names_is_refused() -> None:
    with pytest.raises(InvalidInput, match="No column holds the deals' names"):
        mapping_from_headers(["회사명", "종목코드"])
