"""Exchange rates: entered, corrected, taken away."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import InvalidInput, NotFound
from core.money import CURRENCY_DIGITS, plain
from tenancy.models import ExchangeRate
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_workspace, current_zone
from tenancy.services.audit import record

EARLIEST = date(1990, 1, 1)
SMALLEST, LARGEST = Decimal("0.0000000001"), Decimal(1_000_000_000)


@transaction.atomic
def set_rate(*, currency: str, rate: Decimal, valid_on: date, actor: Actor) -> ExchangeRate:
    """From `valid_on` on, one unit of `currency` is `rate` units of the workspace's. One given for that day is corrected.

    Raises InvalidInput with the field, NotAllowed.
    """
    actor.require(Permission.MANAGE_WORKSPACE)
    base = current_workspace().currency
    if currency not in CURRENCY_DIGITS or currency == base:
        detail = _("Choose another currency than the workspace's own.")
        raise InvalidInput.of("currency", detail, "invalid_choice")
    rate = checked_rate(rate)
    check_day(valid_on)
    was = ExchangeRate.objects.filter(base=base, currency=currency, valid_on=valid_on).first()
    found, _made = ExchangeRate.objects.update_or_create(
        base=base,
        currency=currency,
        valid_on=valid_on,
        defaults={"rate": rate, "entered_by": actor.member, "entered_at": clock.now()},
    )
    detail_of_change = {
        "name": currency,
        "day": valid_on.isoformat(),
        "from": plain(was.rate) if was else None,
        "to": plain(rate),
    }
    record(actor=actor, action="rate.set", target_id=found.pk, detail=detail_of_change)
    return found


def checked_rate(rate: Decimal) -> Decimal:
    if not rate.is_finite() or not SMALLEST <= rate <= LARGEST:
        raise InvalidInput.of("rate", _("Enter a rate above zero."), "out_of_range")
    if rate != rate.quantize(SMALLEST):
        raise InvalidInput.of("rate", _("A rate has ten digits after the point at most."), "max_digits")
    return rate


def check_day(day: date) -> None:
    if not EARLIEST <= day <= clock.local_date(clock.now(), current_zone()) + timedelta(days=1):
        detail = _("Enter a day between 1990 and today: a rate to come is not known yet.")
        raise InvalidInput.of("valid_on", detail, "out_of_range")


@transaction.atomic
def remove_rate(*, rate_id: uuid.UUID, actor: Actor) -> ExchangeRate:
    """Take it away; the one before holds again. `set_rate` brings it back. Raises NotFound, NotAllowed."""
    actor.require(Permission.MANAGE_WORKSPACE)
    found = ExchangeRate.objects.select_for_update(no_key=True).filter(pk=rate_id).first()
    if found is None:
        raise NotFound
    detail = {
        "name": found.currency,
        "day": found.valid_on.isoformat(),
        "from": plain(found.rate),
        "to": None,
    }
    record(actor=actor, action="rate.removed", target_id=found.pk, detail=detail)
    ExchangeRate.objects.filter(pk=rate_id).delete()
    return found
