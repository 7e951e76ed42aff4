"""Write down what is known of the buyer's approval: who, by which way, when begun, when away."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Contact
from core import clock
from core.errors import InvalidInput, StaleVersion
from deals.models import Deal
from deals.selectors.people import participants_for
from deals.services.checks import checked_date
from deals.services.placing import lock_deal
from strategy.models import Approval, PassedBefore, Tool, Way
from strategy.models.approval import MAX_DAYS
from strategy.services.record import record_act, record_work
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_zone

PEOPLE = ("approver_on_paper", "approver_in_truth", "signer", "drafter")
# Told each time; what else is written counts as work on the tool.
ACTS = {"begun_on": "begun", "submitted_on": "submitted"}


@transaction.atomic
def edit_approval(
    *, deal_id: uuid.UUID, changes: Mapping[str, Any], actor: Actor, expected_version: int | None = None
) -> Approval:
    """Set what `changes` names of EDITABLE. A change of nothing writes nothing, unless it is the first
    word on the approval.

    `expected_version`: 0 where the caller saw nothing there yet; None: not checked. Raises StaleVersion with the row as it
    is, InvalidInput with the field, NotAllowed, NotFound.
    """
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    row = Approval.objects.filter(deal=deal).first() or Approval(deal=deal, version=0)
    if expected_version is not None and expected_version != row.version:
        raise StaleVersion(current=row)
    changed = {name for name, value in changes.items() if _set(row, deal, name, value)}
    _check_days(row, changed)
    # The first to say so confirms what was taken for granted.
    if not changed and (row.version or not changes):
        return row
    row.by, row.at = actor.member, clock.now()
    row.version += 1
    row.save()
    acts = [act for name, act in ACTS.items() if name in changed and getattr(row, name)]
    for act in acts:
        day = row.begun_on if act == "begun" else row.submitted_on
        record_act(deal, Tool.APPROVAL, act, actor, day=day.isoformat() if day else None)
    if not acts:
        record_work(deal, Tool.APPROVAL, actor)
    return row


def _set(row: Approval, deal: Deal, name: str, value: Any) -> bool:
    """Whether it differs from what was there."""
    was = getattr(row, name) if name in EDITABLE else None
    if name in PEOPLE:
        value = value if value == was else _checked_person(deal, name, value)
    elif name in CHECKS:
        value = CHECKS[name](name, value)
    else:
        raise InvalidInput.of(name, _("This field cannot be changed here."), "read_only")
    setattr(row, name, value)
    return bool(value != was)


def _checked_person(deal: Deal, name: str, contact: Contact | None) -> Contact | None:
    if contact is not None and not participants_for(deal).filter(pk=contact.pk).exists():
        raise InvalidInput.of(name, _("Choose somebody of the deal or of its company."), "invalid_choice")
    return contact


def _check_days(row: Approval, changed: set[str]) -> None:
    if (row.absent_from is None) != (row.absent_to is None):
        missing = "absent_from" if row.absent_from is None else "absent_to"
        raise InvalidInput.of(missing, _("Give the first and the last day of the travel."), "required")
    if row.absent_from and row.absent_to and row.absent_from > row.absent_to:
        raise InvalidInput.of("absent_to", _("This is before the first day."), "invalid")
    today = clock.local_date(clock.now(), current_zone())
    if "submitted_on" in changed and row.submitted_on and row.submitted_on > today:
        raise InvalidInput.of("submitted_on", _("This day is still to come."), "out_of_range")
    both = row.begun_on and row.submitted_on
    if both and row.begun_on > row.submitted_on:  # type: ignore[operator]
        raise InvalidInput.of("submitted_on", _("This is before the drafting began."), "invalid")


def checked_days(name: str, value: int) -> int:
    if value is None or not 0 <= value <= MAX_DAYS:
        detail = _("Enter working days from 0 to %(max)s.") % {"max": MAX_DAYS}
        raise InvalidInput.of(name, detail, "out_of_range")
    return value


def checked_choice(values: list[str]) -> Callable[[str, str], str]:
    def checked(name: str, value: str) -> str:
        if value and value not in values:
            raise InvalidInput.of(name, _("Choose one of what is offered."), "invalid_choice")
        return value or ""

    return checked


def _checked_day(name: str, value: date | None) -> date | None:
    return checked_date(value, name)


CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "way": checked_choice(Way.values),
    "passed_before": checked_choice(PassedBefore.values),
    "drafting_days": checked_days,
    "signing_days": checked_days,
    "begun_on": _checked_day,
    "submitted_on": _checked_day,
    "absent_from": _checked_day,
    "absent_to": _checked_day,
}
EDITABLE = (*PEOPLE, *CHECKS)
