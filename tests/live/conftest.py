from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core import live
from tests.factories import Cast
from tests.live.serving import Browser, Site


@pytest.fixture
def site(committed_cast: Cast, settings: Any) -> Iterator[Site]:
    settings.LIVE_UPDATES = True
    live._line.reset()
    site = Site()
    site.start()
    yield site
    site.stop()
    live._line.reset()


@pytest.fixture
def browser_of_rep(site: Site, committed_cast: Cast) -> Browser:
    return Browser.of(site, committed_cast.rep)
