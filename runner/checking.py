"""`./run check`: every check that needs no running server, two at a time, all failures shown before the end."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from runner import system_packages
from runner.paths import MANAGE, ROOT
from runner.problems import Refusal

# Checks import the settings; no server is asked, so these lead nowhere (port 1 refuses at once).
NOWHERE = {
    "SECRET_KEY": "only-for-checks-" + "0" * 50,
    "DATABASE_URL": "postgres://stagecraft_app:none@127.0.0.1:1/stagecraft",
    "DATABASE_OWNER_URL": "postgres://stagecraft_owner:none@127.0.0.1:1/stagecraft",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "BASE_URL": "http://127.0.0.1:8000",
    "ALLOWED_HOSTS": "127.0.0.1",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}


@dataclass(frozen=True)
class Check:
    """One check: a command that exits with 0 when all is well."""

    name: str
    command: list[str]


@dataclass(frozen=True)
class Outcome:
    """How a check ended, after how many seconds."""

    check: Check
    code: int
    output: str
    seconds: float


def checks() -> list[Check]:
    """All checks, the slowest first, so that both processors end at about the same time."""
    python = [sys.executable]
    module = [*python, "-m"]
    return [
        Check("types", [*module, "mypy", "."]),
        Check("translations", [*python, str(ROOT / "runner"), "check-translations"]),
        Check("migrations", [*python, str(MANAGE), "makemigrations", "--check", "--dry-run"]),
        Check("templates", [*module, "djlint", "templates", "--lint", "--quiet"]),
        Check(
            "imports",
            [*python, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        ),
        Check("lint", [*module, "ruff", "check", "--quiet", "."]),
        Check("format", [*module, "ruff", "format", "--check", "--output-format", "concise", "."]),
    ]


def main(arguments: list[str]) -> int:
    """Run all checks, or those named; 1 if any failed."""
    known = {check.name: check for check in checks()}
    if unknown := set(arguments) - known.keys():
        raise Refusal(f"there is no check {', '.join(sorted(unknown))}; known are {', '.join(known)}")
    chosen = [check for check in known.values() if not arguments or check.name in arguments]
    if "translations" in {check.name for check in chosen}:
        system_packages.require(system_packages.GETTEXT)
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(_run, chosen))
    return _report(outcomes)


def _run(check: Check) -> Outcome:
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        check=False,
        cwd=ROOT,
        env={**os.environ, **NOWHERE},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Outcome(check, done.returncode, done.stdout, time.monotonic() - started)


def _report(outcomes: Sequence[Outcome]) -> int:
    failed = [outcome for outcome in outcomes if outcome.code]
    for outcome in failed:
        print(f"--- {outcome.check.name}\n{outcome.output.rstrip() or f'exit code {outcome.code}'}\n")
    for outcome in outcomes:
        print(f"{outcome.check.name:<14}{'FAILED' if outcome.code else 'ok':<8}{outcome.seconds:5.1f} s")
    return 1 if failed else 0
