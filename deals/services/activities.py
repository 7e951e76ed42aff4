"""Calls, meetings, e-mails and messages, logged by hand; and with them when the buyer was last heard from."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from contacts.models import Contact
from core import clock
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from deals.models import Activity, ActivityParticipant, Deal, EventKind
from deals.models.activity import ActivityKind, Direction
from deals.services.checks import checked_text
from deals.services.events import record_event
from deals.services.placing import lock_deal
from tenancy.permissions import Actor, Permission

MAX_SUBJECT = 300
MAX_BODY = 20_000
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
SKEW = timedelta(minutes=2)  # between the reader's clock and ours


@transaction.atomic
def log_activity(
    *,
    deal_id: uuid.UUID,
    kind: str,
    actor: Actor,
    direction: str = Direction.BOTH,
    occurred_at: datetime | None = None,
    subject: str = "",
    body: str = "",
    contacts: Iterable[Contact] = (),
) -> Activity:
    """`occurred_at`: now unless given. `contacts`: people of the deal or of its company."""
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    activity = Activity(deal=deal, member=actor.member)
    _set(activity, kind, direction, occurred_at or clock.now(), subject, body)
    people = checked_people(deal, contacts)
    activity.save(force_insert=True)
    _set_participants(activity, people)
    _settle(activity, EventKind.ACTIVITY_LOGGED, actor)
    return activity


@transaction.atomic
def edit_activity(
    *,
    deal_id: uuid.UUID,
    activity_id: uuid.UUID,
    actor: Actor,
    kind: str,
    direction: str,
    occurred_at: datetime,
    subject: str = "",
    body: str = "",
    contacts: Iterable[Contact] = (),
) -> Activity:
    """All of it anew. Raises NotAllowed for what somebody else logged. A change of nothing writes nothing."""
    activity = own_activity(deal_id, activity_id, actor)
    was = snapshot(activity)
    _set(activity, kind, direction, occurred_at, subject, body)
    people = checked_people(activity.deal, contacts, known=was["contacts"])
    if snapshot(activity, people) == was:
        return activity
    _save_edit(activity, people, before=was)
    _settle(activity, EventKind.ACTIVITY_EDITED, actor)
    return activity


@transaction.atomic
def undo_activity_edit(*, deal_id: uuid.UUID, activity_id: uuid.UUID, actor: Actor) -> Activity:
    """What the latest edit replaced is back. Raises Conflict when there is nothing to take back."""
    activity = own_activity(deal_id, activity_id, actor)
    was = activity.before
    if not was:
        raise Conflict(_("There is nothing to undo."))
    moment = datetime.fromisoformat(was["occurred_at"])
    _set(activity, was["kind"], was["direction"], moment, was["subject"], was["body"])
    _save_edit(activity, list(Contact.objects.filter(pk__in=was["contacts"])), before=None)
    _settle(activity, EventKind.ACTIVITY_EDITED, actor)
    return activity


@transaction.atomic
def delete_activity(*, deal_id: uuid.UUID, activity_id: uuid.UUID, actor: Actor) -> Activity:
    """Out of sight; `restore_activity` brings it back."""
    return _set_deleted(deal_id, activity_id, actor, deleted=True)


@transaction.atomic
def restore_activity(*, deal_id: uuid.UUID, activity_id: uuid.UUID, actor: Actor) -> Activity:
    return _set_deleted(deal_id, activity_id, actor, deleted=False)


def _set_deleted(deal_id: uuid.UUID, activity_id: uuid.UUID, actor: Actor, *, deleted: bool) -> Activity:
    activity = own_activity(deal_id, activity_id, actor, deleted=None)
    if (activity.deleted_at is not None) != deleted:
        activity.deleted_at = clock.now() if deleted else None
        activity.save(update_fields=["deleted_at"])
        kind = EventKind.ACTIVITY_DELETED if deleted else EventKind.ACTIVITY_RESTORED
        _settle(activity, kind, actor)
    return activity


def own_activity(
    deal_id: uuid.UUID, activity_id: uuid.UUID, actor: Actor, *, deleted: bool | None = False
) -> Activity:
    """What the actor logged, its deal held. `deleted` None: whether it is or not. Raises NotFound, NotAllowed."""
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    rows = Activity.objects.filter(deal=deal, pk=activity_id)
    if deleted is not None:
        rows = rows.filter(deleted_at__isnull=not deleted)
    activity = rows.first()
    if activity is None:
        raise NotFound
    if activity.member_id != actor.member_id:
        raise NotAllowed(_("Only who wrote this may change it."))
    activity.deal = deal
    return activity


def recompute_last_heard(deal: Deal) -> None:
    """When the buyer was last heard from: the newest contact that did not go out only. The deal's version stays."""
    heard = (
        Activity.objects.filter(deal=deal, deleted_at=None)
        .exclude(direction=Direction.TO_BUYER)
        .aggregate(at=Max("occurred_at"))["at"]
    )
    if heard != deal.last_heard_at:
        deal.last_heard_at = heard
        deal.save(update_fields=["last_heard_at"])


