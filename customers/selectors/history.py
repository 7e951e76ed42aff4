"""What happened with a company or a person: their deals' events, talks, and changes of their own, newest first."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from contacts.models import Change, ChangeKind, Company, Contact
from contacts.models.contact import Consent
from core.formats import day_brief
from core.ids import parse_uuid
from customers.selectors.merge import CHOICES
from deals.models import Activity, ActivityParticipant, Deal, DealEvent, Note
from deals.selectors.timeline import TOLD_BY_ROWS
from deals.selectors.timeline_names import names_for
from deals.selectors.timeline_words import Entry, entry_of_activity, entry_of_event, entry_of_note
from deals.selectors.visible import visible_to
from fields.models import CustomField, Subject
from fields.selectors.definitions import field_names
from fields.selectors.values import words_of_json
from tenancy.models import Membership
from tenancy.permissions import Actor
from tenancy.scope import current_workspace

PAGE = 40
ICONS = {ChangeKind.EDITED: "edit", ChangeKind.DELETED: "trash", ChangeKind.MERGED: "swap"}


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of the history. `deal`: of which deal it tells. `undo_id`: a merge that can still be undone."""

    at: datetime
    ident: uuid.UUID
    entry: Entry
    deal: Deal | None = None
    undo_id: uuid.UUID | None = None
    is_undone: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """Where a page of the history ended."""

    at: datetime
    ident: uuid.UUID

    def __str__(self) -> str:
        return f"{self.ident}.{self.at.isoformat()}"

    @classmethod
    def parse(cls, text: str) -> Before | None:
        """None for what is no such mark."""
        ident, _, at = text.partition(".")
        found = parse_uuid(ident)
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            return None
        return cls(moment, found) if found is not None and moment.tzinfo else None

    def condition(self, column: str) -> Q:
        return Q(**{f"{column}__lt": self.at}) | Q(**{column: self.at, "id__lt": self.ident})


@dataclass(frozen=True, slots=True)
class HistoryPage:
    lines: Sequence[Happened]
    before: Before | None


def company_history(company: Company, *, actor: Actor, before: Before | None = None) -> HistoryPage:
    """A page of four kinds of lines, a query each, and one for each kind of name in them."""
    deals = visible_to(actor).filter(company=company)
    events = DealEvent.objects.filter(deal__in=deals).exclude(kind__in=TOLD_BY_ROWS)
    notes = Note.objects.filter(deal__in=deals, deleted_at=None)
    changes = Change.objects.filter(company=company).select_related("by", "undone_by")
    return _page(
        [
            *_told(_latest(events.select_related("actor", "deal"), "at", before)),
            *_noted(_latest(notes.select_related("author", "deal"), "created_at", before), actor),
            *_talked(_latest(_talks(deals), "occurred_at", before), actor),
            *_changed(_latest(changes, "at", before)),
        ]
    )


def person_history(contact: Contact, *, actor: Actor, before: Before | None = None) -> HistoryPage:
    """Talks that the person took part in, and changes of the person's facts."""
    there = ActivityParticipant.objects.filter(contact=contact).values("activity_id")
    talks = _talks(visible_to(actor)).filter(pk__in=there)
    changes = Change.objects.filter(contact=contact).select_related("by", "undone_by")
    return _page(
        [
            *_talked(_latest(talks, "occurred_at", before), actor),
            *_changed(_latest(changes, "at", before)),
        ]
    )


def _talks(deals: QuerySet[Deal]) -> QuerySet[Activity]:
    talks = Activity.objects.filter(deal__in=deals, deleted_at=None).select_related("member", "deal")
    return talks.prefetch_related("participants__contact")


def _latest(rows: QuerySet[Any], column: str, before: Before | None) -> list[Any]:
    if before is not None:
        rows = rows.filter(before.condition(column))
    return list(rows.order_by(f"-{column}", "-id")[: PAGE + 1])


def _page(lines: list[Happened]) -> HistoryPage:
    lines.sort(key=lambda line: (line.at, line.ident), reverse=True)
    shown = lines[:PAGE]
    more = len(lines) > PAGE
    return HistoryPage(shown, Before(shown[-1].at, shown[-1].ident) if more else None)


# Events of deals ---------------------------------------------------------------------------------------------------


