"""People of the cast at the settings' doors."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from tenancy.models import AuditEntry, Membership
from tenancy.scope import workspace_scope
from tests.factories import Cast

HTMX = {"HX-Request": "true"}


class Door:
    """One person's browser at Acme's settings (Mallory's at Rival's)."""

    def __init__(self, member: Membership, slug: str) -> None:
        self.client = Client(headers={"Accept-Language": "en"})
        self.client.force_login(member.user)
        self.root = f"/w/{slug}/settings/"

    def get(self, path: str, **data: Any) -> Any:
        return self.client.get(self.root + path, data)

    def post(self, path: str, *, htmx: bool = True, **data: Any) -> Any:
        return self.client.post(self.root + path, data, headers=HTMX if htmx else {})


@pytest.fixture
def door(cast: Cast) -> Callable[[str], Door]:
    """`door("admin")`."""

    def opened(who: str) -> Door:
        return Door(getattr(cast, who), "rival" if who == "mallory" else "acme")

    return opened


@pytest.fixture
def acme(cast: Cast) -> Iterator[Cast]:
    """Inside Acme, for services and for looking at what became of it."""
    with workspace_scope(cast.workspace.pk):
        yield cast


def entries(action: str) -> list[AuditEntry]:
    """What the history holds of that action, the latest first."""
    return list(AuditEntry.objects.filter(action=action).order_by("-at", "-pk"))


def fresh(member: Membership) -> Membership:
    return Membership.objects.select_related("team", "user").get(pk=member.pk)


def path(*parts: str | uuid.UUID) -> str:
    return "/".join(str(part) for part in parts) + "/"
