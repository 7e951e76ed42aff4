"""Checks of servers that the operator brought: PostgreSQL and Redis given by URL."""

import socket
import sys
from typing import Any
from urllib.parse import unquote, urlsplit

from runner.environment import ROLES_SCRIPT, Environment
from runner.problems import Refusal

OLDEST = 15
ROLE_FACTS = """
    SELECT current_setting('server_version_num')::int / 10000, rolsuper, rolbypassrls, current_user,
           pg_get_userbyid((SELECT datdba FROM pg_database WHERE datname = current_database()))
    FROM pg_roles WHERE rolname = current_user
"""


def check(environment: Environment) -> None:
    """Refuse a database that cannot be reached or whose roles would not keep workspaces apart; warn of Redis."""
    if environment.database_url and environment.owner_url:
        _check_roles(environment.database_url, environment.owner_url)
    if environment.redis_url:
        _warn_of_redis(environment.redis_url)


def _check_roles(app_url: str, owner_url: str) -> None:
    owner = _facts("DATABASE_OWNER_URL", owner_url)
    app = _facts("DATABASE_URL", app_url)
    version, superuser, bypasses, app_role, database_owner = app
    if version < OLDEST:
        raise Refusal(f"PostgreSQL {version} is too old: version {OLDEST} or newer is needed")
    if superuser or bypasses or app_role == database_owner:
        raise Refusal(
            f"the role {app_role} of DATABASE_URL must be neither owner nor superuser nor BYPASSRLS, or workspaces"
            f" are not kept apart; {ROLES_SCRIPT} makes the two roles"
        )
    if not (owner[1] or owner[2]):
        raise Refusal(
            f"the role {owner[3]} of DATABASE_OWNER_URL lacks BYPASSRLS, so migrations and backups would fail;"
            f" {ROLES_SCRIPT} makes the two roles"
        )


def _facts(name: str, url: str) -> tuple[Any, ...]:
    import psycopg2  # type: ignore[import-untyped]  # here, because the embedded servers' callers start faster without it

    try:
        connection = psycopg2.connect(url, connect_timeout=5)
    except (psycopg2.Error, UnicodeDecodeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else "no answer"
        raise Refusal(f"{name} cannot be reached: {reason}") from error
    try:
        with connection.cursor() as cursor:
            cursor.execute(ROLE_FACTS)
            row: tuple[Any, ...] | None = cursor.fetchone()
    finally:
        connection.close()
    if row is None:
        raise Refusal(f"{name}: the role it names is not known to the server")
    return row


def _warn_of_redis(url: str) -> None:
    parts = urlsplit(url)
    try:
        if parts.scheme == "unix":
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.connect(unquote(parts.path))
        else:
            socket.create_connection((parts.hostname or "localhost", parts.port or 6379), timeout=3).close()
    except (OSError, ValueError) as error:
        print(
            f"run: warning: REDIS_URL cannot be reached ({error}); the site works, live updates and jobs wait",
            file=sys.stderr,
        )
