"""Write a deal's comparison: with whom, by which criteria of the buyer, and who is stronger in their eyes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.utils.translation import gettext as _

from contacts.keys import PlainKey
from core import clock
from core.errors import InvalidInput, NotFound, StaleVersion
from deals.models import Deal, DealContact
from deals.services.checks import checked_text
from deals.services.placing import lock_deal
from strategy.models import BuyerCriterion, Competitor, CriterionRating, Matters, Rival, Standing, Tool
from strategy.services.record import record_work
from tenancy.permissions import Actor, Permission

MAX_RIVALS = 8
MAX_CRITERIA = 40


@transaction.atomic
def add_rival(*, deal_id: uuid.UUID, name: str, actor: Actor) -> Rival:
    """Put a competitor on the deal; a new name goes on the workspace's list. One that was taken off comes back as it was.

    Raises InvalidInput, NotAllowed, NotFound.
    """
    deal = _held(deal_id, actor)
    name = " ".join(checked_text(name, "name", 80).split())
    if not name:
        raise InvalidInput.of("name", _("Write the competitor's name."), "required")
    competitor = _competitor(name)
    rival = Rival.objects.filter(deal=deal, competitor=competitor).first()
    if rival is not None and rival.removed_at is None:
        return rival
    _check_room(Rival.objects.filter(deal=deal, removed_at=None).count(), MAX_RIVALS)
    rival = rival or Rival(deal=deal, competitor=competitor)
    rival.removed_at = None
    rival.save()
    record_work(deal, Tool.COMPARISON, actor)
    return rival


@transaction.atomic
def remove_rival(*, deal_id: uuid.UUID, rival_id: uuid.UUID, actor: Actor) -> Rival:
    """Take a competitor off the deal; its ratings wait for `restore_rival`."""
    return _set_rival(deal_id, rival_id, actor, removed=True)


@transaction.atomic
def restore_rival(*, deal_id: uuid.UUID, rival_id: uuid.UUID, actor: Actor) -> Rival:
    return _set_rival(deal_id, rival_id, actor, removed=False)


def _set_rival(deal_id: uuid.UUID, rival_id: uuid.UUID, actor: Actor, *, removed: bool) -> Rival:
    deal = _held(deal_id, actor)
    rival = Rival.objects.filter(deal=deal, pk=rival_id).select_related("competitor").first()
    if rival is None:
        raise NotFound
    if (rival.removed_at is not None) != removed:
        if not removed:
            _check_room(Rival.objects.filter(deal=deal, removed_at=None).count(), MAX_RIVALS)
        rival.removed_at = clock.now() if removed else None
        rival.save()
        record_work(deal, Tool.COMPARISON, actor)
    return rival


@transaction.atomic
def add_criterion(*, deal_id: uuid.UUID, text: str, actor: Actor, **more: Any) -> BuyerCriterion:
    """Write down by what the buyer chooses. `more`: `contact_id`, `role`, `matters`."""
    deal = _held(deal_id, actor)
    _check_room(BuyerCriterion.objects.filter(deal=deal, removed_at=None).count(), MAX_CRITERIA)
    criterion = BuyerCriterion(deal=deal, version=0)
    for name, value in _checked({"text": text, **more}, deal).items():
        setattr(criterion, name, value)
    _save(criterion, deal, actor)
    return criterion


@transaction.atomic
def edit_criterion(
    *,
    deal_id: uuid.UUID,
    criterion_id: uuid.UUID,
    changes: Mapping[str, Any],
    actor: Actor,
    standings: Mapping[uuid.UUID, int | None] | None = None,
    expected_version: int | None = None,
) -> BuyerCriterion:
    """Change the text, whose it is (`contact_id` or `role`), how much it `matters`, and who is stronger.

    `standings`: rival → Standing, or None for not known yet; rivals left out stay.
    Raises StaleVersion with the criterion as it is, InvalidInput, NotAllowed, NotFound.
    """
    deal = _held(deal_id, actor)
    criterion = _criterion(deal, criterion_id)
    if criterion.removed_at is not None:
        raise InvalidInput.of("criterion", _("This criterion was removed. Bring it back first."), "removed")
    if expected_version is not None and expected_version != criterion.version:
        raise StaleVersion(current=criterion)
    values = _checked(changes, deal)
    differs = any(getattr(criterion, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(criterion, name, value)
    rated = [_rate(criterion, rival, standing) for rival, standing in (standings or {}).items()]
    if differs or any(rated):
        _save(criterion, deal, actor)
    return criterion


@transaction.atomic
def remove_criterion(*, deal_id: uuid.UUID, criterion_id: uuid.UUID, actor: Actor) -> BuyerCriterion:
    deal = _held(deal_id, actor)
    criterion = _criterion(deal, criterion_id)
    if criterion.removed_at is None:
        criterion.removed_at = clock.now()
        _save(criterion, deal, actor)
    return criterion


@transaction.atomic
def restore_criterion(*, deal_id: uuid.UUID, criterion_id: uuid.UUID, actor: Actor) -> BuyerCriterion:
    deal = _held(deal_id, actor)
    criterion = _criterion(deal, criterion_id)
    if criterion.removed_at is not None:
        _check_room(BuyerCriterion.objects.filter(deal=deal, removed_at=None).count(), MAX_CRITERIA)
        criterion.removed_at = None
        _save(criterion, deal, actor)
    return criterion


def _held(deal_id: uuid.UUID, actor: Actor) -> Deal:
    actor.require(Permission.EDIT_DEALS)
    return lock_deal(deal_id, actor=actor)


def _competitor(name: str) -> Competitor:
    """Of the workspace's list, by the key that folds case, blanks and width. Two who write a new name at once get one."""
    found = Competitor.objects.filter(name_key=PlainKey(Value(name))).first()
    if found is None:
        Competitor.objects.bulk_create([Competitor(name=name)], ignore_conflicts=True)
        found = Competitor.objects.get(name_key=PlainKey(Value(name)))
    return found


