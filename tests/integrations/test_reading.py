"""Files as they come: encodings, delimiters, quotes. Complaints name the line of the file."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput
from integrations.importing.reading import MAX_CELL, Table, read_table

ROWS = "이름,금액\n한결모터스 도입,1000\n"


def cells(table: Table) -> list[list[str]]:
    return [record.cells for record in table.records]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp949", "cp949"),
        ("euc-kr", "cp949"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
    ],
)
def test_encodings(encoding: str, found: str) -> None:
    table = read_table(ROWS.encode(encoding))
    assert table.headers == ["이름", "금액"]
    assert cells(table) == [["한결모터스 도입", "1000"]]
    assert table.encoding == found


def test_utf16_without_a_mark() -> None:
    assert cells(read_table("name,amount\nPilot,1\n".encode("utf-16-le"))) == [["Pilot", "1"]]


def test_an_encoding_that_is_named_is_believed() -> None:
    content = "name,note\nPeña,Señal\n".encode("cp1252")
    assert cells(read_table(content, encoding="cp1252")) == [["Peña", "Señal"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, end: str) -> None:
    text = end.join([f"name{delimiter}amount", f'"a{delimiter}b"{delimiter}1', ""])
    table = read_table(text.encode())
    assert table.delimiter == delimiter
    assert cells(table) == [[f"a{delimiter}b", "1"]]


def test_excels_hint_above_the_header() -> None:
    table = read_table(b"sep=;\r\nname;note\r\na,b;1\r\n")
    assert cells(table) == [["a,b", "1"]]
    assert table.records[0].line == 3


def test_quoted_line_breaks_do_not_shift_row_numbers() -> None:
    table = read_table(b'name,note\n"a\nb",1\n\nc,2\n,\nd\n')
    assert [(record.line, record.cells) for record in table.records[:2]] == [
        (2, ["a\nb", "1"]),
        (5, ["c", "2"]),
    ]
    assert (table.records[2].line, table.records[2].problem) == (
        7,
        "Cells in this row: 1; columns in the header: 2.",
    )


def test_empty_cells_at_the_end_are_no_fault() -> None:
    table = read_table(b"name,amount\na,1,,\nb,2,,x\n")
    assert [record.problem for record in table.records] == [
        "",
        "Cells in this row: 4; columns in the header: 2.",
    ]


def test_a_null_character_fails_its_row_alone() -> None:
    table = read_table(b"name,amount\na\x00,1\nb,2\n")
    assert [record.problem for record in table.records] == ["A cell contains a null character.", ""]


def test_a_huge_cell_fails_its_row_alone() -> None:
    table = read_table(f"name,amount\n{'x' * (MAX_CELL + 1)},1\nb,2\n".encode())
    assert [record.problem for record in table.records] == ["A cell has over 1,000,000 characters.", ""]


def test_text_after_a_closing_quotation_mark_fails_its_row_alone() -> None:
    table = read_table(b'name,amount\n"a"b,1\nc,2\n')
    assert table.records[0].problem.startswith("The quotation marks are wrong")
    assert table.records[0].cells == ['"a"b,1']
    assert table.records[1].cells == ["c", "2"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b"\n\r\n\n", "The file is empty."),
        (b"PK\x03\x04rest", "This is a workbook, not a CSV file."),
        (b'name,amount\na,1\n"b,2\nc,3\n', "Row 3: A quotation mark opens here and is never closed"),
        (b"name,amount\na,1\n\xff\xfe\xfd,2\n", "Row 3: The text is neither UTF-8 nor CP949."),
    ],
)
def test_refusals_of_the_whole_file(content: bytes, complaint: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_table(content)
    assert complaint in str(refused.value.detail)


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no encoding"):
        read_table(b"a,b\n", encoding="klingon")