def _told(events: Sequence[DealEvent]) -> Iterable[Happened]:
    names = names_for(events, current_workspace().currency)
    for event in events:
        entry = entry_of_event(event, replace(names, currency=event.deal.currency))
        yield Happened(event.at, event.pk, entry, deal=event.deal)


def _noted(notes: Sequence[Note], actor: Actor) -> Iterable[Happened]:
    names = names_for(notes, current_workspace().currency)
    for note in notes:
        yield Happened(note.created_at, note.pk, entry_of_note(note, names, actor), deal=note.deal)


def _talked(talks: Sequence[Activity], actor: Actor) -> Iterable[Happened]:
    for talk in talks:
        yield Happened(talk.occurred_at, talk.pk, entry_of_activity(talk, actor), deal=talk.deal)


def _values(data: Any) -> Iterable[Any]:
    if isinstance(data, dict):
        for value in data.values():
            yield from _values(value)
    elif isinstance(data, list):
        for value in data:
            yield from _values(value)
    elif isinstance(data, str):
        yield data


# Their own changes -------------------------------------------------------------------------------------------------


def _changed(changes: Sequence[Change]) -> Iterable[Happened]:
    mentioned = {value for change in changes for value in _values(change.data)}
    ids = [found for found in map(parse_uuid, mentioned) if found is not None]
    names: dict[str, str] = {}
    if ids:
        for model, column in ((Membership, "display_name"), (Company, "name"), (Contact, "name")):
            rows: Any = model.objects
            names |= {str(pk): name for pk, name in rows.filter(pk__in=ids).values_list("pk", column)}
    custom: dict[str, CustomField] = {}
    if changes:
        edited = {name for change in changes for name in change.data.get("fields", {})}
        custom = field_names(Subject.COMPANY if changes[0].company_id else Subject.CONTACT, edited)
    return [_own(change, names, custom) for change in changes]


def _own(change: Change, names: dict[str, str], custom: dict[str, CustomField]) -> Happened:
    was = now = text = ""
    fields = change.data.get("fields", {})
    if change.kind == ChangeKind.MERGED:
        what = _("merged a duplicate into this")
        text = names.get(change.data.get("gone", ""), "")
    elif change.kind == ChangeKind.DELETED:
        what = _("deleted this")
    else:
        what, was, now, text = _edited(change, fields, names, custom)
    if change.undone_at:
        by = change.undone_by.display_name if change.undone_by else _("Automation")
        undone = _("Undone by %(name)s") % {"name": by}
        text = f"{text}\n{undone}" if text else undone
    who = change.by.display_name if change.by else _("Automation")
    entry = Entry(change.at, ICONS[ChangeKind(change.kind)], who, what, was, now, text)
    can_undo = change.kind == ChangeKind.MERGED and change.undone_at is None and bool(change.moved)
    return Happened(
        change.at,
        change.pk,
        entry,
        undo_id=change.pk if can_undo else None,
        is_undone=change.undone_at is not None,
    )


def _edited(
    change: Change, fields: dict[str, Any], names: dict[str, str], custom: dict[str, CustomField]
) -> tuple[str, str, str, str]:
    """(what, was, now, text): one fact reads as from → to, several as a list."""
    labels: dict[str, Any] = {
        choice.columns[0]: choice.label for choice in CHOICES[Company if change.company_id else Contact]
    }
    labels |= {name: field.name for name, field in custom.items()}

    def said_of(column: str, value: Any) -> str:
        if column in custom:
            return words_of_json(custom[column], value, names) or _("none")
        return _as_words(column, value, names)

    shown = {
        column: (said_of(column, value.get("from")), said_of(column, value.get("to")))
        for column, value in fields.items()
        if column != "ad_consent_at"
    }
    said = [str(labels.get(column, _("External ID"))) for column in shown]
    what = _("changed: %(facts)s") % {"facts": ", ".join(dict.fromkeys(said))}
    if len(shown) == 1:
        was, now = next(iter(shown.values()))
        return what, was, now, ""
    return what, "", "", " · ".join(f"{was} → {now}" for was, now in shown.values())


def _as_words(column: str, value: Any, names: dict[str, str]) -> str:
    if value in (None, ""):
        return _("none")
    if column in ("owner_id", "company_id"):
        return names.get(value, _("(no longer there)"))
    if column == "ad_consent":
        return str(Consent(value).label)
    return day_brief(datetime.fromisoformat(value)) if column == "ad_consent_at" else str(value)
