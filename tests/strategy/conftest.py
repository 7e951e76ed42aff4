"""A deal of the book's pipeline, and logged-in browsers of the cast."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deals.models import Deal
from pipeline.models import Pipeline
from tenancy.scope import workspace_scope
from tests.deals.views.conftest import leader, logged_in, mallory, rep  # noqa: F401 - fixtures
from tests.factories import Cast, make_deal
from tests.factories.deals import make_pipeline


@pytest.fixture
def acme(cast: Cast) -> Iterator[Cast]:
    with workspace_scope(cast.workspace.pk):
        yield cast


@pytest.fixture
def model(acme: Cast) -> Pipeline:
    """The five stages of the book, with all tools."""
    Pipeline.objects.filter(is_default=True).update(is_default=False)
    return make_pipeline("the-model", "en")


@pytest.fixture
def deal(acme: Cast, model: Pipeline) -> Deal:
    return make_deal(actor=acme.actor(), owner=acme.rep, pipeline=model, stage="Business problem recognised")
