"""The demo's workspace, made once for the tests of this folder, on a day of our choice."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections

from core import clock
from integrations.demo.make import make_demo
from tests.conftest import empty_tables

MONDAY = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 14:00 in Seoul


@pytest.fixture(scope="package")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[uuid.UUID]:
    """The Korean demo, committed; the tables are emptied behind the folder. Tests see it at `MONDAY`."""
    with django_db_blocker.unblock(), clock.frozen_at(MONDAY):
        workspace_id = make_demo(language="ko")
        connections["default"].close()
    yield workspace_id
    with django_db_blocker.unblock():
        connections["default"].close()
        empty_tables()
        connections["owner"].close()


@pytest.fixture
def on_monday(demo: uuid.UUID, db: None) -> Iterator[uuid.UUID]:
    """The demo as it is on the day on which it was made."""
    with clock.frozen_at(MONDAY):
        yield demo
