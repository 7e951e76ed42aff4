"""Somebody who follows the guide: types its commands, and runs its examples against the live site."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from automation.services.stall_alerts import sweep_workspace_stalled
from deals.services.dispatch_events import dispatch_events
from tests.docs.guide import Block, Example, NotAsShown, answers_in, check_output, problems_in

MANAGE = re.compile(r"(?:export (?P<name>[A-Z_]+)=\$\()?\./run manage (?P<command>.*?)\)?")
PLACE = re.compile(r"export BASE=http://127\.0\.0\.1:8000(?P<path>/\S*)")


@dataclass
class Reader:
    """`names`: the environment's variables. Between two examples worker and beat have all the time they need."""

    address: str
    directory: Path
    names: dict[str, str] = field(default_factory=dict)
    namespace: dict[str, Any] = field(default_factory=lambda: {"__name__": "guide"})
    workspaces: list[str] = field(default_factory=list)

    def follow(self, example: Example) -> None:
        """Run it and compare. Raises NotAsShown; what else goes wrong in it is raised with its place in the guide."""
        run = {"console": self.type, "sh": self.run_shell, "python": self.run_python}[example.block.language]
        output = run(example.block)
        if example.shown:
            check_output(output, example.shown, self.names)
        # The last answer is the one that is compared.
        if problems := problems_in(answers_in(output)[: -1 if example.shown else None]):
            raise NotAsShown(f"{example.block}: an error came that is not shown: {problems}")
        self.catch_up()

    def type(self, block: Block) -> str:
        """The prompt's lines: commands of ours, run in this process, and where the site is."""
        for line in block.text.replace("\\\n", " ").splitlines():
            typed = line.removeprefix("$ ")
            if place := PLACE.fullmatch(typed):
                self.names["BASE"] = self.address + place["path"]
            elif command := MANAGE.fullmatch(typed):
                self.keep(command["name"], self.manage(shlex.split(command["command"])), command["command"])
            else:
                raise NotAsShown(f"{block}: nobody ran “{typed}”")
        return ""

    def manage(self, arguments: list[str]) -> str:
        printed = io.StringIO()
        call_command(*arguments, stdout=printed)
        return printed.getvalue().strip()

    def keep(self, name: str | None, printed: str, command: str) -> None:
        if name:
            self.names[name] = printed
        if command.startswith("create_workspace "):
            self.workspaces.append(printed)

    def run_shell(self, block: Block) -> str:
        """In a POSIX shell of its own, that stops at the first failure; what it sets is there for the next one."""
        kept = self.directory / "variables"
        script = f"set -a\n{block.text}\nexport -p > {shlex.quote(str(kept))}\n"
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.directory), **self.names}
        done = subprocess.run(
            ["/bin/sh", "-eu", "-c", script],
            check=False,
            cwd=self.directory,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        if done.returncode:
            raise NotAsShown(f"{block}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
        self.names |= assigned_in(kept.read_text(encoding="utf-8")).items() - environment.items()
        return done.stdout

    def run_python(self, block: Block) -> str:
        """In one namespace for all, as if they stood in one file; faults are reported with the guide's lines."""
        code = compile("\n" * (block.line - 1) + block.text, "docs/api.md", "exec")
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()) as printed:
            for name, value in self.names.items():
                patch.setenv(name, value)
            exec(code, self.namespace)  # noqa: S102  # the guide is part of the repository
        return printed.getvalue()

    def catch_up(self) -> None:
        """What worker and beat do while the reader reads on."""
        for workspace_id in self.workspaces:
            dispatch_events(workspace_id=workspace_id)
            sweep_workspace_stalled(workspace_id=workspace_id)


def assigned_in(exports: str) -> dict[str, str]:
    """What `export -p` printed: `export NAME='value'` in dash, `declare -x NAME="value"` in bash."""
    found = {}
    for word in shlex.split(exports):
        name, equals, value = word.partition("=")
        if equals:
            found[name] = value
    return found


def require_curl() -> None:
    """A test that is skipped for lack of it would look like one that passed."""
    if not shutil.which("curl"):
        pytest.fail("The guide's examples need curl: install it.", pytrace=False)
