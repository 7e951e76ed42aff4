"""Version rows by database trigger, so that no path can forget one.

`pgh_created_at` is when the version became valid: core/clock's time, or the past when history is imported; it comes
from the transaction-local setting `app.valid_from`. `recorded_at` is when it was written. Read versions in the order
(pgh_created_at, pgh_id).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import pghistory
import pgtrigger
from django.db import connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now

from core import clock
from tenancy.models.base import TenantManager

SET_VALID_FROM = "SELECT set_config('app.valid_from', %s, true)"
# Denormalised context is not kept: who and why stand in the events. pghistory takes None, its annotation does not.
NO_CONTEXT: Any = None
WRITES = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|WITH|MERGE)\b", re.IGNORECASE)

# Used by every history trigger (settings.PGHISTORY_CREATED_AT_FUNCTION). Plain NOW() would give all rows of a
# transaction one time, and the wrong order between transactions.
VALID_FROM_SQL = """
CREATE OR REPLACE FUNCTION stagecraft_valid_from() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT coalesce(nullif(current_setting('app.valid_from', true), '')::timestamptz, clock_timestamp()) $$
"""


class ClockTimestamp(Now):
    """The wall clock at the row's insertion, not the transaction's start."""

    template = "clock_timestamp()"

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.template, **extra)


class Version(models.Model):
    """What every version row has, for the type checker: `track` makes the real base."""

    pgh_id = models.BigAutoField(primary_key=True)
    pgh_created_at = models.DateTimeField()
    pgh_label = models.TextField()
    recorded_at = models.DateTimeField()
    workspace = models.ForeignKey("tenancy.Workspace", on_delete=models.CASCADE)

    objects = TenantManager()

    class Meta:
        abstract = True


def track(model: type[models.Model], fields: Sequence[str]) -> Any:
    """The base class of a version model of `model`: a row at insertion and whenever one of `fields` changes."""
    base = pghistory.create_event_model(
        model,
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(condition=pgtrigger.AnyChange(*fields)),
        fields=["workspace", *fields],
        context_field=NO_CONTEXT,
        obj_field=pghistory.ObjForeignKey(related_name="versions"),
        attrs={
            "recorded_at": models.DateTimeField(db_default=ClockTimestamp(), editable=False),
            "objects": TenantManager(),
        },
        level=pgtrigger.Statement,
    )
    references: list[Any] = base._meta.local_fields
    for field in references:
        # pghistory indexes every reference; without the workspace in front these serve no query here.
        field.db_index = False
    return base


_given: ContextVar[datetime | None] = ContextVar("stagecraft_valid_from", default=None)


@contextmanager
def valid_from(moment: datetime) -> Iterator[None]:
    """Versions written inside became valid at `moment` (aware). In a savepoint, whose rollback takes the setting back."""
    with transaction.atomic():
        previous = _given.get()
        token = _given.set(moment)
        try:
            with connection.cursor() as cursor:
                cursor.execute(SET_VALID_FROM, [moment.isoformat()])
            yield
        finally:
            _given.reset(token)
        with connection.cursor() as cursor:
            cursor.execute(SET_VALID_FROM, [previous.isoformat() if previous else ""])


# The frozen clock -----------------------------------------------------------------------------------------------


class FrozenClock:
    """Execute wrapper: while core/clock is held at a moment, versions carry that moment as well.

    For tests, demo data and replayed history. In a process that never freezes its clock it costs one comparison.
    """

    def __init__(self) -> None:
        self.followed = False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        moment = clock.frozen_moment()
        self.followed = self.followed or moment is not None
        # Once followed, always told: a rollback to a savepoint may bring an old moment back.
        if self.followed and _given.get() is None and WRITES.match(str(sql)):
            # The driver's cursor, so that this statement passes no wrapper and no query log.
            context["cursor"].cursor.execute(SET_VALID_FROM, [moment.isoformat() if moment else ""])
        return execute(sql, params, many, context)


def follow_frozen_clock(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Receiver of connection_created."""
    if not any(isinstance(wrapper, FrozenClock) for wrapper in connection.execute_wrappers):
        connection.execute_wrappers.append(FrozenClock())
