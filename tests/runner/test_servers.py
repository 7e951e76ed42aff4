"""The embedded servers: who may do what, who shares them, and what survives which death."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2  # type: ignore[import-untyped]
import pytest

from runner.environment import read
from runner.keeper import Places
from runner.paths import read_json
from runner.ports import answers
from runner.problems import Refusal
from runner.servers import Servers
from tests.runner.standin import Project, RunningServers, eventually


def embedded(project: Project) -> Servers:
    return Servers(read({"DATA_DIR": str(project.data)}))


@pytest.fixture
def used(project: Project) -> Iterator[Servers]:
    """Servers of this test alone, which it may kill."""
    servers = embedded(project)
    servers.attach()
    yield servers
    servers.release()


def test_the_application_is_nobody_special_and_the_owner_passes_row_level_security(servers: RunningServers):
    facts = (
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    assert servers.query(servers.app_url, facts) == [(False, False, False, False)]
    assert servers.query(servers.owner_url, facts) == [(False, True, True, False)]
    owners = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert servers.query(servers.app_url, owners) == [("stagecraft_owner",)]


def test_the_application_gets_what_the_owner_grants_and_makes_nothing(servers: RunningServers):
    servers.query(servers.owner_url, "CREATE TABLE granted (id int)")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        servers.query(servers.app_url, "SELECT * FROM granted")
    servers.query(servers.owner_url, "GRANT SELECT ON granted TO stagecraft_app")
    assert servers.query(servers.app_url, "SELECT * FROM granted") == []
    for forbidden in ("CREATE TABLE own (id int)", "CREATE SCHEMA own", "TRUNCATE granted"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            servers.query(servers.app_url, forbidden)


def test_korean_sorts_by_code_point_and_trigrams_are_there(servers: RunningServers):
    collation = "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()"
    assert servers.query(servers.app_url, collation) == [("b", "C.UTF-8")]
    assert servers.query(servers.app_url, "SELECT '가' < '나', similarity('deal', 'deal')") == [(True, 1.0)]


def test_passwords_are_private(servers: RunningServers):
    for name in ("servers.json", "postgres/passwords.json"):
        assert (servers.data / name).stat().st_mode & 0o077 == 0
    listed = subprocess.run(["ps", "-axo", "args="], check=True, capture_output=True, text=True).stdout
    assert str(urlsplit(servers.urls["REDIS_URL"]).password) not in listed
    with pytest.raises(psycopg2.OperationalError):
        servers.query(servers.app_url.replace(urlsplit(servers.app_url).password or "", "guess"), "SELECT 1")


def test_a_second_user_shares_the_servers_and_the_last_one_ends_them(project: Project, used: Servers):
    second = embedded(project)
    second.attach()
    assert second.urls == used.urls
    port = urlsplit(used.urls["DATABASE_URL"]).port or 0
    used.release()
    assert answers(port)
    second.release()
    assert not answers(port)
    eventually(lambda: not project.processes(), "all servers have ended")


def test_servers_started_for_other_settings_are_not_taken_for_ours(project: Project):
    only_database = Servers(read({"DATA_DIR": str(project.data), "REDIS_URL": "redis://127.0.0.1:1/0"}))
    only_database.attach()
    with pytest.raises(Refusal, match="started with other settings"):
        embedded(project).attach()
    only_database.release()


def test_servers_outlive_no_user_that_is_killed(project: Project):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from tests.runner.hold import hold; hold(sys.argv[2])"
    )
    here = str(Path(__file__).resolve().parents[2])
    user = subprocess.Popen([sys.executable, "-c", code, here, str(project.data)], stdout=subprocess.PIPE)
    assert user.stdout is not None
    user.stdout.readline()
    assert project.pids("postgres")
    user.kill()
    user.wait()
    eventually(lambda: not project.processes(), "servers without users have ended")


def test_a_killed_keeper_takes_its_servers_along_and_leaves_nothing_in_the_way(project: Project):
    servers = embedded(project)
    servers.attach()
    os.kill(read_json(Places(project.data).state)["pid"], signal.SIGKILL)
    eventually(lambda: not project.processes(), "servers without keeper have ended")
    assert not servers.are_kept
    servers.release()
    again = embedded(project)
    again.attach()
    assert answers(urlsplit(again.urls["DATABASE_URL"]).port or 0)
    again.release()


@pytest.mark.parametrize(
    "content", ["{pid}\n/elsewhere\n", "", "nonsense\n"], ids=["reused", "empty", "nonsense"]
)
def test_a_stale_pid_file_is_no_obstacle(project: Project, content: str):
    """The number in it belongs to a living, unrelated process (this one), or the file was cut short."""
    first = embedded(project)
    first.attach()
    first.release()
    (project.data / "postgres" / "data" / "postmaster.pid").write_text(content.format(pid=os.getpid()))
    again = embedded(project)
    again.attach()
    again.release()


def test_killed_servers_come_back_on_their_ports(project: Project, used: Servers):
    running = RunningServers(project.data)
    running.query(running.owner_url, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)")
    redis_port = urlsplit(used.urls["REDIS_URL"]).port or 0
    for pid in [*project.pids("bin/postgres"), *project.pids("valkey-server")]:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: answers(redis_port), "Redis answers again")

    def is_back() -> bool:
        try:
            return running.query(running.app_url, "SELECT 1") == [(1,)]
        except psycopg2.OperationalError:
            return False

    eventually(is_back, "PostgreSQL answers again")
    assert running.query(running.owner_url, "SELECT id FROM kept") == [(1,)]
