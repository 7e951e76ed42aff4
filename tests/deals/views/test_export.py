"""The list as a file: what is shown, all of it, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from deals.selectors import deal_rows
from tenancy.models import AuditEntry
from tenancy.scope import has_scope, workspace_scope
from tests.factories import make_deal

EXPORT = "/w/acme/deals/export/"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def deals(cast):
    with workspace_scope(cast.workspace.pk):
        rep = cast.actor()
        make_deal(
            actor=rep,
            owner=cast.rep,
            name="=1+1",
            amount=Decimal(30000000),
            expected_close_date=date(2031, 5, 1),
        )
        make_deal(actor=rep, owner=cast.other_rep, name="한결, “전사”\n도입", amount=None, source="@SUM(A1)")
        make_deal(actor=rep, owner=cast.rep, name="달러", amount=Decimal("10.5"), currency="USD")


def exported(client, query: str = "", kind: str = "csv"):
    response = client.post(f"{EXPORT}?{query}", {"format": kind}, headers={"accept-language": "en"})
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    return b"".join(response.streaming_content)


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


class TestCsv:
    def test_holds_the_columns_in_their_order_and_the_rows_in_theirs(self, rep, deals):
        content = exported(rep, "columns=name,amount,owner,close,source&sort=-amount")
        assert content.startswith(b"\xef\xbb\xbf")
        assert lines(content) == [
            ["Deal", "Amount (KRW)", "Owner", "Expected close date", "Source"],
            ["'=1+1", "30000000", "김도현", "2031-05-01", ""],
            ["달러", "$10.50", "김도현", "", ""],
            ["한결, “전사” 도입", "", "최하은", "", "'@SUM(A1)"],
        ]

    def test_holds_what_matches_and_not_only_the_page(self, rep, cast, deals, monkeypatch):
        monkeypatch.setattr("deals.views.export.BATCH", 20)
        with workspace_scope(cast.workspace.pk):
            for number in range(deal_rows.PAGE + 13):
                make_deal(actor=cast.actor(), owner=cast.admin, name=f"딜 {number}", amount=number % 4)
        found = lines(exported(rep, f"owner={cast.admin.pk}&columns=name"))[1:]
        assert len(found) == len({line[0] for line in found}) == deal_rows.PAGE + 13

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
    def test_marks_what_a_spreadsheet_would_calculate(self, start):
        from deals.exports import csv_value

        assert csv_value(f"{start}cmd") == f"'{start}cmd"
        assert csv_value("a=b") == "a=b"
        assert csv_value(Decimal(-5)) == "-5"

    def test_leaves_no_workspace_entered(self, rep, deals):
        exported(rep)
        assert not has_scope()


class TestXlsx:
    def cells(self, content: bytes) -> dict[str, tuple[str, str]]:
        """Reference → (type, text)."""
        book = zipfile.ZipFile(io.BytesIO(content))
        assert book.testzip() is None
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own
        found: dict[str, tuple[str, str]] = {}
        for cell in sheet.iter(f"{SHEET}c"):
            assert cell.find(f"{SHEET}f") is None, "no cell is a formula"
            text = "".join(part.text or "" for part in cell.iter() if part.tag in (f"{SHEET}v", f"{SHEET}t"))
            found[str(cell.get("r"))] = (cell.get("t", "n"), text)
        return found

    def test_has_real_numbers_and_dates_and_no_formulas(self, rep, deals):
        content = exported(rep, "columns=name,amount,close&sort=-amount", "xlsx")
        cells = self.cells(content)
        assert cells["A1"] == ("inlineStr", "Deal")
        assert cells["A2"] == ("inlineStr", "=1+1")
        assert cells["B2"] == ("n", "30000000")
        assert cells["C2"] == ("n", str((date(2031, 5, 1) - date(1899, 12, 30)).days))
        assert cells["B3"] == ("inlineStr", "$10.50")
        assert "B4" not in cells
        xml = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
        assert re.search(r'<pane [^>]*state="frozen"', xml)

    def test_of_nothing_is_a_header(self, rep, deals):
        assert set(self.cells(exported(rep, "q=nirgends&columns=name,amount", "xlsx"))) == {"A1", "B1"}


class TestWho:
    def test_a_viewer_may_look_but_take_nothing_along(self, logged_in, deals):
        viewer = logged_in("viewer")
        assert viewer.post(EXPORT, {"format": "csv"}).status_code == 403
        assert "data-export" not in viewer.get("/w/acme/deals/").content.decode()

    def test_reading_alone_exports_nothing(self, rep, mallory, deals):
        assert rep.get(EXPORT).status_code == 405
        assert mallory.post(EXPORT, {"format": "csv"}).status_code == 404

    def test_is_written_down_without_what_was_looked_for(self, rep, logged_in, cast, deals):
        exported(rep, "q=한결&owner=me")
        with workspace_scope(cast.workspace.pk):
            entry = AuditEntry.objects.get(action="deals.exported")
        assert entry.actor_id == cast.rep.pk
        assert entry.detail == {"format": "csv", "deals": 0, "facets": ["owner", "q"]}
        html = (
            logged_in("admin")
            .get("/w/acme/settings/history/", headers={"accept-language": "en"})
            .content.decode()
        )
        assert "exported 0 deals as CSV" in html
