"""Logged-in browsers of the cast, and companies with what hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from contacts.models import Company, Contact
from contacts.services.companies import create_company
from contacts.services.contacts import create_contact
from deals.models import Deal
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal

HTMX = {"HX-Request": "true"}


@pytest.fixture
def logged_in(cast: Cast) -> Callable[[str], Client]:
    """`logged_in("rep")`: a client logged in as that person, in English."""

    def log_in(who: str) -> Client:
        client = Client(headers={"Accept-Language": "en"})
        client.force_login(getattr(cast, who).user)
        return client

    return log_in


@pytest.fixture
def rep(logged_in: Callable[[str], Client]) -> Client:
    return logged_in("rep")


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    """The cast, with Acme entered."""
    with workspace_scope(cast.workspace.pk):
        yield cast


@pytest.fixture
def make_company(cast: Cast) -> Callable[..., Company]:
    def make(name: str = "한결모터스", **fields: Any) -> Company:
        with workspace_scope(cast.workspace.pk):
            return create_company(actor=cast.actor(), name=name, **fields)

    return make


@pytest.fixture
def make_person(cast: Cast) -> Callable[..., Contact]:
    def make(name: str = "강서윤", **fields: Any) -> Contact:
        with workspace_scope(cast.workspace.pk):
            return create_contact(actor=cast.actor(), name=name, **fields)

    return make


@pytest.fixture
def deal_of(cast: Cast) -> Callable[..., Deal]:
    def make(company: Company | None = None, **fields: Any) -> Deal:
        with workspace_scope(cast.workspace.pk):
            return make_deal(actor=cast.actor(), owner=cast.rep, company=company, **fields)

    return make
