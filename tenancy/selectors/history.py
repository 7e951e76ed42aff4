"""The change history: who did what to the workspace itself, newest first."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from core.ids import parse_uuid
from tenancy.audit_words import Line, Told, kinds, line_of
from tenancy.models import ApiToken, AuditEntry, Invitation, Membership, Team

PAGE = 50


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history. `who` is None for the system."""

    at: datetime
    who: Membership | None
    line: Line


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`before` is the id that the next page comes after; None on the last one."""

    changes: Sequence[Change]
    before: uuid.UUID | None
    kind: str = ""


def history_page(*, kind: str = "", before: uuid.UUID | None = None) -> HistoryPage:
    """PAGE entries, of one kind or of all. Five queries at most, and one to find where a page continues.

    An unknown kind is all of them, an unknown `before` the start.
    """
    kind = kind if kind in kinds() else ""
    rows = AuditEntry.objects.select_related("actor").order_by("-at", "-pk")
    if kind:
        rows = rows.filter(action__startswith=f"{kind}.")
    mark = AuditEntry.objects.filter(pk=before).values_list("at", "pk").first() if before else None
    if mark is not None:
        rows = rows.filter(Q(at__lt=mark[0]) | Q(at=mark[0], pk__lt=mark[1]))
    found = list(rows[: PAGE + 1])
    names = names_in(found[:PAGE])
    return HistoryPage(
        [Change(entry.at, entry.actor, line_of(Told.of(entry, names))) for entry in found[:PAGE]],
        found[PAGE - 1].pk if len(found) > PAGE else None,
        kind,
    )


def names_in(entries: Sequence[AuditEntry]) -> dict[str, str]:
    """Id → name of the members, teams, invitations and tokens that the entries mention. Four queries, none for none."""
    ids = {entry.target_id for entry in entries if entry.target_id}
    ids |= {found for entry in entries for found in _ids_in(entry.detail)}
    if not ids:
        return {}
    sources: list[tuple[Any, str]] = [
        (Membership, "display_name"),
        (Team, "name"),
        (Invitation, "email"),
        (ApiToken, "name"),
    ]
    return {
        str(pk): name
        for model, column in sources
        for pk, name in model.objects.filter(pk__in=ids).values_list("pk", column)
    }


def _ids_in(detail: Any) -> Iterator[uuid.UUID]:
    values: Iterable[Any] = ()
    if isinstance(detail, dict):
        values = detail.values()
    elif isinstance(detail, list):
        values = detail
    for value in values:
        if isinstance(value, str):
            found = parse_uuid(value) if len(value) == 36 else None
            if found is not None:
                yield found
        else:
            yield from _ids_in(value)
