"""Import deals from a CSV file (docs/importing.md)."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from core.errors import StagecraftError
from integrations.importing.mapping import DealMapping, load_mapping
from integrations.importing.report import ImportReport, failure_lines, summary, write_failures
from integrations.services.import_deals import import_deals
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope
from tenancy.selectors.workspaces import workspace_id_for_slug

SHIPPED = Path(__file__).resolve().parents[2] / "mappings"


class Command(BaseCommand):
    help = "Imports deals from a CSV file; good rows together, the others into failed.csv."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--workspace", required=True, help="the workspace's slug")
        parser.add_argument("--mapping", type=Path, help="a JSON file, or the name of one that is shipped")
        parser.add_argument("--dry-run", action="store_true", help="the same report, nothing written")
        parser.add_argument("--strict", action="store_true", help="all rows or none")
        parser.add_argument("--automate", action="store_true", help="let tasks, mails and alerts follow")
        parser.add_argument("--failed", type=Path, help="where failed rows go (default: ./failed.csv)")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["workspace"]
        path: Path = options["file"]
        progress = ProgressBar(sys.stderr)
        try:
            # The files first: a mistyped name needs no database to be told.
            content, mapping = _read(path), _load(options["mapping"])
            workspace_id = workspace_id_for_slug(slug)
            if workspace_id is None:
                raise CommandError(f"There is no workspace “{slug}”.")
            with workspace_scope(workspace_id):
                report = import_deals(
                    content=content,
                    actor=Actor.system(),
                    mapping=mapping,
                    open_beside=lambda name: (path.parent / name).read_bytes(),
                    dry_run=options["dry_run"],
                    strict=options["strict"],
                    automate=options["automate"],
                    progress=progress,
                )
        except StagecraftError as error:
            raise CommandError(" ".join(str(error.detail).split())) from error
        finally:
            progress.close()
        self._tell(report, options)

    def _tell(self, report: ImportReport, options: dict[str, Any]) -> None:
        for line in summary(report):
            self.stdout.write(line)
        # A rehearsal leaves nothing behind, unless it was asked for the file.
        path = options["failed"] or (None if options["dry_run"] else Path("failed.csv"))
        for line in failure_lines(report, f" in {path}" if path else ""):
            self.stdout.write(line)
        if report.failures and path is not None:
            try:
                write_failures(report, path)
            except OSError as error:
                raise CommandError(
                    f"The failed rows cannot be written to {path}: {error.strerror}."
                ) from error
            self.stdout.write(f"The failed rows are in {path}.")
        if options["dry_run"]:
            self.stdout.write("This was a dry run: nothing was written.")
        elif options["strict"] and report.failures:
            raise CommandError("Nothing was imported, because of --strict.")
        elif report.nothing_came_in:
            raise CommandError(f"Nothing was imported: every row failed ({len(report.failures)}).")
        elif report.failures:
            total = len(report.table.records)
            self.stdout.write(f"Not everything came in: {len(report.failures)} of {total} rows failed.")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _load(path: Path | None) -> DealMapping | None:
    if path is None:
        return None
    if not path.exists() and (SHIPPED / path.name).with_suffix(".json").exists():
        path = (SHIPPED / path.name).with_suffix(".json")
    try:
        return load_mapping(_read(path).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8.") from error


class ProgressBar:
    """On a terminal a bar that grows; elsewhere a plain line now and then."""

    WIDTH = 30
    EVERY_SECONDS = 5.0

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._shown = time.monotonic()
        self._is_open = False
        self._finished = ""

    def __call__(self, step: str, done: int, total: int) -> None:
        if done == total:
            if step == self._finished:
                return
            self._finished = step
        share = done / total if total else 1.0
        if self._is_terminal:
            full = round(share * self.WIDTH)
            bar = "█" * full + "░" * (self.WIDTH - full)
            self._stream.write(f"\r{step:<10}{bar} {share:4.0%}")
            self._is_open = done < total
            if not self._is_open:
                self._stream.write("\n")
            self._stream.flush()
        elif done == total or time.monotonic() - self._shown > self.EVERY_SECONDS:
            self._shown = time.monotonic()
            self._stream.write(f"{step} {share:.0%}\n")
            self._stream.flush()

    def close(self) -> None:
        if self._is_open:
            self._stream.write("\n")
            self._is_open = False