def _criterion(deal: Deal, criterion_id: uuid.UUID) -> BuyerCriterion:
    found = BuyerCriterion.objects.filter(deal=deal, pk=criterion_id).first()
    if found is None:
        raise NotFound
    return found


def _save(criterion: BuyerCriterion, deal: Deal, actor: Actor) -> None:
    criterion.by, criterion.at = actor.member, clock.now()
    criterion.version += 1
    criterion.save()
    record_work(deal, Tool.COMPARISON, actor)


def _check_room(count: int, limit: int) -> None:
    if count >= limit:
        raise InvalidInput.of(
            "text", _("At most %(max)s fit here. Remove one first.") % {"max": limit}, "too_many"
        )


def _rate(criterion: BuyerCriterion, rival_id: uuid.UUID, standing: int | None) -> bool:
    """Whether anything differs now."""
    if standing is not None and standing not in Standing.values:
        raise InvalidInput.of("standing", _("Choose who is stronger, from −2 to 2."), "invalid_choice")
    rival = Rival.objects.filter(deal=criterion.deal_id, pk=rival_id, removed_at=None).first()
    if rival is None:
        raise InvalidInput.of("rival", _("This competitor is not on the deal."), "invalid_choice")
    rating = CriterionRating.objects.filter(criterion=criterion, rival=rival).first()
    if (rating.standing if rating else None) == standing:
        return False
    if standing is None:
        CriterionRating.objects.filter(criterion=criterion, rival=rival).delete()
    else:
        CriterionRating.objects.update_or_create(
            criterion=criterion,
            rival=rival,
            defaults={"standing": standing, "deal_id": criterion.deal_id},
        )
    return True


def _checked(changes: Mapping[str, Any], deal: Deal) -> dict[str, Any]:
    values = dict(changes)
    if "text" in values:
        values["text"] = " ".join(checked_text(values["text"], "text", 200).split())
        if not values["text"]:
            raise InvalidInput.of("text", _("Write by what the buyer chooses."), "required")
    if "role" in values:
        values["role"] = checked_text(values["role"], "role", 80)
    if values.get("matters") is not None and values["matters"] not in Matters.values:
        raise InvalidInput.of("matters", _("Choose how much it matters, from 0 to 4."), "invalid_choice")
    contact = values.get("contact_id")
    if contact is not None and not DealContact.objects.filter(deal=deal, contact=contact).exists():
        detail = _("This person is not on the deal. Add them to the deal first, or write a role.")
        raise InvalidInput.of("contact_id", detail, "invalid_choice")
    return values