def snapshot(activity: Activity, people: Iterable[Contact] | None = None) -> dict[str, Any]:
    """What an edit may change, as plain values."""
    ids = (
        activity.participants.values_list("contact_id", flat=True)
        if people is None
        else [person.pk for person in people]
    )
    return {
        "kind": activity.kind,
        "direction": activity.direction,
        "occurred_at": activity.occurred_at.isoformat(),
        "subject": activity.subject,
        "body": activity.body,
        "contacts": sorted(str(ident) for ident in ids),
    }


def people_of(deal: Deal) -> Q:
    """Contacts that may have taken part: those on the deal, and the company's."""
    on_deal = Q(deal_contacts__deal=deal)
    return on_deal | Q(company_id=deal.company_id) if deal.company_id else on_deal


def checked_people(deal: Deal, contacts: Iterable[Contact], *, known: Iterable[str] = ()) -> list[Contact]:
    """Each once. `known` took part already and may stay, whatever became of them."""
    wanted = {str(contact.pk): contact for contact in contacts}
    asked = set(wanted) - set(known)
    if asked:
        found = Contact.objects.filter(people_of(deal), pk__in=asked, deleted_at=None).values_list(
            "pk", flat=True
        )
        if asked - {str(pk) for pk in found}:
            raise InvalidInput.of(
                "contacts", _("Choose people of this deal or of its company."), "invalid_choice"
            )
    return list(wanted.values())


def _set(
    activity: Activity, kind: str, direction: str, occurred_at: datetime, subject: str, body: str
) -> None:
    if kind not in ActivityKind.values:
        raise InvalidInput.of("kind", _("Choose call, meeting, e-mail or message."), "invalid_choice")
    if direction not in Direction.values:
        raise InvalidInput.of("direction", _("Say who turned to whom."), "invalid_choice")
    if not EARLIEST <= occurred_at <= clock.now() + SKEW:
        raise InvalidInput.of(
            "occurred_at",
            _("Only what has happened is logged. Plan a task for what is to come."),
            "out_of_range",
        )
    activity.kind, activity.direction, activity.occurred_at = kind, direction, occurred_at
    activity.subject = checked_text(" ".join(subject.split()), "subject", MAX_SUBJECT)
    activity.body = checked_text(body, "body", MAX_BODY)


def _save_edit(activity: Activity, people: list[Contact], *, before: dict[str, Any] | None) -> None:
    activity.before, activity.edited_at = before, clock.now()
    activity.save()
    _set_participants(activity, people)


def _set_participants(activity: Activity, people: list[Contact]) -> None:
    activity.participants.exclude(contact__in=[person.pk for person in people]).delete()
    there = set(activity.participants.values_list("contact_id", flat=True))
    ActivityParticipant.objects.bulk_create(
        ActivityParticipant(activity=activity, contact=person) for person in people if person.pk not in there
    )


def _settle(activity: Activity, kind: EventKind, actor: Actor) -> None:
    recompute_last_heard(activity.deal)
    data = {"activity": str(activity.pk), "kind": activity.kind}
    record_event(deal=activity.deal, kind=kind, actor=actor, data=data)
