"""Is the process up, and is what it stands on there?"""

from __future__ import annotations

from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from automation.models import Heartbeat
from core import clock

FRESH = timedelta(seconds=60)


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """503 only where the site cannot work: database or migrations. Redis, worker and beat merely degrade it."""
    database = check_database()
    vital = {"database": database, "migrations": database and check_migrations()}
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
        return False
    return True


def check_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def check_redis() -> bool:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.2, socket_timeout=0.2)
    try:
        return bool(client.ping())
    except redis.RedisError:
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
    return {name: name in fresh for name in ("worker", "beat")}
