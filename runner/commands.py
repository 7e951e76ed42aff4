"""The commands of `./run`."""

import importlib
import os
import sys

from runner.paths import ROOT
from runner.problems import Refusal

# Imported when asked for: `keep-servers` and `manage` start the faster.
COMMANDS = {
    "demo": "runner.supervisor",
    "test": "runner.testing",
    "check": "runner.checking",
    "manage": "runner.management",
    "bench": "runner.benching",
    "lock": "runner.locking",
    "serve": "runner.serving",
    "alive": "runner.vitals",
    "keep-servers": "runner.keeper",
    "check-translations": "runner.translations",
    "update-translations": "runner.translating",
}
# Started often, or where nothing may be written: the catalogues are there.
WITHOUT_CATALOGS = {"keep-servers", "serve", "alive"}


def main(arguments: list[str]) -> int:
    """Run one command; a refusal is one line on stderr."""
    if not arguments or arguments[0] not in COMMANDS:
        print((ROOT / "runner" / "usage.txt").read_text(), end="", file=sys.stderr)
        if arguments:
            print(f"run: there is no command {arguments[0]}", file=sys.stderr)
        return 2
    try:
        if arguments[0] not in WITHOUT_CATALOGS:
            compile_catalogs()
        return int(importlib.import_module(COMMANDS[arguments[0]]).main(arguments[1:]))
    except Refusal as problem:
        print(f"run: {problem}", file=sys.stderr)
        return problem.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output is gone; Python would complain about it again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def compile_catalogs() -> None:
    """Part of every command's set-up: translations that are newer than what was compiled of them."""
    from runner.catalogs import compile_stale

    compile_stale(ROOT)
