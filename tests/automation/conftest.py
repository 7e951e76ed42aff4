"""What the tests of background work share: shorthands that do what the worker would."""

import pytest

from deals.services.dispatch_events import dispatch_events
from tests.factories import Cast


@pytest.fixture
def dispatch(cast: Cast):
    """Hand out Acme's waiting events, as the worker does."""
    return lambda: dispatch_events(workspace_id=cast.workspace.pk)
