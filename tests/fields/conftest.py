"""Logged-in browsers of the cast, and a field of each kind."""

from __future__ import annotations

from typing import Any

import pytest

from deals.models import Deal
from fields.models import CustomField
from fields.services.definitions import add_field
from tenancy.scope import workspace_scope
from tests.deals.views.conftest import leader, logged_in, mallory, rep  # noqa: F401 - fixtures
from tests.factories import Cast, make_deal

NAMES = {
    "note": ("메모", "text"),
    "seats": ("좌석 수", "number"),
    "budget": ("예산", "money"),
    "renewal": ("갱신일", "date"),
    "region": ("지역", "choice"),
    "products": ("제품", "choices"),
    "nda": ("비밀유지 계약", "checkbox"),
    "site": ("사이트", "link"),
    "partner": ("파트너 담당", "member"),
}


def add_fields(cast: Cast, subject: str = "deal") -> dict[str, CustomField]:
    choices = {"choice": ["서울", "부산", "대구"], "choices": ["CRM", "메일", "전화"]}
    with workspace_scope(cast.workspace.pk):
        return {
            key: add_field(
                subject=subject,
                key=key,
                name=name,
                kind=kind,
                choices=choices.get(kind, ()),
                actor=cast.actor("admin"),
            )
            for key, (name, kind) in NAMES.items()
        }


@pytest.fixture
def fields(cast: Cast) -> dict[str, CustomField]:
    return add_fields(cast)


def choice_id(field: CustomField, name: str) -> Any:
    return field.choices.get(name=name).pk


@pytest.fixture
def deal(cast: Cast) -> Deal:
    with workspace_scope(cast.workspace.pk):
        return make_deal(actor=cast.actor(), owner=cast.rep)
