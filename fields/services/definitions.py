"""Add, change, order, archive and restore the fields of a subject."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, InvalidInput
from core.ids import uuid7
from core.money import CURRENCY_DIGITS
from fields import registry
from fields.models import CustomField, FieldKind, Subject
from fields.models.field import CHOOSING
from fields.services.checks import checked_key, checked_line, claimed_name, locked_field, locked_fields
from fields.services.choices import add_choices
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_workspace
from tenancy.services.audit import record

MOST = 50  # of a subject: more would be read by nobody, and every page of a record shows all of them


@transaction.atomic
def add_field(
    *,
    subject: str,
    name: str,
    kind: str,
    actor: Actor,
    key: str = "",
    help_text: str = "",
    currency: str = "",
    choices: Sequence[str] = (),
) -> CustomField:
    """A field at the end of the list. Raises InvalidInput with the field, NotAllowed."""
    actor.require(Permission.DESIGN_PIPELINES)
    if subject not in Subject.values:
        raise InvalidInput.of("subject", _("Choose one of the values offered."), "invalid_choice")
    if len(locked_fields(subject)) >= MOST:
        raise InvalidInput.of(
            "name", _("There can be %(most)s fields at most. Archive one first.") % {"most": MOST}
        )
    all_of_it = CustomField.objects.filter(subject=subject)
    name = checked_line(name, "name", 80)
    field = CustomField(
        id=uuid7(),
        subject=subject,
        name=name,
        kind=checked_kind(kind),
        key=checked_key(key, name, set(all_of_it.values_list("key", flat=True))),
        help_text=checked_line(help_text, "help_text", 200, needed=False),
        currency=checked_currency(kind, currency),
        position=(all_of_it.aggregate(last=Max("position"))["last"] or 0) + 1,
    )
    with claimed_name(name, all_of_it.filter(archived_at=None)):
        field.save(force_insert=True)
    if kind in CHOOSING:
        add_choices(field, choices)
    _record(actor, "custom_field.added", field, kind=kind)
    return field


@transaction.atomic
def change_field(*, field_id: uuid.UUID, changes: Mapping[str, Any], actor: Actor) -> CustomField:
    """Set `name`, `help_text`, `kind`, `currency`.

    Kind and currency are fixed once a record has a value. Raises InvalidInput, NotAllowed, NotFound.
    """
    actor.require(Permission.DESIGN_PIPELINES)
    field = locked_field(field_id)
    wanted = {
        name: value for name, value in changes.items() if name in ("name", "help_text", "kind", "currency")
    }
    new = {name: wanted.get(name, getattr(field, name)) for name in ("name", "help_text", "kind", "currency")}
    new["name"] = checked_line(new["name"], "name", 80)
    new["help_text"] = checked_line(new["help_text"], "help_text", 200, needed=False)
    checked_kind(new["kind"])
    new["currency"] = checked_currency(new["kind"], new["currency"])
    changed = {
        name: (getattr(field, name), value) for name, value in new.items() if value != getattr(field, name)
    }
    for fixed in ("kind", "currency"):
        if fixed in changed and has_values(field):
            raise InvalidInput.of(fixed, FIXED[fixed](), "fixed")
    for name, (_was, now) in changed.items():
        setattr(field, name, now)
    if changed:
        others = CustomField.objects.filter(subject=field.subject, archived_at=None).exclude(pk=field.pk)
        with claimed_name(field.name, others):
            field.save(update_fields=list(changed))
    for name, (was, now) in changed.items():
        _record(actor, "custom_field.changed", field, field=name, **{"from": was, "to": now})
    return field


FIXED = {
    "kind": lambda: _(
        "The kind is fixed, because there are values of it already. Add another field instead."
    ),
    "currency": lambda: _(
        "The currency is fixed, because there are amounts in it already. Add another field instead."
    ),
}


def has_values(field: CustomField) -> bool:
    return registry.store_of(field.subject)._default_manager.filter(field=field).exists()


@transaction.atomic
def archive_field(*, field_id: uuid.UUID, actor: Actor) -> CustomField:
    """Show it no longer; its values are kept. Raises Conflict while something asks for it; NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    field = locked_field(field_id)
    if said := registry.objections_to_archiving(field):
        raise Conflict(" ".join(said))
    field.archived_at = clock.now()
    field.save(update_fields=["archived_at"])
    _record(actor, "custom_field.archived", field)
    return field


@transaction.atomic
def restore_field(*, field_id: uuid.UUID, actor: Actor) -> CustomField:
    """Show it again, with the values that it had. Raises InvalidInput, NotAllowed, NotFound."""
    actor.require(Permission.DESIGN_PIPELINES)
    field = locked_field(field_id, archived=True)
    if len(locked_fields(field.subject)) >= MOST:
        raise InvalidInput.of(
            "name", _("There can be %(most)s fields at most. Archive one first.") % {"most": MOST}
        )
    with claimed_name(field.name, CustomField.objects.filter(subject=field.subject, archived_at=None)):
        field.archived_at = None
        field.save(update_fields=["archived_at"])
    _record(actor, "custom_field.restored", field)
    return field


@transaction.atomic
def order_fields(*, subject: str, field_ids: Sequence[uuid.UUID], actor: Actor) -> list[CustomField]:
    """Put the fields into this order. Raises InvalidInput when they are not exactly those in use."""
    actor.require(Permission.DESIGN_PIPELINES)
    fields = {field.pk: field for field in locked_fields(subject)}
    if len(field_ids) != len(fields) or set(field_ids) != set(fields):
        detail = _("The fields have changed in the meantime. Look at them as they now are, then try again.")
        raise InvalidInput.of("order", detail)
    ordered = [fields[pk] for pk in field_ids]
    moved = [(place, field) for place, field in enumerate(ordered, 1) if field.position != place]
    for place, field in moved:
        field.position = place
        field.save(update_fields=["position"])
    return ordered


@transaction.atomic
def step_field(*, field_id: uuid.UUID, up: bool, actor: Actor) -> CustomField:
    """One place up or down; at an end it stays."""
    actor.require(Permission.DESIGN_PIPELINES)
    field = locked_field(field_id)
    ids = [each.pk for each in locked_fields(field.subject)]
    at = ids.index(field.pk)
    other = at - 1 if up else at + 1
    if 0 <= other < len(ids):
        ids[at], ids[other] = ids[other], ids[at]
        order_fields(subject=field.subject, field_ids=ids, actor=actor)
    return field


def checked_kind(kind: str) -> str:
    if kind not in FieldKind.values:
        raise InvalidInput.of("kind", _("Choose one of the values offered."), "invalid_choice")
    return kind


def checked_currency(kind: str, currency: str) -> str:
    """The workspace's by default; "" for what is no money."""
    if kind != FieldKind.MONEY:
        return ""
    currency = currency or current_workspace().currency
    if currency not in CURRENCY_DIGITS:
        raise InvalidInput.of("currency", _("Choose one of the values offered."), "invalid_choice")
    return currency


def _record(actor: Actor, action: str, of: CustomField, **detail: Any) -> None:
    record(
        actor=actor,
        action=action,
        target_id=of.pk,
        detail={"name": of.name, "subject": of.subject, "key": of.key, **detail},
    )
