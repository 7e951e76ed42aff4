"""What the import tests share: a fresh dollar workspace, the command, files from rows."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.management import call_command

from tenancy.scope import workspace_scope
from tenancy.services.create_workspace import create_workspace
from tests.factories import make_pipeline

DATA = Path(__file__).resolve().parents[1] / "data" / "sales_pipeline.csv"
MAPPING = "sales_pipeline.json"
SLUG = "hardware"


def make_workspace(template: str = "empty", **fields: Any) -> uuid.UUID:
    """An English workspace in dollars; by default its pipeline has no stages."""
    workspace, _owner = create_workspace(
        slug=SLUG,
        name="Hardware",
        owner_email="owner@hardware.test",
        password="correct horse battery",
        **{"language": "en", "currency": "USD", "timezone": "America/New_York"} | fields,
    )
    with workspace_scope(workspace.pk):
        make_pipeline(template, "en")
    return workspace.pk


def run_import(path: Path, *arguments: str) -> list[str]:
    """The lines on stdout; failed rows go beside the file. Raises CommandError."""
    out = io.StringIO()
    where = [] if "--failed" in arguments else ["--failed", str(path.parent / "failed.csv")]
    call_command(
        "import_deals", str(path), "--workspace", SLUG, *where, *arguments, stdout=out, stderr=io.StringIO()
    )
    return out.getvalue().splitlines()


def counts(lines: Sequence[str]) -> dict[str, int]:
    """created, updated, skipped, failed."""
    return {name: int(count) for name, count in (line.split() for line in lines[:4])}


def write_csv(path: Path, rows: Iterable[Sequence[object]], *, encoding: str = "utf-8", **fmt: Any) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, **fmt).writerows(rows)
    return path


def sample(path: Path, *numbers: int, **changes: str) -> Path:
    """The header and the rows of those numbers (1 is the first deal) of the real file, with columns changed."""
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    chosen = [rows[number - 1] | changes for number in numbers]
    return write_csv(path, [list(rows[0]), *(list(row.values()) for row in chosen)])
