"""Version rows by database trigger, so that no path can forget one.

`pgh_created_at` is when the version became valid: core/clock's time, or the past when history is imported; it comes
from the transaction-local setting `app.valid_from`. `recorded_at` is when it was written. Read versions in the order
(pgh_created_at, pgh_id).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pghistory
import pgtrigger
from django.db import connection, models
from django.db.models.functions import Now

from tenancy.models.base import TenantManager

VALID_FROM_SETTING = "app.valid_from"

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


def track(model: type[models.Model], fields: Sequence[str]) -> Any:
    """The base class of a version model of `model`: a row at insertion and whenever one of `fields` changes."""
    return pghistory.create_event_model(
        model,
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(condition=pgtrigger.AnyChange(*fields)),
        fields=["workspace", *fields],
        context_field=None,
        obj_field=pghistory.ObjForeignKey(related_name="versions"),
        attrs={
            "recorded_at": models.DateTimeField(db_default=ClockTimestamp(), editable=False),
            "objects": TenantManager(),
        },
        level=pgtrigger.Statement,
    )


@contextmanager
def valid_from(moment: datetime) -> Iterator[None]:
    """Versions written inside became valid at `moment`. Inside a transaction only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [VALID_FROM_SETTING])
        previous = cursor.fetchone()[0] or ""
        cursor.execute("SELECT set_config(%s, %s, true)", [VALID_FROM_SETTING, moment.isoformat()])
        yield
        cursor.execute("SELECT set_config(%s, %s, true)", [VALID_FROM_SETTING, previous])
