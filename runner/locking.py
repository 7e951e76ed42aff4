"""`./run lock`: writes the hash-locked lists anew from pyproject.toml."""

import subprocess
import sys

from runner.paths import ROOT
from runner.problems import Refusal

COMPILE = ["pip", "compile", "--quiet", "--universal", "--python-version", "3.12", "--generate-hashes"]
# Neither registry nor paths of the machine that made them belong in the lists.
NAMELESS = ["--no-emit-index-url", "--no-annotate", "--no-header"]
LISTS = {"requirements-dev.lock": ["--group", "dev"], "requirements.lock": []}


def main(arguments: list[str]) -> int:
    """Write both lists; with `--upgrade` as argument, newest versions are taken."""
    if set(arguments) - {"--upgrade"}:
        raise Refusal("lock knows no argument but --upgrade")
    for name, groups in LISTS.items():
        command = [sys.executable, "-m", "uv", *COMPILE, *NAMELESS, *groups, *arguments]
        done = subprocess.run(
            [*command, "pyproject.toml", "-o", name], check=False, cwd=ROOT, stdout=subprocess.DEVNULL
        )
        if done.returncode:
            return done.returncode
    return 0
