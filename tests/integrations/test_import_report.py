"""What the command says at its end, on which stream, and with which exit code."""

from __future__ import annotations

import io
import uuid
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from deals.models import Deal
from integrations.management.commands.import_deals import ProgressBar
from tenancy.scope import workspace_scope
from tests.integrations.importing import counts, make_workspace, run_import, write_csv


@pytest.fixture
def workspace(db: None) -> uuid.UUID:
    return make_workspace("salesmap")


def told(lines: list[str]) -> list[str]:
    """The lines about failures."""
    return lines[
        lines.index("There is no external_id: importing this file again makes its deals again.") + 1 :
    ]


def test_every_row_failed_is_a_failure(workspace: uuid.UUID, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "deals.csv", [["name", "amount"], ["A", "x"], ["B", "x"]])
    with pytest.raises(CommandError, match=r"^Nothing was imported: every row failed \(2\)\.$") as refused:
        run_import(path)
    assert refused.value.returncode == 1
    assert (tmp_path / "failed.csv").exists()
    with workspace_scope(workspace):
        assert not Deal.objects.exists()


def test_some_failed_is_said_at_the_end(workspace: uuid.UUID, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "deals.csv", [["name", "amount"], ["A", "x"], ["B", "1"]])
    lines = run_import(path)
    assert counts(lines) == {"created": 1, "updated": 0, "skipped": 0, "failed": 1}
    assert lines[-1] == "Not everything came in: 1 of 2 rows failed."
    assert told(run_import(write_csv(path, [["name"], ["C"]]))) == []


def test_a_row_that_is_here_already_came_in(workspace: uuid.UUID, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    run_import(write_csv(path, [["deal id", "name"], ["1", "A"]]))
    lines = run_import(write_csv(path, [["deal id", "name"], ["1", "A"], ["2", ""]]))
    assert counts(lines) == {"created": 0, "updated": 0, "skipped": 1, "failed": 1}


def test_failures_are_grouped_by_reason(workspace: uuid.UUID, tmp_path: Path) -> None:
    """The most frequent reason first, with its first rows; beyond ten reasons the rest is counted."""
    rows = [
        ["Good", ""],
        ["", "Anywhere"],
        *([name, "Nowhere"] for name in "ABCDE"),
        ["F", "There"],
        ["G", "There"],
    ]
    path = write_csv(tmp_path / "deals.csv", [["name", "stage"], *rows])
    where = tmp_path / "failed.csv"
    no_stage = "There is no stage “%s” in the pipeline “New business”."
    assert told(run_import(path)) == [
        f"  5 rows, stage: {no_stage % 'Nowhere'} (rows 4, 5, 6 … and 2 more in {where})",
        f"  2 rows, stage: {no_stage % 'There'} (rows 9, 10)",
        "  row 3, name: A deal needs a name.",
        f"The failed rows are in {where}.",
        "Not everything came in: 8 of 9 rows failed.",
    ]


def test_beyond_ten_reasons_the_rest_is_counted(workspace: uuid.UUID, tmp_path: Path) -> None:
    rows = [["Good", ""], *(["Bad", f"Stage {number}"] for number in range(13))]
    path = write_csv(tmp_path / "deals.csv", [["name", "stage"], *rows])
    lines = told(run_import(path))
    assert lines[0].startswith("  row 3, stage: There is no stage “Stage 0”")
    assert lines[10] == f"  … and 3 more, for other reasons, in {tmp_path / 'failed.csv'}"


def test_each_step_is_finished_once(workspace: uuid.UUID) -> None:
    stream = io.StringIO()
    bar = ProgressBar(stream)
    for step, done in (("reading", 2), ("writing", 1), ("writing", 2), ("writing", 2)):
        bar(step, done, 2)
    bar.close()
    assert stream.getvalue().splitlines() == ["reading 100%", "writing 100%"]
