"""Logged-in browsers of the cast."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from pipeline.models import Stage
from pipeline.selectors.stages import stages_of
from tenancy.scope import workspace_scope
from tests.factories import Cast

HTMX = {"HX-Request": "true"}


@pytest.fixture
def logged_in(cast: Cast) -> Callable[[str], Client]:
    def log_in(who: str) -> Client:
        client = Client()
        client.force_login(getattr(cast, who).user)
        return client

    return log_in


@pytest.fixture
def admin(logged_in: Callable[[str], Client]) -> Client:
    return logged_in("admin")


@pytest.fixture
def rep(logged_in: Callable[[str], Client]) -> Client:
    return logged_in("rep")


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    with workspace_scope(cast.workspace.pk):
        return stages_of(cast.pipeline.pk)
