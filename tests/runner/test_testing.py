"""`./run test`: two processes by default, a browser always."""

import os
import shutil
from pathlib import Path

import pytest

from runner import system_packages
from runner.benching import names_of
from runner.problems import Failure, Refusal
from runner.testing import parallel, remove_left


@pytest.mark.parametrize(
    ("arguments", "processes"),
    [
        ([], ["-n", "2"]),
        (["tests/deals", "-x"], ["-n", "2"]),
        (["-n", "4"], []),
        (["-p", "no:xdist"], []),
        (["--pdb"], []),
        (["tests/deals/test_move.py::test_it"], []),
    ],
)
def test_two_processes_unless_the_caller_chose(arguments: list[str], processes: list[str]):
    assert parallel(arguments) == processes


def test_benchmarks_are_named_or_all():
    assert names_of(["board"]) == ["board"]
    assert {"board", "move", "import"} <= set(names_of(["all"]))
    for wrong in ([], ["_data"], ["nothing"]):
        with pytest.raises(Refusal, match=r"name a benchmark: board, .*create, .* or all"):
            names_of(wrong)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (system_packages.CHROMIUM, r"Chromium not found: install it .*apt install chromium"),
        (system_packages.GETTEXT, r"GNU gettext not found: install it .*apt install gettext"),
        (system_packages.CURL, r"curl not found: install it .*apt install curl"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_missing_program_is_a_failure_and_never_a_skip(
    monkeypatch: pytest.MonkeyPatch, program: system_packages.Program, words: str
):
    monkeypatch.setattr(shutil, "which", lambda _: None)  # it is not there, and no apt-get to bring it
    with pytest.raises(Failure, match=words):
        system_packages.require(program)


def test_the_browser_can_be_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CHROMIUM", "sh")
    assert system_packages.chromium() == shutil.which("sh")


def test_data_of_killed_runs_is_removed_and_that_of_living_ones_is_not(tmp_path: Path):
    for name in (str(os.getpid()), "999999999", "nonsense"):
        (tmp_path / name).mkdir()
    remove_left(tmp_path)
    assert [left.name for left in tmp_path.iterdir()] == [str(os.getpid())]
