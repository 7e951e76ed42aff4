"""Tell whoever is called by name in a note: once for each note, whatever is dispatched twice."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from automation.models import Notification, NotificationKind
from core.ids import parse_uuid
from deals.models import DealEvent, EventKind, Note
from tenancy.models import Membership

CALLS = (EventKind.NOTE_ADDED, EventKind.NOTE_EDITED)


def tell_the_mentioned(events: Sequence[DealEvent]) -> None:
    """A notice for each active member called, but not for who calls themselves. Three statements at most."""
    wanted = {
        (member_id, event.deal_id, note_id)
        for event in events
        if event.kind in CALLS and (note_id := parse_uuid(event.data.get("note", ""))) is not None
        for member_id in _called(event)
    }
    if not wanted:
        return
    members = set(
        Membership.objects.filter(
            pk__in={member_id for member_id, _deal, _note in wanted}, deactivated_at=None
        ).values_list("pk", flat=True)
    )
    notes = set(
        Note.objects.filter(pk__in={note_id for _member, _deal, note_id in wanted}).values_list(
            "pk", flat=True
        )
    )
    # The unique key decides, should two ever come here at once.
    Notification.objects.bulk_create(
        (
            Notification(member_id=member_id, kind=NotificationKind.MENTION, deal_id=deal_id, note_id=note_id)
            for member_id, deal_id, note_id in sorted(wanted)
            if member_id in members and note_id in notes
        ),
        ignore_conflicts=True,
    )


def _called(event: DealEvent) -> set[uuid.UUID]:
    found = {parse_uuid(text) for text in event.data.get("mentions", [])}
    return {ident for ident in found if ident is not None and ident != event.actor_id}
