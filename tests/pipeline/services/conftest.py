"""Inside Acme, as its admin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tenancy.permissions import Actor
from tenancy.scope import workspace_scope
from tests.factories import Cast


@pytest.fixture
def acme(cast: Cast) -> Iterator[Cast]:
    with workspace_scope(cast.workspace.pk):
        yield cast


@pytest.fixture
def admin(acme: Cast) -> Actor:
    return acme.actor("admin")
