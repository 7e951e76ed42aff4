"""`./run manage`: the command's output and exit code, untouched."""

import signal
from pathlib import Path

from tests.runner.standin import GENEROUS, Project, eventually


def test_output_input_and_exit_code_are_those_of_the_command(project: Project, tmp_path: Path):
    fed = project.run("manage", "cat", stdin="줄 하나\n")
    assert (fed.returncode, fed.stdout) == (0, "줄 하나\n")
    assert "migrating" in fed.stderr  # the schema came first, and not on stdout
    assert project.run("manage", "exit", "7").returncode == 7
    assert project.run("manage", "where", cwd=tmp_path).stdout == f"{tmp_path}\n"
    assert project.calls() == ["prepare", "cat", "exit 7", "where"]
    assert project.processes() == []


def test_new_migrations_are_applied_first(project: Project):
    project.run("manage", "exit", "0")
    (project.root / "deals" / "migrations").mkdir(parents=True)
    (project.root / "deals" / "migrations" / "0001_initial.py").touch()
    project.run("manage", "exit", "0")
    project.run("manage", "migrate")
    project.run("manage", "exit", "0")
    assert project.calls() == ["prepare", "exit 0", "prepare", "exit 0", "migrate", "prepare", "exit 0"]


def test_changed_static_files_are_collected_first(project: Project):
    (project.root / "static").mkdir(exist_ok=True)
    (project.root / "static" / "app.css").write_text("a {}")
    project.run("manage", "exit", "0")
    project.run("manage", "exit", "0")
    (project.root / "static" / "app.css").write_text("a { color: red }")
    project.run("manage", "exit", "0")
    assert project.calls() == ["prepare", "exit 0", "exit 0", "prepare", "exit 0"]


def test_two_at_once_both_work_and_migrate_once(project: Project):
    both = [project.start("manage", "show", "DATABASE_URL") for _ in range(2)]
    shown = [process.communicate(timeout=GENEROUS)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert all(url.startswith("postgres://stagecraft_app:") for url in shown)
    assert project.calls().count("prepare") == 1
    eventually(lambda: not project.processes(), "the servers have ended")


def test_a_terminated_call_ends_its_command_and_the_servers(project: Project):
    process = project.start("manage", "sleep", "600")
    eventually(lambda: "sleep 600" in project.calls(), "the command runs")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=GENEROUS)
    assert process.returncode == 128 + signal.SIGTERM
    eventually(lambda: not project.processes(), "everything has ended")


def test_a_killed_call_leaves_nothing(project: Project):
    process = project.start("manage", "sleep", "600")
    eventually(lambda: "sleep 600" in project.calls(), "the command runs")
    process.kill()
    process.communicate()
    eventually(lambda: not project.processes(), "everything has ended")
