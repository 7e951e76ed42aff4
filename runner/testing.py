"""`./run test`: pytest on servers of its own, thrown away afterwards, so that a running demo is left alone."""

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from runner import external, system_packages
from runner.environment import Environment, for_children, read
from runner.locks import is_held
from runner.management import run_attached
from runner.paths import ROOT
from runner.servers import Servers

PROCESSES = "2"


def main(arguments: list[str]) -> int:
    """Run pytest with `arguments`; its exit code is ours."""
    system_packages.require(system_packages.CHROMIUM, system_packages.GETTEXT, system_packages.CURL)
    environment = _throwaway(read(os.environ))
    servers = Servers(environment, throwaway=True)
    external.check(environment)
    try:
        servers.attach()
        env = for_children(environment, servers.urls) | {"CHROMIUM": system_packages.chromium() or ""}
        command = [sys.executable, "-m", "pytest", *parallel(arguments), *arguments]
        return run_attached(command, env, cwd=ROOT)
    finally:
        servers.release()
        shutil.rmtree(environment.data_dir, ignore_errors=True)


def parallel(arguments: list[str]) -> list[str]:
    """Two processes, unless the caller chose, debugs, or asks for single tests."""
    chosen = any(
        argument.startswith(("-n", "--numprocesses", "--dist", "-p", "--pdb")) for argument in arguments
    )
    single = any("::" in argument for argument in arguments)
    return [] if chosen or single else ["-n", PROCESSES]


def _throwaway(environment: Environment) -> Environment:
    """A data directory for this run alone; those of runs that were killed are removed."""
    directory = environment.data_dir / "test"
    directory.mkdir(exist_ok=True)
    remove_left(directory)
    own = directory / str(os.getpid())
    own.mkdir(exist_ok=True)
    return replace(environment, data_dir=own)


def remove_left(directory: Path) -> None:
    """Remove what killed runs left in `directory`; each has a directory named by its process number."""
    for left in directory.iterdir():
        if not _is_alive(left.name) and not is_held(left / "servers.keeper"):
            shutil.rmtree(left, ignore_errors=True)


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
