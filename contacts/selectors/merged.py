"""What a merged duplicate became."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q, QuerySet


def survivor_of(record: Any) -> uuid.UUID:
    """The id of what `record` became, step by step where that was merged as well; its own if it was not merged."""
    found: uuid.UUID = _last(record).pk
    return found


def live_survivor(record: Any) -> Any | None:
    """The record itself or what it became; None when that was deleted since."""
    last = _last(record)
    return last if last.deleted_at is None else None


def _last(record: Any) -> Any:
    seen = {record.pk}
    while record.merged_into_id is not None and record.merged_into_id not in seen:
        record = type(record).objects.get(pk=record.merged_into_id)
        seen.add(record.pk)
    return record


def with_external[M: Any](rows: QuerySet[M], *, source: str | None, ident: str | None) -> QuerySet[M]:
    """Those of `rows` with this external id (either half may be missing), also by way of a duplicate merged into them."""
    exact = {name: value for name, value in (("external_source", source), ("external_id", ident)) if value}
    if not exact:
        return rows
    if ident is None:
        return rows.filter(**exact)
    merged = rows.model.objects.filter(merged_into__isnull=False, **exact)
    return rows.filter(Q(**exact) | Q(pk__in=[survivor_of(each) for each in merged[:20]]))
