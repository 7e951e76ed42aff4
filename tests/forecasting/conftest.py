"""Inside Acme, on a fixed day, unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tenancy.scope import workspace_scope
from tests.factories import Cast


@pytest.fixture
def acme(cast: Cast) -> Iterator[Cast]:
    with workspace_scope(cast.workspace.pk):
        yield cast
