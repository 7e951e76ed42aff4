"""Programs that the tests and checks need and that pip cannot bring: Chromium, GNU gettext and curl."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

from runner.problems import Failure

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS_BROWSERS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


@dataclass(frozen=True)
class Program:
    """A program by its name for people and the Debian packages that bring it."""

    name: str
    debian: tuple[str, ...]


CHROMIUM = Program("Chromium", ("chromium", "fonts-noto-cjk"))
GETTEXT = Program("GNU gettext", ("gettext",))
CURL = Program("curl", ("curl",))


def chromium() -> str | None:
    """Path of a Chromium: the one named in CHROMIUM, else the first on PATH."""
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [*BROWSERS, *MACOS_BROWSERS]
    return next((found for name in candidates if (found := shutil.which(name))), None)


def require(*programs: Program) -> None:
    """Make sure that all are there: install them as root on Debian, otherwise say what to install.

    Raises Failure where one is missing: a browser test that is skipped looks like one that passed.
    """
    missing = [program for program in programs if not _is_there(program)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        _install([package for program in missing for package in program.debian])
        missing = [program for program in missing if not _is_there(program)]
    if missing:
        packages = " ".join(package for program in missing for package in program.debian)
        names = " and ".join(program.name for program in missing)
        hint = ", or name a browser in CHROMIUM" if CHROMIUM in missing else ""
        raise Failure(f"{names} not found: install it (Debian, Ubuntu: apt install {packages}{hint})")


def _is_there(program: Program) -> bool:
    if program is CHROMIUM:
        return chromium() is not None
    commands = {GETTEXT: ("xgettext", "msgmerge"), CURL: ("curl",)}[program]
    return all(shutil.which(command) for command in commands)


def _install(packages: list[str]) -> None:
    print(f"run: installing {' '.join(packages)}…", file=sys.stderr)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    if subprocess.run(install, env=env, check=False, capture_output=True).returncode:
        # Fresh images come without package lists.
        subprocess.run(["apt-get", "update", "-qq"], env=env, check=False, capture_output=True)
        subprocess.run(install, env=env, check=False, stdout=subprocess.DEVNULL)
