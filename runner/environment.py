"""Settings from the environment: read once, checked, refused with one line each."""

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from runner.paths import ROOT, write_private
from runner.problems import Refusal

ROLES_SCRIPT = "docs/roles.sql"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
NUMBERS = ("STALL_SWEEP_SECONDS", "API_REQUESTS_PER_MINUTE", "WEB_CONCURRENCY", "MAX_FILE_MB")
CHOICES = {"DEMO": ("0", "1", "false", "true", "off", "on", "no", "yes"), "DEMO_LANGUAGE": ("ko", "en")}
MAIL_SCHEMES = ("smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail", "dummymail")


@dataclass(frozen=True)
class Environment:
    """What the environment asks for. URLs are None where the embedded server is to be used."""

    host: str
    port: int
    base_url: str
    allowed_hosts: str
    data_dir: Path
    database_url: str | None
    owner_url: str | None
    redis_url: str | None
    log_level: str

    @property
    def local_host(self) -> str:
        """The address at which this machine reaches the site."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  # compared, not bound

    @property
    def logs(self) -> Path:
        """Where the output of the children is kept."""
        return self.data_dir / "logs"


def read(variables: Mapping[str, str]) -> Environment:
    """Read and check everything that can be checked without a network."""
    host = variables.get("HOST") or "127.0.0.1"
    port = _port(variables.get("PORT") or "8000")
    database_url, owner_url = _database_urls(variables)
    _refuse_wrong_values(variables)
    return Environment(
        host=host,
        port=port,
        base_url=_base_url(variables.get("BASE_URL"), host, port),
        allowed_hosts=variables.get("ALLOWED_HOSTS") or _hosts(variables.get("BASE_URL"), host),
        data_dir=_data_dir(variables.get("DATA_DIR")),
        database_url=database_url,
        owner_url=owner_url,
        redis_url=_redis_url(variables.get("REDIS_URL")),
        log_level=_log_level(variables.get("LOG_LEVEL") or "WARNING"),
    )


def for_children(environment: Environment, servers: Mapping[str, str]) -> dict[str, str]:
    """The environment of manage.py, web, worker and beat; `servers` holds the URLs in use."""
    return {
        **os.environ,
        **servers,
        **for_services(environment),
        "SECRET_KEY": os.environ.get("SECRET_KEY") or secret_key(environment.data_dir),
    }


def for_services(environment: Environment) -> dict[str, str]:
    """What web, worker and beat are told wherever they run; the servers and the key come on top."""
    return {
        "HOST": environment.host,
        "PORT": str(environment.port),
        "BASE_URL": environment.base_url,
        "ALLOWED_HOSTS": environment.allowed_hosts,
        "DATA_DIR": str(environment.data_dir),
        "LOG_LEVEL": environment.log_level,
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE") or "config.settings",
        "PYTHONUNBUFFERED": "1",
    }


def secret_key(data_dir: Path) -> str:
    """The key kept in `data_dir`, made on first use: sessions outlive a restart."""
    path = data_dir / "secret_key"
    if not path.exists() or not path.read_text():
        write_private(path, secrets.token_urlsafe(50))
    return path.read_text()


def refuse_busy_port(host: str, port: int) -> None:
    """Refuse before anything is started; asked again by the server itself when it binds."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the server does: connections of the last run in TIME_WAIT do not count as a user of the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise Refusal(f"HOST={host} is no address of this machine: {error.strerror}") from error
    except PermissionError as error:
        raise Refusal(f"PORT={port} needs privileges that this user lacks; choose one above 1023") from error
    except OSError as error:
        raise Refusal(
            f"port {port} on {host} cannot be had ({error.strerror}); end what uses it or set PORT"
        ) from error


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise Refusal(f"PORT={text} is not a port: give a number from 1 to 65535")
    return int(text)


def _log_level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise Refusal(f"LOG_LEVEL={text} is not one of {', '.join(LOG_LEVELS)}")
    return text.upper()


def _refuse_wrong_values(variables: Mapping[str, str]) -> None:
    """What the services read for themselves: refused here, in one line, instead of by each with a traceback."""
    for name in NUMBERS:
        text = variables.get(name) or "1"
        if not (text.isascii() and text.isdigit() and int(text) > 0):
            raise Refusal(f"{name}={text} is not a whole number above 0")
    for name, known in CHOICES.items():
        text = variables.get(name) or known[0]
        if text.lower() not in known:
            raise Refusal(f"{name}={text} is not one of {', '.join(known)}")
    mail = variables.get("EMAIL_URL") or "smtp://localhost"
    if urlsplit(mail).scheme not in MAIL_SCHEMES:
        raise Refusal("EMAIL_URL must look like smtp+tls://user:password@mail.example.com:587")
    for host in filter(None, (variables.get("ALLOWED_HOSTS") or "").split(",")):
        if "/" in host:
            raise Refusal(f"ALLOWED_HOSTS={host} holds an address: give names alone, such as crm.example.com")


def _base_url(given: str | None, host: str, port: int) -> str:
    if given:
        parts = urlsplit(given)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Refusal(f"BASE_URL={given} is not a web address: give http://… or https://…")
        return given.rstrip("/")
    name = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104  # compared, not bound
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def _hosts(base_url: str | None, host: str) -> str:
    names = ["localhost", "127.0.0.1", "[::1]"]
    named = urlsplit(base_url).hostname if base_url else None
    candidates = [f"[{host}]" if ":" in host else host, named]
    if host in {"0.0.0.0", "::"}:  # noqa: S104  # compared, not bound
        candidates = [socket.gethostname(), named]
    return ",".join([*names, *(name for name in dict.fromkeys(candidates) if name and name not in names)])


def _data_dir(given: str | None) -> Path:
    path = Path(given).expanduser().absolute() if given else ROOT / ".local"
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Refusal(f"DATA_DIR={path} cannot be written to: {error.strerror}") from error
    return path


def _database_urls(variables: Mapping[str, str]) -> tuple[str | None, str | None]:
    app, owner = variables.get("DATABASE_URL") or None, variables.get("DATABASE_OWNER_URL") or None
    if not app and not owner:
        return None, None
    if not app or not owner:
        given, missing = (
            ("DATABASE_URL", "DATABASE_OWNER_URL") if app else ("DATABASE_OWNER_URL", "DATABASE_URL")
        )
        raise Refusal(
            f"{given} is set but {missing} is missing: give both; {ROLES_SCRIPT} makes the two roles"
        )
    for name, url in (("DATABASE_URL", app), ("DATABASE_OWNER_URL", owner)):
        parts = urlsplit(url)
        if parts.scheme not in {"postgres", "postgresql"} or not parts.username or not parts.path.strip("/"):
            raise Refusal(f"{name} must look like postgres://user:password@host:5432/database")
    if urlsplit(app).username == urlsplit(owner).username:
        raise Refusal(
            "DATABASE_URL and DATABASE_OWNER_URL name the same role: the application's must be neither owner"
            f" nor superuser; {ROLES_SCRIPT} makes the two roles"
        )
    return app, owner


def _redis_url(given: str | None) -> str | None:
    if given and urlsplit(given).scheme not in {"redis", "rediss", "unix"}:
        raise Refusal("REDIS_URL must look like redis://:password@host:6379/0")
    return given or None
