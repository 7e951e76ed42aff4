"""Write a deal's value case: its goal, and lines in four boxes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock, ranks
from core.errors import InvalidInput, NotFound, StaleVersion
from deals.models import Deal
from deals.services.checks import check_amount_unit, checked_amount, checked_text
from deals.services.placing import lock_deal
from strategy.models import Box, Period, Tool, ValueEntry, ValueGoal
from strategy.services.record import record_work
from tenancy.permissions import Actor, Permission

MAX_LINES = 40
MAX_TEXT = 300
FIGURE = ("amount", "period", "measure", "source")


@transaction.atomic
def set_goal(
    *, deal_id: uuid.UUID, text: str, actor: Actor, expected_version: int | None = None
) -> ValueGoal:
    """Say what the buyer wants to reach; "" takes it away. `expected_version`: 0 where nothing was seen yet.

    Raises StaleVersion with the goal as it is, InvalidInput, NotAllowed, NotFound.
    """
    deal = _held(deal_id, actor)
    goal = ValueGoal.objects.filter(deal=deal).first() or ValueGoal(deal=deal, version=0)
    if expected_version is not None and expected_version != goal.version:
        raise StaleVersion(current=goal)
    text = _one_line(text)
    if goal.text == text:
        return goal
    goal.text = text
    _save(goal, deal, actor)
    return goal


@transaction.atomic
def add_line(
    *,
    deal_id: uuid.UUID,
    box: str,
    text: str,
    actor: Actor,
    after: uuid.UUID | None = None,
    entry_id: uuid.UUID | None = None,
) -> ValueEntry:
    """A new line below `after`, or at the end of the box.

    `entry_id`: chosen by the page that has drawn the line already, so that a line sent twice is made once.
    Raises InvalidInput, NotAllowed, NotFound.
    """
    deal = _held(deal_id, actor)
    box = _checked_box(box)
    text = _one_line(text)
    if not text:
        raise InvalidInput.of("text", _("Write something in the line."), "required")
    if entry_id is not None and (there := ValueEntry.objects.filter(pk=entry_id).first()):
        if there.deal_id != deal.pk:
            raise NotFound
        return there
    _check_room(deal, box)
    entry = ValueEntry(deal=deal, box=box, text=text, rank=_rank(deal, box, after), version=0)
    entry.pk = entry_id or entry.pk
    _save(entry, deal, actor)
    return entry


@transaction.atomic
def edit_line(
    *,
    deal_id: uuid.UUID,
    entry_id: uuid.UUID,
    changes: Mapping[str, Any],
    actor: Actor,
    expected_version: int | None = None,
) -> ValueEntry:
    """Change the text, or the figure of a benefit (`amount`, `period`, `measure`, `source`).

    Raises StaleVersion with the line as it is, InvalidInput, NotAllowed, NotFound.
    """
    deal = _held(deal_id, actor)
    entry = _line(deal, entry_id)
    if expected_version is not None and expected_version != entry.version:
        raise StaleVersion(current=entry)
    values = _checked(changes, deal)
    if all(getattr(entry, name) == value for name, value in values.items()):
        return entry
    for name, value in values.items():
        setattr(entry, name, value)
    _save(entry, deal, actor)
    return entry


@transaction.atomic
def move_line(
    *, deal_id: uuid.UUID, entry_id: uuid.UUID, box: str, actor: Actor, after: uuid.UUID | None = None
) -> ValueEntry:
    """Put a line below `after` in the box (None: on top). Its links count as long as the other end is a neighbour.

    Raises InvalidInput, NotAllowed, NotFound.
    """
    deal = _held(deal_id, actor)
    entry = _line(deal, entry_id)
    box = _checked_box(box)
    if box != entry.box:
        _check_room(deal, box)
    entry.rank = _rank(deal, box, after, moving=entry, on_top=after is None)
    entry.box = box
    _save(entry, deal, actor)
    return entry


@transaction.atomic
def remove_line(*, deal_id: uuid.UUID, entry_id: uuid.UUID, actor: Actor) -> ValueEntry:
    """Take a line away, with its links; `restore_line` brings both back. Removed already: nothing happens."""
    deal = _held(deal_id, actor)
    entry = _any_line(deal, entry_id)
    if entry.removed_at is None:
        entry.removed_at = clock.now()
        _save(entry, deal, actor)
    return entry


@transaction.atomic
def restore_line(*, deal_id: uuid.UUID, entry_id: uuid.UUID, actor: Actor) -> ValueEntry:
    """Bring a removed line back to its place. Raises InvalidInput where its box has filled up meanwhile."""
    deal = _held(deal_id, actor)
    entry = _any_line(deal, entry_id)
    if entry.removed_at is not None:
        _check_room(deal, entry.box)
        entry.removed_at = None
        _save(entry, deal, actor)
    return entry


def _held(deal_id: uuid.UUID, actor: Actor) -> Deal:
    actor.require(Permission.EDIT_DEALS)
    return lock_deal(deal_id, actor=actor)


def _save(row: ValueGoal | ValueEntry, deal: Deal, actor: Actor) -> None:
    row.by, row.at = actor.member, clock.now()
    row.version += 1
    # A new row is inserted even under an id that a page has chosen: never an update of what cannot be seen.
    row.save(force_insert=row._state.adding)
    record_work(deal, Tool.VALUE_CASE, actor)


def _any_line(deal: Deal, entry_id: uuid.UUID) -> ValueEntry:
    found = ValueEntry.objects.filter(deal=deal, pk=entry_id).first()
    if found is None:
        raise NotFound
    return found


def _line(deal: Deal, entry_id: uuid.UUID) -> ValueEntry:
    entry = _any_line(deal, entry_id)
    if entry.removed_at is not None:
        raise InvalidInput.of("entry", _("This line was removed. Bring it back first."), "removed")
    return entry


def _one_line(text: str) -> str:
    return " ".join(checked_text(text, "text", MAX_TEXT).split())


def _checked_box(box: str) -> str:
    if box not in Box.values:
        raise InvalidInput.of("box", _("There is no such box."), "invalid_choice")
    return box


def _check_room(deal: Deal, box: str) -> None:
    if ValueEntry.objects.filter(deal=deal, box=box, removed_at=None).count() >= MAX_LINES:
        detail = _("At most %(max)s lines fit in a box. Remove one, or bring two together.")
        raise InvalidInput.of("box", detail % {"max": MAX_LINES}, "too_many")


def _checked(changes: Mapping[str, Any], deal: Deal) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if name == "text":
            values[name] = _one_line(value)
            if not values[name]:
                raise InvalidInput.of("text", _("Write something in the line."), "required")
        elif name == "amount":
            values[name] = checked_amount(value)
            check_amount_unit(value, deal.currency)
        elif name == "period":
            if value not in Period.values:
                raise InvalidInput.of("period", _("Choose a year or once."), "invalid_choice")
            values[name] = value
        else:
            values[name] = checked_text(value, name, 120 if name == "measure" else 200)
    return values


def _rank(
    deal: Deal,
    box: str,
    after: uuid.UUID | None,
    *,
    moving: ValueEntry | None = None,
    on_top: bool = False,
) -> str:
    """Removed lines keep their places, so they are stepped around like the others."""
    others = ValueEntry.objects.filter(deal=deal, box=box)
    if moving is not None:
        others = others.exclude(pk=moving.pk)
    if on_top:
        return ranks.between(None, others.order_by("rank").values_list("rank", flat=True).first())
    low = others.filter(pk=after).values_list("rank", flat=True).first() if after else None
    if low is None:
        return ranks.between(others.order_by("-rank").values_list("rank", flat=True).first(), None)
    return ranks.between(
        low, others.filter(rank__gt=low).order_by("rank").values_list("rank", flat=True).first()
    )
