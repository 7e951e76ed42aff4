"""What the environment may say, and the one line for each thing it may not."""

import socket
from pathlib import Path

import pytest

from runner import external
from runner.environment import Environment, read, refuse_busy_port, secret_key
from runner.ports import free_port
from runner.problems import Refusal
from tests.runner.standin import RunningServers

APP = "postgres://app:x@127.0.0.1:1/stagecraft"
OWNER = "postgres://owner:x@127.0.0.1:1/stagecraft"


def settings(data_dir: Path, **variables: str) -> Environment:
    return read({"DATA_DIR": str(data_dir), **variables})


def test_defaults_fit_this_machine(tmp_path: Path):
    environment = settings(tmp_path / "made")
    assert (environment.host, environment.port, environment.base_url) == (
        "127.0.0.1",
        8000,
        "http://127.0.0.1:8000",
    )
    assert environment.allowed_hosts == "localhost,127.0.0.1,[::1]"
    assert (environment.database_url, environment.owner_url, environment.redis_url) == (None, None, None)
    assert (tmp_path / "made").is_dir()


def test_links_follow_host_port_and_base_url(tmp_path: Path):
    assert settings(tmp_path, HOST="::", PORT="81").base_url == "http://localhost:81"
    public = settings(tmp_path, BASE_URL="https://crm.example/")
    assert public.base_url == "https://crm.example"
    assert public.allowed_hosts.endswith(",crm.example")


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"PORT": "http"}, "PORT=http is not a port"),
        ({"PORT": "70000"}, "PORT=70000 is not a port"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL=loud is not one of"),
        ({"BASE_URL": "crm.example"}, "BASE_URL=crm.example is not a web address"),
        ({"DATABASE_URL": APP}, "DATABASE_OWNER_URL is missing.*docs/roles.sql"),
        ({"DATABASE_OWNER_URL": OWNER}, "DATABASE_URL is missing.*docs/roles.sql"),
        ({"DATABASE_URL": OWNER, "DATABASE_OWNER_URL": OWNER}, "name the same role.*docs/roles.sql"),
        ({"DATABASE_URL": "mysql://a@b/c", "DATABASE_OWNER_URL": OWNER}, "DATABASE_URL must look like"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL must look like"),
        ({"STALL_SWEEP_SECONDS": "x"}, "STALL_SWEEP_SECONDS=x is not a whole number above 0"),
        ({"STALL_SWEEP_SECONDS": "-5"}, "STALL_SWEEP_SECONDS=-5 is not a whole number above 0"),
        ({"API_REQUESTS_PER_MINUTE": "0"}, "API_REQUESTS_PER_MINUTE=0 is not a whole number above 0"),
        ({"WEB_CONCURRENCY": "zz"}, "WEB_CONCURRENCY=zz is not a whole number above 0"),
        ({"DEMO": "maybe"}, "DEMO=maybe is not one of"),
        ({"DEMO_LANGUAGE": "fr"}, "DEMO_LANGUAGE=fr is not one of ko, en"),
        ({"EMAIL_URL": "foo"}, "EMAIL_URL must look like"),
        ({"ALLOWED_HOSTS": "http://crm.example"}, "ALLOWED_HOSTS=http://crm.example holds an address"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_line(tmp_path: Path, variables: dict[str, str], line: str):
    with pytest.raises(Refusal, match=line) as refusal:
        settings(tmp_path, **variables)
    assert "\n" not in str(refusal.value)
    assert refusal.value.exit_code == 2


def test_a_data_dir_that_cannot_be_written_is_refused(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(Refusal, match="cannot be written to"):
        settings(tmp_path / "file" / "below")


def test_a_busy_port_is_refused_and_a_free_one_is_not():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Refusal, match=f"port {port} on 127.0.0.1 cannot be had"):
            refuse_busy_port("127.0.0.1", port)
    refuse_busy_port("127.0.0.1", free_port())


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(Refusal, match=r"192\.0\.2\.1"):
        refuse_busy_port("192.0.2.1", free_port())


def test_an_unreachable_database_is_refused_and_keeps_its_password(tmp_path: Path):
    app = f"postgres://app:hush@127.0.0.1:{free_port()}/stagecraft"
    with pytest.raises(Refusal, match="DATABASE_OWNER_URL cannot be reached") as refusal:
        external.check(settings(tmp_path, DATABASE_URL=app, DATABASE_OWNER_URL=app.replace("app:", "owner:")))
    assert "hush" not in str(refusal.value)


def test_an_unreachable_redis_is_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    external.check(settings(tmp_path, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"))
    assert "warning: REDIS_URL cannot be reached" in capsys.readouterr().err


def test_the_secret_key_is_kept_and_private(tmp_path: Path):
    key = secret_key(tmp_path)
    assert len(key) >= 50
    assert secret_key(tmp_path) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_roles_that_would_not_keep_workspaces_apart_are_refused(servers: RunningServers, tmp_path: Path):
    app, owner, superuser = servers.app_url, servers.owner_url, servers.superuser_url
    external.check(settings(tmp_path, DATABASE_URL=app, DATABASE_OWNER_URL=owner))
    for unsafe, other in ((superuser, owner), (owner, superuser)):
        with pytest.raises(Refusal, match="neither owner nor superuser"):
            external.check(settings(tmp_path, DATABASE_URL=unsafe, DATABASE_OWNER_URL=other))


def test_an_owner_that_row_level_security_holds_back_is_refused(servers: RunningServers, tmp_path: Path):
    servers.query(
        servers.superuser_url,
        "CREATE ROLE plain LOGIN PASSWORD 'x'; GRANT ALL ON DATABASE stagecraft TO plain",
    )
    plain = f"postgres://plain:x@127.0.0.1:{servers.port}/stagecraft"
    with pytest.raises(Refusal, match="plain of DATABASE_OWNER_URL lacks BYPASSRLS"):
        external.check(settings(tmp_path, DATABASE_URL=servers.app_url, DATABASE_OWNER_URL=plain))
