"""`./run test`: pytest on servers of its own, thrown away afterwards, so that a running demo is left alone."""

import os
import shutil
import sys
from dataclasses import replace

from runner import external, system_packages
from runner.environment import Environment, for_children, read
from runner.management import run_attached
from runner.paths import ROOT
from runner.servers import Servers, remove_left

PROCESSES = "2"


def main(arguments: list[str]) -> int:
    """Run pytest with `arguments`; its exit code is ours."""
    system_packages.require(system_packages.CHROMIUM, system_packages.GETTEXT)
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
