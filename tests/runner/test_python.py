"""How ./run finds a Python: candidates are executed, not believed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from runner.paths import ROOT

SUITS = 'case "$2" in -c) exit 0 ;; esac; echo "chosen: $0" >&2; exit 9'
SHIM = 'echo "pyenv: $0: command not found" >&2; exit 127'
TOO_OLD = "exit 1"
WITHOUT_ENSUREPIP = 'case "$3" in *ensurepip*) exit 1 ;; esac; exit 0'


class Machine:
    """A machine with only those Pythons that a test puts there."""

    def __init__(self, directory: Path) -> None:
        self.home = directory / "home"
        self.bin = directory / "bin"
        self.root = directory / "check out"
        for made in (self.home, self.bin, self.root / "runner"):
            made.mkdir(parents=True)
        for tool in ("sh", "cat", "cksum", "dirname", "readlink", "sed"):
            (self.bin / tool).symlink_to(shutil.which(tool) or tool)
        script = (ROOT / "run").read_text()
        for prefix in (
            "/usr/",
            "/opt/",
            "/home/linuxbrew/",
        ):  # whatever this machine really has does not count
            script = script.replace(f'"{prefix}', f'"/nowhere{prefix}')
        (self.root / "run").write_text(script)
        (self.root / "run").chmod(0o755)
        for name in ("requirements-dev.lock", "requirements-uv.lock"):
            (self.root / name).write_text("")

    def has(self, path: Path | str, behaviour: str) -> Path:
        python = self.bin / path
        python.parent.mkdir(parents=True, exist_ok=True)
        python.write_text(f"#!{shutil.which('sh')}\n{behaviour}\n")
        python.chmod(0o755)
        return python

    def run(self, **variables: str):
        env = {"PATH": str(self.bin), "HOME": str(self.home), **variables}
        command = [str(self.root / "run"), "manage"]
        return subprocess.run(command, env=env, check=False, capture_output=True, text=True)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_suitable_python_on_path_is_taken(machine: Machine):
    python = machine.has("python3.12", SUITS)
    done = machine.run()
    assert done.stderr.strip() == f"chosen: {python}"
    assert done.returncode == 9


def test_a_shim_that_exits_127_and_an_old_python_are_passed_over(machine: Machine):
    machine.has("python3.13", SHIM)
    machine.has("python3", TOO_OLD)
    python = machine.has(machine.home / ".pyenv/versions/3.12.1/bin/python3", SUITS)
    assert machine.run().stderr.strip() == f"chosen: {python}"


@pytest.mark.parametrize(
    "place",
    [
        ".local/share/uv/python/cpython-3.13.0-linux-x86_64-gnu/bin/python3",
        ".asdf/installs/python/3.14.0/bin/python3",
        ".local/share/mise/installs/python/3.12.7/bin/python3",
    ],
)
def test_the_places_of_version_managers_are_searched(machine: Machine, place: str):
    python = machine.has(machine.home / place, SUITS)
    assert machine.run().stderr.strip() == f"chosen: {python}"


def test_the_python_named_in_the_environment_comes_first(machine: Machine):
    machine.has("python3.13", SUITS)
    named = machine.has(machine.home / "my python", SUITS)
    assert machine.run(PYTHON=str(named)).stderr.strip() == f"chosen: {named}"


def test_no_python_is_one_line_that_says_what_to_install(machine: Machine):
    machine.has("python3", TOO_OLD)
    done = machine.run()
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "no Python 3.12, 3.13 or 3.14 found: install one" in done.stderr


def test_a_python_without_ensurepip_is_named_with_the_package_to_install(machine: Machine):
    python = machine.has("python3", WITHOUT_ENSUREPIP)
    done = machine.run()
    assert done.returncode == 1
    assert f"{python} has no venv/ensurepip" in done.stderr


def test_help_needs_no_python(machine: Machine):
    shutil.copy(ROOT / "runner" / "usage.txt", machine.root / "runner")
    done = subprocess.run(
        [str(machine.root / "run")],
        env={"PATH": str(machine.bin)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert done.stdout.startswith("usage: ./run")


def test_a_finished_environment_is_used_at_once_and_a_moved_one_is_not(machine: Machine):
    machine.has("python3.12", SUITS)
    machine.has(machine.root / ".venv/bin/python", 'case "$2" in -c) exit 0 ;; esac; echo "ran: $*"')
    checksum = subprocess.run(["cksum"], input="", check=True, capture_output=True, text=True).stdout.strip()
    stamp = machine.root / ".venv" / ".stagecraft"
    stamp.write_text(f"{checksum} {machine.root}")
    assert machine.run().stdout == f"ran: {machine.root}/runner manage\n"
    stamp.write_text(f"{checksum} /where/it/was")
    assert "chosen:" in machine.run().stderr


@pytest.mark.parametrize(("shell", "script"), [("sh", "run"), ("bash", ".ci/run")])
def test_scripts_are_executable_and_parse(shell: str, script: str):
    assert os.access(ROOT / script, os.X_OK)
    subprocess.run([shell, "-n", str(ROOT / script)], check=True)
