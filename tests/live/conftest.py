from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from core import live
from tests.factories import Cast
from tests.live.serving import Browser, Site


@pytest.fixture
def site(committed_cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    settings.LIVE_UPDATES = True
    live._line.reset()
    # The site's threads outlive the test; their connections must not, or the test database could not be dropped.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    site = Site()
    site.start()
    yield site
    site.stop()
    live._line.reset()


@pytest.fixture
def browser_of_rep(site: Site, committed_cast: Cast) -> Browser:
    return Browser.of(site, committed_cast.rep)
