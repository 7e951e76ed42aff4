"""The switch that closes the site: the file `DATA_DIR/maintenance`, needing neither database nor deploy.

An empty file is enough. It may say in its first line when the site is expected back, and below what its visitors read:

    until: 2026-11-28T15:00+09:00
    We are moving to a bigger database. 더 큰 데이터베이스로 옮기는 중입니다.

Passing that time opens nothing: the site opens when the file goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.dateparse import parse_datetime

UNTIL = "until:"


@dataclass(frozen=True, slots=True)
class Maintenance:
    """What visitors are told; `until` is an aware time, None where it is not known or could not be read."""

    message: str = ""
    until: datetime | None = None

    def remaining(self, *, now: datetime) -> timedelta | None:
        """How long it is expected to take; None where nobody knows, or where that time has passed."""
        return self.until - now if self.until and self.until > now else None


def maintenance_file() -> Path:
    return Path(settings.DATA_DIR) / "maintenance"


def current_maintenance() -> Maintenance | None:
    """None while the site is open. A file that cannot be understood closes it all the same."""
    try:
        text = maintenance_file().read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    except OSError:
        return Maintenance()
    first, _, rest = text.partition("\n")
    if not first.lower().startswith(UNTIL):
        return Maintenance(message=text)
    return Maintenance(message=rest.strip(), until=parse_until(first[len(UNTIL) :].strip()))


def begin_maintenance(*, message: str = "", until: datetime | None = None) -> None:
    """Close the site, or change what a closed one says."""
    lines = [f"{UNTIL} {until.isoformat()}"] if until else []
    # Renamed into place: a visitor must not read half of it.
    scratch = maintenance_file().with_name(".maintenance.part")
    scratch.write_text("\n".join([*lines, message]), encoding="utf-8")
    scratch.replace(maintenance_file())


def end_maintenance() -> None:
    """Open the site; nothing happens where it is open."""
    maintenance_file().unlink(missing_ok=True)


def parse_until(text: str) -> datetime | None:
    """An ISO 8601 time with its offset; None for anything else, a time without one included."""
    try:
        until = parse_datetime(text)
    except ValueError:
        return None
    return until if until and until.tzinfo else None
