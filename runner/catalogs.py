"""Compiles translations with Babel, so that running Stagecraft needs no GNU gettext."""

import os
import tempfile
from pathlib import Path

from runner.problems import Failure


def compile_stale(root: Path) -> list[Path]:
    """Compile every catalogue under `root` whose .po is newer than its .mo; returns the .mo files written."""
    written = []
    for pattern in ("locale/*/LC_MESSAGES/*.po", "*/locale/*/LC_MESSAGES/*.po"):
        for source in root.glob(pattern):
            target = source.with_suffix(".mo")
            if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
                _compile(source, target)
                written.append(target)
    return written


def _compile(source: Path, target: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    try:
        with source.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise Failure(f"{source.name} of {source.parent.parent.name} cannot be read: {error}") from error
    # Renamed into place: a server that starts at this moment must not read half a catalogue.
    descriptor, name = tempfile.mkstemp(dir=target.parent, suffix=".mo.part")
    with os.fdopen(descriptor, "wb") as file:
        write_mo(file, catalog)
    Path(name).chmod(0o644)
    Path(name).replace(target)
