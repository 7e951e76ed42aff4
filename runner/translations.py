"""Finds texts of the source that the Korean catalogue lacks, and entries that the source no longer has.

The texts are extracted by Django's own makemessages (GNU gettext) in a copy, so that a check changes no file.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from runner.paths import ROOT
from runner.problems import Failure, Refusal

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

LANGUAGE = "ko"
CATALOGUE = Path("locale") / LANGUAGE / "LC_MESSAGES" / "django.po"
NOT_SHOWN = {"tests", "benchmarks", "runner", "node_modules", "static", "static_collected", "docs"}
SUFFIXES = {".py", ".html", ".txt"}

Key = tuple[str | None, str]  # context and text; the singular where there is a plural


@dataclass
class Gaps:
    """What is wrong with a catalogue, by kind."""

    missing: list[Key] = field(default_factory=list)
    untranslated: list[Key] = field(default_factory=list)
    fuzzy: list[Key] = field(default_factory=list)
    obsolete: list[Key] = field(default_factory=list)
    broken: list[Key] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """One line per gap."""
        for kind, keys in vars(self).items():
            for context, text in keys:
                yield f"{kind:<13}{text!r}" + (f" (context {context!r})" if context else "")


def main(arguments: list[str]) -> int:
    """Print the gaps; 1 if there are any."""
    if arguments:
        raise Refusal("check-translations takes no arguments")
    lines = list(compare(extract(ROOT), read(ROOT / CATALOGUE)).lines())
    print("\n".join(lines))
    if lines:
        print(
            f"\n{len(lines)} gaps in {CATALOGUE}; `./run update-translations` brings it up to date but for the Korean"
        )
    return 1 if lines else 0


def compare(wanted: "Catalog", kept: "Catalog") -> Gaps:
    """Gaps of the catalogue `kept`, given the texts `wanted` by the source."""
    gaps = Gaps()
    needed = {key_of(message) for message in wanted if message.id}
    have = {key_of(message): message for message in kept if message.id}
    gaps.missing = sorted(needed - have.keys(), key=repr)
    gaps.obsolete = sorted(have.keys() - needed, key=repr) + [
        key_of(entry) for entry in kept.obsolete.values()
    ]
    for key in sorted(needed & have.keys(), key=repr):
        message = have[key]
        if not _is_translated(message):
            gaps.untranslated.append(key)
        elif message.fuzzy:
            gaps.fuzzy.append(key)
        elif list(message.check(kept)):
            gaps.broken.append(key)  # a placeholder differs: formatting would raise
    return gaps


def extract(root: Path) -> "Catalog":
    """All translatable texts of the project in `root`."""
    if shutil.which("xgettext") is None:
        raise Failure("GNU gettext not found: install it (Debian, Ubuntu: apt install gettext)")
    with tempfile.TemporaryDirectory(prefix="stagecraft-texts-") as name:
        copy = Path(name)
        _copy_sources(root, copy)
        (copy / CATALOGUE).parent.mkdir(parents=True)
        command = [sys.executable, "manage.py", "makemessages", "-l", LANGUAGE, "-v", "0"]
        env = {**os.environ, "DATA_DIR": name, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, check=False, cwd=copy, env=env, capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"makemessages failed:\n{done.stderr.strip()}")
        return read(copy / CATALOGUE)


def _copy_sources(root: Path, copy: Path) -> None:
    for directory, below, files in os.walk(root):
        below[:] = [name for name in below if not name.startswith(".") and name not in NOT_SHOWN | {"locale"}]
        target = copy / Path(directory).relative_to(root)
        target.mkdir(exist_ok=True)
        for file in files:
            if Path(file).suffix in SUFFIXES:
                shutil.copy(Path(directory) / file, target / file)


def read(path: Path) -> "Catalog":
    from babel.messages.pofile import read_po

    if not path.exists():
        from babel.messages.catalog import Catalog

        return Catalog(locale=LANGUAGE)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def key_of(message: "Message") -> Key:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return message.context, text


def _is_translated(message: "Message") -> bool:
    texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return bool(texts) and all(texts)
