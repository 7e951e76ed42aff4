"""Bring the database and the static files up to the code; with --demo, make the demo on the first start.

Every start of the site passes here, so it asks for little: file names against the list of applied migrations, sizes
and times of the static files against a stamp.
"""

from __future__ import annotations

import hashlib
import pkgutil
from argparse import ArgumentParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder


class Command(BaseCommand):
    help = "Migrates, collects static files, and with --demo makes the demo workspace: only what is needed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="make the demo workspace on the first start")
        parser.add_argument(
            "--demo-language", choices=["ko", "en"], help="default: DEMO_LANGUAGE, else Korean"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if has_waiting_migrations():
            call_command("migrate", verbosity=0, interactive=False)
        collect_static()
        if options["demo"]:
            from integrations.demo.access import prepare_demo

            prepare_demo(language=options["demo_language"])


def has_waiting_migrations() -> bool:
    """Whether some app has a migration file whose name the database does not know. Imports none of them."""
    applied = set(MigrationRecorder(connections["owner"]).applied_migrations())
    return not {
        (config.label, name) for config in apps.get_app_configs() for name in _migrations(config)
    } <= (applied)


def _migrations(config: Any) -> list[str]:
    spec = find_spec(f"{config.name}.migrations")
    paths = spec.submodule_search_locations if spec else None
    return [found.name for found in pkgutil.iter_modules(paths or []) if found.name[0] not in "_~"]


def collect_static() -> None:
    """Run collectstatic when a file was added, changed or taken away since the last time."""
    stamp_file: Path = settings.DATA_DIR / "static.stamp"
    stamp = _static_stamp()
    manifest: Path = settings.STATIC_ROOT / "staticfiles.json"
    if manifest.exists() and stamp_file.exists() and stamp_file.read_text() == stamp:
        return
    stamp_file.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp_file.write_text(stamp)


def _static_stamp() -> str:
    digest = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
