"""Change what a person may change of a deal, but its stage and outcome."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import FieldError, InvalidInput, NotFound
from core.money import plain
from deals.models import Deal, DealFieldValue, EventKind
from deals.models.deal import RevenueType
from deals.services.checks import (
    check_amount_unit,
    check_version,
    checked_amount,
    checked_company,
    checked_currency,
    checked_date,
    checked_name,
    checked_owner,
    checked_text,
)
from deals.services.close_deal import check_stage_in_use, save_on_top
from deals.services.events import record_event
from deals.services.placing import lock_deal
from fields.models import Subject
from fields.selectors.definitions import is_custom
from fields.selectors.values import as_json, is_written
from fields.services import values as custom_values
from tenancy.permissions import Actor, Permission

# Texts stay out of the event log, so that erasing a person's data is possible.
UNLOGGED = {"name", "source"}


@transaction.atomic
def edit_deal(
    *, deal_id: uuid.UUID, changes: Mapping[str, Any], actor: Actor, expected_version: int | None = None
) -> Deal:
    """Set the fields of `changes` (names of EDITABLE, and added ones: "cf_…"). A change of nothing writes nothing.

    Raises StaleVersion, InvalidInput with the field, NotAllowed, NotFound.
    """
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    check_version(deal, expected_version)
    changed: dict[str, dict[str, Any]] = {}
    for field, value in changes.items():
        if is_custom(field):
            continue
        old = getattr(deal, field) if field in EDITABLE else None
        # What stays as it is passes: a past owner, a company since deleted.
        new = value if field in EDITABLE and value == old else checked_value(field, value)
        if new != old:
            changed[field] = {} if field in UNLOGGED else {"from": loggable(old), "to": loggable(new)}
            setattr(deal, field, new)
    columns = list(changed)
    changed |= apply_custom(deal, changes)
    if not changed:
        return deal
    if changed.keys() & {"amount", "currency"}:
        check_amount_unit(deal.amount, deal.currency, "amount" if "amount" in changed else "currency")
    deal.version += 1
    deal.save(update_fields=[*columns, "version"])
    record_event(deal=deal, kind=EventKind.EDITED, actor=actor, data={"fields": changed})
    return deal


def apply_custom(deal: Deal, changes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Write the added fields of `changes`; what the event says of those that differ."""
    written = custom_values.apply(DealFieldValue, "deal", deal, Subject.DEAL, changes)
    return {
        field.column: {} if is_written(field.kind) else {"from": as_json(was), "to": as_json(now)}
        for field, (was, now) in written.items()
    }


def checked_value(field: str, value: Any) -> Any:
    """`value` as it may be stored in one of EDITABLE. Raises InvalidInput."""
    check = CHECKS.get(field)
    if check is None:
        raise InvalidInput.of(field, _("This field cannot be changed here."), "read_only")
    return check(value)


def checked_revenue_type(value: str) -> str:
    if value not in RevenueType.values:
        raise InvalidInput.of("revenue_type", _("Choose one-off or per year."), "invalid_choice")
    return value


CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": checked_name,
    "company": checked_company,
    "owner": checked_owner,
    "amount": checked_amount,
    "currency": checked_currency,
    "revenue_type": checked_revenue_type,
    "expected_close_date": partial(checked_date, field="expected_close_date"),
    "source": partial(checked_text, field="source", limit=120),
    "snoozed_until": partial(checked_date, field="snoozed_until"),
}
EDITABLE = tuple(CHECKS)


def loggable(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, models.Model):
        return str(value.pk)
    return value.isoformat() if isinstance(value, date) else value


@transaction.atomic
def delete_deal(*, deal_id: uuid.UUID, actor: Actor, expected_version: int | None = None) -> Deal:
    """Take the deal out of sight; `restore_deal` brings it back whole."""
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    check_version(deal, expected_version)
    deal.deleted_at = clock.now()
    deal.version += 1
    deal.save(update_fields=["deleted_at", "version"])
    record_event(deal=deal, kind=EventKind.DELETED, actor=actor)
    return deal


@transaction.atomic
def restore_deal(*, deal_id: uuid.UUID, actor: Actor) -> Deal:
    """Undo of `delete_deal`: the deal is back in its stage, on top of the column.

    Raises NotFound unless it is deleted, Unprocessable when its stage was retired.
    """
    actor.require(Permission.EDIT_DEALS)
    gone = Deal.objects.exclude(deleted_at=None).select_related("stage")
    deal = gone.select_for_update(of=("self",), no_key=True).filter(pk=deal_id).first()
    if deal is None:
        raise NotFound
    deal.version += 1
    deal.deleted_at = None
    if deal.is_open:
        check_stage_in_use(deal)
        save_on_top(deal)
    else:
        deal.save(update_fields=["deleted_at", "version"])
    record_event(deal=deal, kind=EventKind.RESTORED, actor=actor)
    return deal


def field_errors(problem: InvalidInput) -> dict[str, str]:
    """Field → what to do, for forms."""
    errors: tuple[FieldError, ...] = problem.errors
    return {error.field: str(error.detail) for error in errors}
