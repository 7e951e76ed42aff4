"""What may be chosen in a field: added, renamed, ordered, archived, restored."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import uuid7
from fields.models import CustomField, FieldChoice
from fields.models.field import CHOOSING
from fields.services.checks import checked_line, claimed_name, locked_field
from tenancy.permissions import Actor, Permission
from tenancy.services.audit import record

MOST = 200


def add_choices(field: CustomField, names: Sequence[str]) -> None:
    """The first choices of a new field, each name once."""
    lines = dict.fromkeys(checked_line(name, "choices", 120) for name in names if name.strip())
    if not lines:
        raise InvalidInput.of(
            "choices", _("Write at least one choice, each on a line of its own."), "required"
        )
    if len(lines) > MOST:
        raise InvalidInput.of("choices", _("There can be %(most)s choices at most.") % {"most": MOST})
    folded = {line.lower() for line in lines}
    if len(folded) < len(lines):
        raise InvalidInput.of("choices", _("Two choices have the same name."), "unique")
    FieldChoice.objects.bulk_create(
        FieldChoice(id=uuid7(), field=field, name=line, position=place) for place, line in enumerate(lines, 1)
    )


@transaction.atomic
def add_choice(*, field_id: uuid.UUID, name: str, actor: Actor) -> FieldChoice:
    """Raises InvalidInput, NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    field = locked_field(field_id)
    if field.kind not in CHOOSING:
        raise NotFound
    if _in_use(field).count() >= MOST:
        raise InvalidInput.of("choice", _("There can be %(most)s choices at most.") % {"most": MOST})
    last = FieldChoice.objects.filter(field=field).aggregate(last=Max("position"))["last"] or 0
    choice = FieldChoice(id=uuid7(), field=field, name=checked_line(name, "choice", 120), position=last + 1)
    with claimed_name(choice.name, _in_use(field), field="choice"):
        choice.save(force_insert=True)
    _record(actor, "field_choice.added", choice)
    return choice


@transaction.atomic
def rename_choice(*, choice_id: uuid.UUID, name: str, actor: Actor) -> FieldChoice:
    """Records that have it show the new name too. Raises InvalidInput, NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    choice = _held(choice_id)
    was, choice.name = choice.name, checked_line(name, "choice", 120)
    if choice.name != was:
        with claimed_name(choice.name, _in_use(choice.field).exclude(pk=choice.pk), field="choice"):
            choice.save(update_fields=["name"])
        _record(actor, "field_choice.changed", choice, field="name", **{"from": was, "to": choice.name})
    return choice


@transaction.atomic
def archive_choice(*, choice_id: uuid.UUID, actor: Actor) -> FieldChoice:
    """Offer it no longer; what has it keeps it. Raises Conflict for the last one; NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    choice = _held(choice_id)
    if _in_use(choice.field).count() == 1:
        raise Conflict(_("Nothing could be chosen any more: keep at least one choice."))
    choice.archived_at = clock.now()
    choice.save(update_fields=["archived_at"])
    _record(actor, "field_choice.removed", choice)
    return choice


@transaction.atomic
def restore_choice(*, choice_id: uuid.UUID, actor: Actor) -> FieldChoice:
    actor.require(Permission.DESIGN_PIPELINES)
    choice = _held(choice_id, archived=True)
    with claimed_name(choice.name, _in_use(choice.field), field="choice"):
        choice.archived_at = None
        choice.save(update_fields=["archived_at"])
    _record(actor, "field_choice.restored", choice)
    return choice


@transaction.atomic
def step_choice(*, choice_id: uuid.UUID, up: bool, actor: Actor) -> FieldChoice:
    """One place up or down; at an end it stays."""
    actor.require(Permission.DESIGN_PIPELINES)
    choice = _held(choice_id)
    ordered = list(_in_use(choice.field).order_by("position", "id"))
    at = next(place for place, each in enumerate(ordered) if each.pk == choice.pk)
    other = at - 1 if up else at + 1
    if 0 <= other < len(ordered):
        ordered[at], ordered[other] = ordered[other], ordered[at]
        for place, each in enumerate(ordered, 1):
            if each.position != place:
                each.position = place
                each.save(update_fields=["position"])
    return choice


def _in_use(field: CustomField) -> Any:
    return FieldChoice.objects.filter(field=field, archived_at=None)


def _held(choice_id: uuid.UUID, *, archived: bool = False) -> FieldChoice:
    """The choice, with its field held: two who let neighbours change places meet there. Raises NotFound."""
    rows = FieldChoice.objects.filter(pk=choice_id, archived_at__isnull=not archived)
    field_id = rows.values_list("field_id", flat=True).first()
    if field_id is None:
        raise NotFound
    field = locked_field(field_id)
    choice = rows.first()
    if choice is None:
        raise NotFound
    choice.field = field
    return choice


def _record(actor: Actor, action: str, choice: FieldChoice, **detail: Any) -> None:
    record(
        actor=actor,
        action=action,
        target_id=choice.field_id,
        detail={"name": choice.name, "of": choice.field.name, **detail},
    )
