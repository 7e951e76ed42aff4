"""Logged-in browsers of the cast."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories import Cast

HTMX = {"HX-Request": "true"}


@pytest.fixture
def logged_in(cast: Cast) -> Callable[[str], Client]:
    """`logged_in("rep")`: a client logged in as that person."""

    def log_in(who: str) -> Client:
        client = Client()
        client.force_login(getattr(cast, who).user)
        return client

    return log_in


@pytest.fixture
def rep(logged_in: Callable[[str], Client]) -> Client:
    return logged_in("rep")


@pytest.fixture
def leader(logged_in: Callable[[str], Client]) -> Client:
    return logged_in("leader")


@pytest.fixture
def mallory(logged_in: Callable[[str], Client]) -> Client:
    return logged_in("mallory")
