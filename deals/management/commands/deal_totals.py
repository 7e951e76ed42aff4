"""Compare the running totals with the deals, and mend them where they differ."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from deals.selectors.totals import total_differences
from deals.services.fold_totals import fold_totals, mend_totals
from tenancy.models import WorkspaceKey
from tenancy.scope import workspace_scope


class Command(BaseCommand):
    help = (
        "Compares the running totals of boards and forecasts with the deals that they are added up from. Exit code 1"
        " where they differ; with --mend they agree afterwards. May run beside the product."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", help="its slug (default: every workspace)")
        parser.add_argument("--mend", action="store_true", help="write what the totals lack")

    def handle(self, *args: Any, **options: Any) -> None:
        keys = WorkspaceKey.objects.order_by("slug")
        if options["workspace"]:
            keys = keys.filter(slug=options["workspace"])
            if not keys.exists():
                raise CommandError(f"There is no workspace “{options['workspace']}”.")
        wrong = [key.slug for key in keys if self._differs(key, mend=options["mend"])]
        if wrong and not options["mend"]:
            raise CommandError(f"Totals differ in {', '.join(wrong)}. Mend them with --mend.")

    def _differs(self, key: WorkspaceKey, *, mend: bool) -> bool:
        with workspace_scope(key.workspace_id):
            count = mend_totals() if mend else len(total_differences())
        if mend:
            fold_totals(workspace_id=key.workspace_id)
        verdict = f"{count} wrong{', mended' if mend else ''}" if count else "right"
        self.stdout.write(f"{key.slug}: {verdict}")
        return bool(count)
