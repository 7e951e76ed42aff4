"""Write down what is known of a deal's budget, authority, need and timeframe."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import InvalidInput, StaleVersion
from deals.services.checks import check_amount_unit, checked_amount, checked_date, checked_text
from deals.services.placing import lock_deal
from strategy.models import BantAnswer, Certainty, Part, Tool
from strategy.services.record import record_work
from tenancy.permissions import Actor, Permission


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody says of a part. `amount` in the deal's currency, of the budget alone; `day` of the timeframe alone."""

    certainty: str
    text: str = ""
    source: str = ""
    amount: Decimal | None = None
    day: date | None = None


@transaction.atomic
def answer_bant(
    *, deal_id: uuid.UUID, part: str, known: Known, actor: Actor, expected_version: int | None = None
) -> BantAnswer:
    """Put `known` in place of what stood there. `expected_version`: 0 where the caller saw nothing there yet; None: not
    checked.

    Raises StaleVersion with the answer as it is, InvalidInput, NotAllowed, NotFound.
    """
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    if part not in Part.values:
        raise InvalidInput.of("part", _("There is no such part."), "invalid_choice")
    answer = BantAnswer.objects.filter(deal=deal, part=part).first() or BantAnswer(
        deal=deal, part=part, version=0
    )
    if expected_version is not None and expected_version != answer.version:
        raise StaleVersion(current=answer)
    values = checked(known, part)
    check_amount_unit(values["amount"], deal.currency)
    if all(getattr(answer, name) == value for name, value in values.items()) and answer.version:
        return answer
    for name, value in values.items():
        setattr(answer, name, value)
    answer.by, answer.at = actor.member, clock.now()
    answer.version += 1
    answer.save()
    record_work(deal, Tool.BANT, actor)
    return answer


def checked(known: Known, part: str) -> dict[str, Any]:
    if known.certainty not in Certainty.values:
        raise InvalidInput.of("certainty", _("Choose unknown, assumed or confirmed."), "invalid_choice")
    if known.amount is not None and part != Part.BUDGET:
        raise InvalidInput.of("amount", _("Only the budget has an amount."), "invalid")
    if known.day is not None and part != Part.TIMEFRAME:
        raise InvalidInput.of("day", _("Only the timeframe has a day."), "invalid")
    values = {
        "certainty": known.certainty,
        "text": checked_text(known.text, "text", 1000),
        "source": checked_text(known.source, "source", 200),
        "amount": checked_amount(known.amount),
        "day": checked_date(known.day, "day"),
    }
    says_nothing = not (values["text"] or values["amount"] is not None or values["day"])
    if known.certainty == Certainty.CONFIRMED and says_nothing:
        raise InvalidInput.of("text", _("Write down what was confirmed."), "required")
    return values
