"""Which pipelines an import makes, and which of them the board opens on."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from django.test import Client

from deals.models import Deal
from pipeline.models import Pipeline, Stage
from pipeline.services.create_from_template import create_pipeline_from_template
from tenancy.scope import workspace_scope
from tests.integrations.importing import SLUG, make_workspace, run_import, write_csv

HEADER = (
    *("Deal ID", "Deal Name", "Deal Stage", "Pipeline", "Amount", "Close Date", "Create Date", "Deal Owner"),
    *("Closed Lost Reason", "Associated Company Domain"),
)
OPEN, LOST = "Contract Sent", "Closed Lost"


def hubspot(path: Path, *deals: tuple[str, str]) -> Path:
    """An export with deals of those pipelines and stages."""
    rows = [
        [number, f"Deal {number}", stage, pipeline, "12.50", "2026-05-01", "2026-01-02", "", "", ""]
        for number, (pipeline, stage) in enumerate(deals)
    ]
    return write_csv(path / "deals.csv", [HEADER, *rows])


def pipelines(workspace: uuid.UUID) -> list[tuple[str, bool, int]]:
    """Name, whether it is the default, deals; those in use."""
    with workspace_scope(workspace):
        return [
            (pipeline.name, pipeline.is_default, Deal.objects.filter(pipeline=pipeline).count())
            for pipeline in Pipeline.objects.filter(archived_at=None).order_by("-is_default", "name")
        ]


def test_an_empty_default_pipeline_becomes_the_one_with_the_most_open_deals(db: None, tmp_path: Path) -> None:
    workspace = make_workspace()
    deals = [("Past", LOST), ("Past", LOST), ("Past", LOST), ("Past", OPEN), ("Sales", OPEN), ("Sales", OPEN)]
    run_import(hubspot(tmp_path, *deals), "--mapping", "hubspot")
    assert pipelines(workspace) == [("Sales", True, 2), ("Past", False, 4)]


def test_the_first_board_shows_the_deals(db: None, tmp_path: Path) -> None:
    make_workspace()
    run_import(hubspot(tmp_path, ("Sales", OPEN), ("Sales", LOST)), "--mapping", "hubspot")
    client = Client()
    client.post("/accounts/login/", {"login": "owner@hardware.test", "password": "correct horse battery"})
    page = client.get(f"/w/{SLUG}/board/", follow=True)
    assert page.status_code == 200
    assert "Deal 0" in page.content.decode()


def test_rows_without_a_pipeline_are_in_the_default_one(db: None, tmp_path: Path) -> None:
    workspace = make_workspace()
    run_import(hubspot(tmp_path, ("Sales", OPEN), ("Sales", OPEN), ("", OPEN)), "--mapping", "hubspot")
    assert pipelines(workspace) == [("Sales", True, 3)]


def test_mostly_without_a_pipeline_the_default_one_keeps_its_name(db: None, tmp_path: Path) -> None:
    workspace = make_workspace()
    run_import(hubspot(tmp_path, ("Sales", OPEN), ("", OPEN), ("", OPEN)), "--mapping", "hubspot")
    assert pipelines(workspace) == [("New business", True, 2), ("Sales", False, 1)]


def test_a_default_pipeline_with_stages_stays_what_it_is(db: None, tmp_path: Path) -> None:
    workspace = make_workspace("salesmap")
    run_import(hubspot(tmp_path, ("Sales", OPEN)), "--mapping", "hubspot")
    assert pipelines(workspace) == [("New business", True, 0), ("Sales", False, 1)]


def test_a_default_pipeline_whose_stages_were_archived_stays_too(db: None, tmp_path: Path) -> None:
    workspace = make_workspace("salesmap")
    with workspace_scope(workspace):
        Stage.objects.update(archived_at="2026-01-01T00:00:00Z")
    run_import(hubspot(tmp_path, ("Sales", OPEN)), "--mapping", "hubspot")
    assert pipelines(workspace) == [("New business", True, 0), ("Sales", False, 1)]


def test_a_pipeline_that_is_here_already_is_used(db: None, tmp_path: Path) -> None:
    workspace = make_workspace()
    with workspace_scope(workspace):
        create_pipeline_from_template(template="salesmap", language="en", name="Sales")
    run_import(hubspot(tmp_path, ("SALES", OPEN)), "--mapping", "hubspot")
    assert ("Sales", False, 1) in pipelines(workspace)
    assert len(pipelines(workspace)) == 2


def test_a_dry_run_and_a_failed_import_rename_nothing(db: None, tmp_path: Path) -> None:
    workspace = make_workspace()
    run_import(hubspot(tmp_path, ("Sales", OPEN)), "--mapping", "hubspot", "--dry-run")
    mapping = tmp_path / "mapping.json"
    fields = {"name": "Deal Name", "pipeline": "Pipeline", "stage": "Deal Stage"}
    mapping.write_text(json.dumps({"fields": fields, "stages": [{"name": "Other"}]}), encoding="utf-8")
    with pytest.raises(CommandError, match="every row failed"):
        run_import(hubspot(tmp_path, ("Sales", OPEN)), "--mapping", str(mapping))
    assert pipelines(workspace) == [("New business", True, 0)]
