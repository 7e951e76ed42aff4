"""A POST with an Idempotency-Key does its work once, however often it is sent."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.models import IdempotencyKey
from core import clock
from core.errors import Conflict, InvalidInput, Unprocessable
from tenancy.scope import current_workspace_id

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
PURGED_AT_ONCE = 50
VISIBLE_ASCII = re.compile(r"[\x21-\x7e]{1,255}\Z")
KEPT_HEADERS = ("ETag", "Location")

type Handler = Callable[..., Response]


class IdempotencyMismatch(Unprocessable):
    """The key came before with another body."""

    code = "idempotency-mismatch"
    title = gettext_lazy("This Idempotency-Key was used with another body.")


class IdempotencyInFlight(Conflict):
    """The first request with this key has not finished."""

    code = "idempotency-in-flight"
    title = gettext_lazy("The first request with this Idempotency-Key is still running. Try again shortly.")


def idempotent(handler: Handler) -> Handler:
    """Wrap a view's `post`: `ApiView` does it for every one."""

    @wraps(handler)
    def post(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not VISIBLE_ASCII.match(key):
            raise InvalidInput.of(HEADER, _("A key has 1 to 255 visible ASCII characters."))
        return once(key, request, lambda: handler(view, request, *args, **kwargs))

    return post


def once(key: str, request: Request, work: Callable[[], Response]) -> Response:
    """The stored reply of this key, or that of `work`, stored in the same transaction as its effect."""
    identity = {
        "token_id": request.auth.pk,
        "method": str(request.method),
        "path": request.path[:500],
        "key": key,
    }
    body_digest = hashlib.sha256(request._request.body).digest()
    if not try_lock(identity):
        raise IdempotencyInFlight
    now = clock.now()
    stored = IdempotencyKey.objects.filter(**identity).first()
    if stored is not None and stored.created_at > now - KEPT:
        return replay(stored, body_digest)
    if stored is not None:
        stored.delete()
    response = work()
    if response.status_code < 300:
        IdempotencyKey.objects.create(
            **identity,
            body_digest=body_digest,
            status=response.status_code,
            reply={"body": as_sent(response.data), "headers": kept_headers(response)},
            created_at=now,
        )
        purge_expired(now - KEPT)
    return response


def try_lock(identity: dict[str, Any]) -> bool:
    """Hold the key until this transaction ends; False when another transaction holds it."""
    text = json.dumps([str(current_workspace_id()), *map(str, identity.values())])
    number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def replay(stored: IdempotencyKey, body_digest: bytes) -> Response:
    if bytes(stored.body_digest) != body_digest:
        raise IdempotencyMismatch
    reply: dict[str, Any] = stored.reply or {}
    headers = {**reply.get("headers", {}), "Idempotent-Replay": "true"}
    body = json.loads(reply["body"]) if reply.get("body") else None
    return Response(body, status=stored.status, headers=headers)


def as_sent(value: Any) -> str | None:
    """The reply's text: JSONB would put its fields into another order."""
    return JSONRenderer().render(value).decode() if value is not None else None


def kept_headers(response: Response) -> dict[str, str]:
    return {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}


def purge_expired(before: Any) -> None:
    """A few at a time, by whoever comes along; rows that another request purges are left to it."""
    expired = (
        IdempotencyKey.objects.select_for_update(skip_locked=True)
        .filter(created_at__lte=before)
        .order_by("created_at")
        .values("pk")[:PURGED_AT_ONCE]
    )
    IdempotencyKey.objects.filter(pk__in=expired).delete()
