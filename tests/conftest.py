"""The test database is made by the owner's role and used through the application's, as in production.

`db` (pytest-django) wraps a test in a transaction. `transactional_db` is ours: real commits, and the owner empties the
tables afterwards (the application's role may not TRUNCATE). Both come with every table empty.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.factories import Cast, make_cast

# Playwright's event loop runs in the thread of the tests that use it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

# The real one takes a third of a second, and every cast has seven people.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_configure() -> None:
    """Static files straight from the tree: tests need no collectstatic (one of its own tries the manifest)."""
    # A slow hash is the point in production; here it would be most of each test's time.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    # Files of deals go where they are taken away again.
    files: Any = settings.STORAGES["files"]
    files["OPTIONS"]["location"] = tempfile.mkdtemp(prefix="stagecraft-files-")
    settings.WHITENOISE_USE_FINDERS = True
    settings.WHITENOISE_AUTOREFRESH = True
    # Pages of other tests open no stream: pytest's live server cannot hold one. tests/live/serving.py can.
    settings.LIVE_UPDATES = False


def pytest_unconfigure() -> None:
    files: Any = settings.STORAGES["files"]
    shutil.rmtree(files["OPTIONS"]["location"], ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """One database for each xdist worker of each run, so that two runs on one server do not meet."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:8]
    name = f"test_{connections['owner'].settings_dict['NAME']}_{run}_{worker}"
    for alias in ("owner", "default"):
        settings.DATABASES[alias].setdefault("TEST", {})["NAME"] = name
        connections[alias].settings_dict.setdefault("TEST", {})["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(django_db_modify_db_settings: None, django_db_blocker: Any) -> Iterator[None]:
    """Create and migrate as the owner; then point the application's connection at the same database."""
    owner, default = connections["owner"], connections["default"]
    with django_db_blocker.unblock():
        real_name = owner.settings_dict["NAME"]
        owner.creation.create_test_db(verbosity=0, autoclobber=True)
        with owner.cursor() as cursor:
            # As docs/roles.sql leaves a database: whatever the application needs must have been granted to it by name.
            cursor.execute(f'REVOKE ALL ON DATABASE "{owner.settings_dict["NAME"]}" FROM PUBLIC')
        default.close()
        default.settings_dict["NAME"] = owner.settings_dict["NAME"]
        settings.DATABASES["default"]["NAME"] = owner.settings_dict["NAME"]
    yield
    with django_db_blocker.unblock():
        close_connections()
        wait_until_alone(owner)
        owner.creation.destroy_test_db(real_name, verbosity=0)


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Real commits, for threads, workers, browsers. Overrides pytest-django's, whose flush needs TRUNCATE."""
    with django_db_blocker.unblock():
        yield
        connections["default"].close()
        empty_tables()
        connections["owner"].close()


def close_connections() -> None:
    """Those of every thread: a pool's threads outlive the test that used them, and each keeps its own."""
    for found in gc.get_objects():
        # By its type: to ask a lazy object for its class would evaluate it.
        if issubclass(type(found), BaseDatabaseWrapper) and found.connection is not None:
            with suppress(Exception):
                found.connection.close()
    for connection in connections.all(initialized_only=True):
        connection.close()


def wait_until_alone(owner: Any, seconds: float = 10) -> None:
    """A server ends the session of a connection that was closed a moment later: a database in use is not dropped."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    deadline = time.monotonic() + seconds
    with owner.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(others)
            if cursor.fetchone() == (0,):
                break
            time.sleep(0.05)
    owner.close()


KEEP = {"django_migrations", "django_content_type"}


def empty_tables() -> None:
    connection = connections["owner"]
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in KEEP]
        quoted = ", ".join(f'"{name}"' for name in tables)
        cursor.execute(f"TRUNCATE {quoted} RESTART IDENTITY CASCADE")


@pytest.fixture
def cast(db: None) -> Cast:
    """The fixed cast: Minjun owns Acme, Seoyeon leads, Dohyun and Haeun sell; Mallory, of Rival, is the outsider."""
    return make_cast()


@pytest.fixture
def committed_cast(transactional_db: None) -> Cast:
    """The same cast, committed: for tests with threads, processes or a browser."""
    return make_cast()


LEAVING_SQL = "SELECT set_config('app.workspace_id', '', true)"


@pytest.fixture
def query_count() -> Callable[..., Any]:
    """`with query_count() as counted: …; assert counted() <= 12`: statements of the block.

    Left out is what only the test's own outer transaction causes: savepoints, and leaving the workspace by hand.
    """
    from django.test.utils import CaptureQueriesContext

    @contextmanager
    def counting() -> Iterator[Callable[[], int]]:
        with CaptureQueriesContext(connections["default"]) as captured:
            yield lambda: len(
                [
                    query
                    for query in captured.captured_queries
                    if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK TO", LEAVING_SQL))
                ]
            )

    return counting
