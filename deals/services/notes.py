"""Notes on a deal: left, edited and taken away by who wrote them, each with a way back."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from deals.models import EventKind, Note
from deals.selectors.mentions import mentioned_members
from deals.services.checks import checked_text
from deals.services.events import record_event
from deals.services.mentions import link_mentions
from deals.services.placing import lock_deal
from tenancy.permissions import Actor, Permission

MAX_NOTE = 20_000


@transaction.atomic
def add_note(*, deal_id: uuid.UUID, body: str, actor: Actor, mentioned: Collection[uuid.UUID] = ()) -> Note:
    """A note in the actor's name. `mentioned`: which members of one name are meant (services/mentions.py)."""
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    note = Note(deal=deal, author=actor.member, body=checked_body(body, mentioned))
    note.save(force_insert=True)
    _record(note, EventKind.NOTE_ADDED, actor, mentioned_members(note.body))
    return note


@transaction.atomic
def edit_note(
    *,
    deal_id: uuid.UUID,
    note_id: uuid.UUID,
    body: str,
    actor: Actor,
    mentioned: Collection[uuid.UUID] = (),
) -> Note:
    """Raises NotAllowed for somebody else's. A change of nothing writes nothing; who is newly called is told."""
    note = own_note(deal_id, note_id, actor)
    new = checked_body(body, mentioned)
    if new == note.body:
        return note
    called = [ident for ident in mentioned_members(new) if ident not in mentioned_members(note.body)]
    note.before = {"body": note.body}
    note.body, note.edited_at = new, clock.now()
    note.save(update_fields=["body", "before", "edited_at"])
    _record(note, EventKind.NOTE_EDITED, actor, called)
    return note


@transaction.atomic
def undo_note_edit(*, deal_id: uuid.UUID, note_id: uuid.UUID, actor: Actor) -> Note:
    """What the latest edit replaced is back. Raises Conflict when there is nothing to take back."""
    note = own_note(deal_id, note_id, actor)
    if not note.before:
        raise Conflict(_("There is nothing to undo."))
    note.body, note.before = note.before["body"], None
    note.edited_at = clock.now()
    note.save(update_fields=["body", "before", "edited_at"])
    _record(note, EventKind.NOTE_EDITED, actor, [])
    return note


@transaction.atomic
def delete_note(*, deal_id: uuid.UUID, note_id: uuid.UUID, actor: Actor) -> Note:
    """Out of sight; `restore_note` brings it back. Deleting it twice is deleting it once."""
    note = own_note(deal_id, note_id, actor, deleted=None)
    if note.deleted_at is None:
        note.deleted_at = clock.now()
        note.save(update_fields=["deleted_at"])
        _record(note, EventKind.NOTE_DELETED, actor, [])
    return note


@transaction.atomic
def restore_note(*, deal_id: uuid.UUID, note_id: uuid.UUID, actor: Actor) -> Note:
    """Undo of `delete_note`; a note that is there stays as it is."""
    note = own_note(deal_id, note_id, actor, deleted=None)
    if note.deleted_at is not None:
        note.deleted_at = None
        note.save(update_fields=["deleted_at"])
        _record(note, EventKind.NOTE_RESTORED, actor, [])
    return note


def own_note(deal_id: uuid.UUID, note_id: uuid.UUID, actor: Actor, *, deleted: bool | None = False) -> Note:
    """The actor's own note, its deal held. `deleted` None: whether it is or not. Raises NotFound, NotAllowed."""
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    rows = Note.objects.filter(deal=deal, pk=note_id)
    if deleted is not None:
        rows = rows.filter(deleted_at__isnull=not deleted)
    note = rows.first()
    if note is None:
        raise NotFound
    if note.author_id != actor.member_id:
        raise NotAllowed(_("Only who wrote this may change it."))
    note.deal = deal
    return note


def checked_body(body: str, mentioned: Collection[uuid.UUID]) -> str:
    body = checked_text(body, "body", MAX_NOTE)
    if not body:
        raise InvalidInput.of("body", _("Write something first."), "required")
    # Ids are longer than names: what fitted as it was typed fits the column, which has no limit of its own.
    return link_mentions(body, chosen=mentioned)


def _record(note: Note, kind: EventKind, actor: Actor, called: Collection[uuid.UUID]) -> None:
    data: dict[str, object] = {"note": str(note.pk)}
    if called:
        data["mentions"] = [str(ident) for ident in called]
    record_event(deal=note.deal, kind=kind, actor=actor, data=data)
