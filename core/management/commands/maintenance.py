"""Close the site for maintenance, and open it again."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.maintenance import begin_maintenance, current_maintenance, end_maintenance, parse_until


class Command(BaseCommand):
    help = (
        "Closes the site with a page that says so (on), opens it again (off), or says how it stands (status)."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("state", choices=["on", "off", "status"])
        parser.add_argument("--until", default="", help="when it is expected back: 2026-11-28T15:00+09:00")
        parser.add_argument("--message", default="", help="what visitors read in place of our sentence")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["state"] == "on":
            self._begin(options["message"], options["until"])
        elif options["state"] == "off":
            end_maintenance()
        maintenance = current_maintenance()
        if maintenance is None:
            self.stdout.write("The site is open.")
        elif maintenance.until:
            self.stdout.write(f"The site is closed for maintenance until {maintenance.until.isoformat()}.")
        else:
            self.stdout.write("The site is closed for maintenance.")

    def _begin(self, message: str, until_text: str) -> None:
        until = parse_until(until_text)
        if until_text and until is None:
            raise CommandError("--until takes a time with its offset, such as 2026-11-28T15:00+09:00.")
        if until and until <= clock.now():
            raise CommandError(f"--until={until_text} has passed already.")
        begin_maintenance(message=message, until=until)
