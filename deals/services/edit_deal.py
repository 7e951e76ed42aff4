"""Change what a person may change of a deal, but its stage and outcome."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import FieldError, InvalidInput
from core.money import plain
from deals.models import Deal, EventKind
from deals.models.deal import RevenueType
from deals.services.checks import check_version, checked_amount, checked_currency, checked_date, checked_name
from deals.services.events import record_event
from deals.services.placing import lock_deal
from tenancy.permissions import Actor, Permission

EDITABLE = (
    "name",
    "company",
    "owner",
    "amount",
    "currency",
    "revenue_type",
    "expected_close_date",
    "source",
    "snoozed_until",
)
# Texts stay out of the event log, so that erasing a person's data is possible.
UNLOGGED = {"name", "source"}


@transaction.atomic
def edit_deal(
    *, deal_id: uuid.UUID, changes: Mapping[str, Any], actor: Actor, expected_version: int | None = None
) -> Deal:
    """Set the fields of `changes` (names of EDITABLE). A change of nothing writes nothing.

    Raises StaleVersion, InvalidInput with the field, NotAllowed, NotFound.
    """
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    check_version(deal, expected_version)
    changed: dict[str, dict[str, Any]] = {}
    for field, value in changes.items():
        new = checked_value(field, value)
        old = getattr(deal, field)
        if new != old:
            changed[field] = {} if field in UNLOGGED else {"from": loggable(old), "to": loggable(new)}
            setattr(deal, field, new)
    if not changed:
        return deal
    deal.version += 1
    deal.save(update_fields=[*changed, "version"])
    record_event(deal=deal, kind=EventKind.EDITED, actor=actor, data={"fields": changed})
    return deal


def checked_value(field: str, value: Any) -> Any:
    if field not in EDITABLE:
        raise InvalidInput.of(field, _("This field cannot be changed here."), "read_only")
    if field == "name":
        return checked_name(value)
    if field == "amount":
        return checked_amount(value)
    if field == "currency":
        return checked_currency(value)
    if field in ("expected_close_date", "snoozed_until"):
        return checked_date(value, field)
    if field == "revenue_type" and value not in RevenueType.values:
        raise InvalidInput.of(field, _("Choose one-off or per year."), "invalid_choice")
    if field == "source":
        return str(value or "").strip()[:120]
    return value


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
    """Undo of `delete_deal`: the deal is back in its stage, on top of the column."""
    from core.errors import NotFound
    from deals.services.close_deal import save_on_top

    actor.require(Permission.EDIT_DEALS)
    deal = Deal.objects.select_for_update(of=("self",)).select_related("stage").filter(pk=deal_id).first()
    if deal is None or deal.deleted_at is None:
        raise NotFound
    deal.version += 1
    if deal.is_open:
        save_on_top(deal)
    deal.deleted_at = None
    deal.save(update_fields=["deleted_at", "version"])
    record_event(deal=deal, kind=EventKind.RESTORED, actor=actor)
    return deal


def field_errors(problem: InvalidInput) -> dict[str, str]:
    """Field → what to do, for forms."""
    errors: tuple[FieldError, ...] = problem.errors
    return {error.field: str(error.detail) for error in errors}
