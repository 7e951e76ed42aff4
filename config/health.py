"""Is the process up, and is what it stands on there?"""

from __future__ import annotations

from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from automation.models import Heartbeat
from automation.services.heartbeat import BEAT, WORKER
from core import clock

FRESH = timedelta(seconds=60)
REDIS_TIMEOUT_SECONDS = 0.2


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """503 only where the site cannot work: database or migrations. Redis, worker and beat merely degrade it."""
    database = check_database()
    vital = {"database": database, "migrations": database and _migrations.are_applied()}
    helpful = {"redis": check_redis(), **check_processes(reachable=database)}
    ready = all(vital.values())
    body = {
        "status": "ok" if ready else "unavailable",
        **{name: "ok" if fine else "down" for name, fine in (vital | helpful).items()},
        "degraded": [name for name, fine in helpful.items() if not fine],
    }
    return JsonResponse(body, status=200 if ready else 503)


def check_database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        # A connection that died is of no use to the next request either.
        connection.close_if_unusable_or_obsolete()
        return False
    return True


class _Migrations:
    """Whether the database has every migration of this code: asked until it has, as reading them all takes a while."""

    def __init__(self) -> None:
        self._applied = False

    def are_applied(self) -> bool:
        if not self._applied:
            try:
                executor = MigrationExecutor(connection)
                self._applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
            except DatabaseError:
                return False
        return self._applied

    def forget(self) -> None:
        self._applied = False


_migrations = _Migrations()


def check_redis() -> bool:
    # No retry: the client's own waits for seconds.
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


def check_processes(*, reachable: bool) -> dict[str, bool]:
    """Worker and beat write a heartbeat; one older than a minute counts as down."""
    fresh: set[str] = set()
    if reachable:
        try:
            fresh = set(Heartbeat.objects.filter(at__gte=clock.now() - FRESH).values_list("name", flat=True))
        except DatabaseError:
            fresh = set()
    return {name: name in fresh for name in (WORKER, BEAT)}
