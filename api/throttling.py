"""A limit for runaway scripts: so many requests a minute for each token and web process.

In memory: it must cost no query, hold no row, and go on while Redis is away.
"""

from __future__ import annotations

import time
import uuid
from collections import OrderedDict
from threading import Lock
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

REMEMBERED = 10_000

_lock = Lock()
# Token → (requests left, when that was so): a bucket that fills steadily.
_buckets: OrderedDict[uuid.UUID, tuple[float, float]] = OrderedDict()


class TokenThrottle(BaseThrottle):
    """`settings.API_REQUESTS_PER_MINUTE` for each token; a minute's worth may come at once."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            return True
        self.seconds = take(request.auth.pk, per_minute=int(settings.API_REQUESTS_PER_MINUTE))
        return self.seconds == 0

    def wait(self) -> float:
        return self.seconds


def take(token_id: uuid.UUID, *, per_minute: int) -> float:
    """Take one request from the token's bucket: 0, or the seconds until there is one again."""
    now = time.monotonic()
    rate = per_minute / 60
    with _lock:
        left, since = _buckets.pop(token_id, (float(per_minute), now))
        left = min(left + (now - since) * rate, float(per_minute))
        wait = 0.0 if left >= 1 else (1 - left) / rate
        _buckets[token_id] = (left if wait else left - 1, now)
        if len(_buckets) > REMEMBERED:
            _buckets.popitem(last=False)
    return wait
