"""Write down where a person on the deal stands."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import InvalidInput, NotFound, StaleVersion
from deals.models import DealContact
from deals.services.placing import lock_deal
from strategy.models import DecisionRole, Sign, Stakeholder, Stance, Tool
from strategy.models.stakeholder import HIGHEST
from strategy.services.record import record_work
from tenancy.permissions import Actor, Permission


@transaction.atomic
def place_stakeholder(
    *,
    deal_id: uuid.UUID,
    contact_id: uuid.UUID,
    changes: Mapping[str, Any],
    actor: Actor,
    expected_version: int | None = None,
) -> Stakeholder:
    """Set what `changes` names: rank, influence, stance, roles, signs. Rank and influence come or go together.

    `expected_version`: 0 where the caller saw nothing there yet; None: not checked. Raises StaleVersion with the row as it
    is, InvalidInput, NotAllowed, NotFound (somebody who is not on the deal too).
    """
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    if not DealContact.objects.filter(deal=deal, contact=contact_id, contact__deleted_at=None).exists():
        raise NotFound
    row = Stakeholder.objects.filter(deal=deal, contact=contact_id).first() or Stakeholder(
        deal=deal, contact_id=contact_id, version=0
    )
    if expected_version is not None and expected_version != row.version:
        raise StaleVersion(current=row)
    changed = _apply(row, changes)
    if not changed:
        return row
    row.by, row.at = actor.member, clock.now()
    row.version += 1
    row.save()
    record_work(deal, Tool.STAKEHOLDERS, actor)
    return row


def _apply(row: Stakeholder, changes: Mapping[str, Any]) -> bool:
    """Whether anything differs now. Raises InvalidInput."""
    changed = False
    for name, value in changes.items():
        if name not in CHECKS:
            raise InvalidInput.of(name, _("This field cannot be changed here."), "read_only")
        checked = CHECKS[name](name, value)
        changed |= checked != getattr(row, name)
        setattr(row, name, checked)
    if (row.rank is None) != (row.influence is None):
        missing = "rank" if row.rank is None else "influence"
        raise InvalidInput.of(missing, _("Give both rank and influence, or leave both empty."), "required")
    return changed


def _checked_degree(name: str, value: int | None) -> int | None:
    if value is not None and not 0 <= value <= HIGHEST:
        raise InvalidInput.of(name, _("Enter a number from 0 to 100."), "out_of_range")
    return value


def _checked_stance(name: str, value: str) -> str:
    if value not in Stance.values:
        raise InvalidInput.of(name, _("Choose one of what is offered."), "invalid_choice")
    return value


def _several_of(choices: type[models.TextChoices]) -> Callable[[str, Any], list[str]]:
    def checked(name: str, values: Any) -> list[str]:
        """In the order in which they are offered, each once."""
        if unknown := set(values) - set(choices.values):
            raise InvalidInput.of(
                name, _("“%(value)s” is not offered here.") % {"value": min(unknown)}, "invalid_choice"
            )
        return [each for each in choices.values if each in values]

    return checked


CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "rank": _checked_degree,
    "influence": _checked_degree,
    "stance": _checked_stance,
    "roles": _several_of(DecisionRole),
    "signs": _several_of(Sign),
}
