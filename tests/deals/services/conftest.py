"""Tests of services run inside Acme, unless they need real commits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.models import Stage
from tenancy.scope import workspace_scope
from tests.factories import Cast


@pytest.fixture
def acme(cast: Cast) -> Iterator[Cast]:
    """The cast, inside Acme."""
    with workspace_scope(cast.workspace.pk):
        yield cast


@pytest.fixture
def stages(acme: Cast) -> list[Stage]:
    """The five stages of Acme's pipeline, in board order."""
    return list(acme.pipeline.stages.order_by("position"))
