"""A deal's story, newest first: what was written and logged from their own rows, what changed from the events."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.ids import parse_uuid
from deals.models import Activity, Deal, DealEvent, EventKind, Note
from deals.selectors.timeline_names import Names, names_for
from deals.selectors.timeline_words import Entry, entry_of_activity, entry_of_event, entry_of_note
from tenancy.permissions import Actor

LIMIT = 100
# Told by the row itself.
TOLD_BY_ROWS = (
    EventKind.NOTE_ADDED,
    EventKind.NOTE_EDITED,
    EventKind.ACTIVITY_LOGGED,
    EventKind.ACTIVITY_EDITED,
)


class Part(StrEnum):
    """What of the story is shown."""

    ALL = "all"
    NOTES = "notes"
    CONTACT = "contact"
    CHANGES = "changes"


PART_LABELS = {
    Part.ALL: _("All"),
    Part.NOTES: _("Notes"),
    Part.CONTACT: _("Contact with the buyer"),
    Part.CHANGES: _("Changes"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page ends: the next one is older. In a URL "2026-11-20T08:00:00+00:00~id"."""

    at: datetime
    pk: uuid.UUID

    @classmethod
    def parse(cls, text: str) -> Mark | None:
        moment, _tilde, ident = text.partition("~")
        pk = parse_uuid(ident)
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            return None
        return cls(at, pk) if pk is not None and at.tzinfo is not None else None

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.pk}"


@dataclass(frozen=True, slots=True)
class Timeline:
    """`earlier` leads to the next page; None on the last one."""

    part: Part
    entries: list[Entry]
    earlier: Mark | None

    @property
    def parts(self) -> list[tuple[Part, Any, bool]]:
        """(part, label, whether it is shown) for the chips."""
        return [(part, label, part == self.part) for part, label in PART_LABELS.items()]


def timeline_of(
    deal: Deal,
    *,
    actor: Actor,
    part: Part = Part.ALL,
    before: Mark | None = None,
    known: Mapping[str, Mapping[str, str]] | None = None,
) -> Timeline:
    """LIMIT entries. A query for each kind of row, one for who took part; names: one for each kind that is named.

    `known`: names that the caller has (of stages, criteria, tasks: `timeline_names.KINDS`).
    """
    found: list[tuple[datetime, uuid.UUID, Any]] = []
    for wanted, rows, at in _sources(deal):
        if part in (Part.ALL, wanted):
            found += [(getattr(row, at), row.pk, row) for row in _page(rows, at, before)]
    found.sort(key=lambda row: (row[0], row[1]), reverse=True)
    shown = found[:LIMIT]
    earlier = Mark(shown[-1][0], shown[-1][1]) if len(found) > LIMIT else None
    told = [row for _at, _pk, row in shown]
    names = names_for(told, deal.currency, known)
    return Timeline(part, [_entry(row, names, actor) for row in told], earlier)


def _sources(deal: Deal) -> Iterable[tuple[Part, QuerySet[Any], str]]:
    yield Part.NOTES, Note.objects.filter(deal=deal, deleted_at=None).select_related("author"), "created_at"
    activities = Activity.objects.filter(deal=deal, deleted_at=None).select_related("member")
    yield Part.CONTACT, activities.prefetch_related("participants__contact"), "occurred_at"
    events = DealEvent.objects.filter(deal=deal).exclude(kind__in=TOLD_BY_ROWS).select_related("actor")
    yield Part.CHANGES, events, "at"


def _page(rows: QuerySet[Any], at: str, before: Mark | None) -> list[Any]:
    if before is not None:
        older = Q(**{f"{at}__lt": before.at}) | Q(**{at: before.at, "pk__lt": before.pk})
        # The first condition alone is one that the index can begin with.
        rows = rows.filter(**{f"{at}__lte": before.at}).filter(older)
    return list(rows.order_by(f"-{at}", "-pk")[: LIMIT + 1])


def _entry(row: Any, names: Names, actor: Actor) -> Entry:
    if isinstance(row, Note):
        return entry_of_note(row, names, actor)
    if isinstance(row, Activity):
        return entry_of_activity(row, actor)
    return entry_of_event(row, names)
