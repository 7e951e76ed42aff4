"""Write down what was done to a company or person, and take it back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from contacts.models import Change, ChangeKind, Company, Contact
from contacts.selectors.custom_values import STORES, record_values
from contacts.selectors.held import hold_company
from contacts.services.external import unique_external
from core import clock
from core.errors import Conflict, NotFound, StaleVersion
from fields.models import CustomField
from fields.selectors.definitions import fields_named, is_custom
from fields.selectors.values import as_json as value_json
from fields.selectors.values import from_json as value_of_json
from fields.services.values import apply, write
from tenancy.permissions import Actor, Permission

FACTS: dict[type[models.Model], tuple[str, ...]] = {
    Company: ("name", "domain", "industry", "owner_id", "external_source", "external_id"),
    Contact: (
        *("name", "title", "company_id", "email", "phone", "owner_id"),
        *("ad_consent", "ad_consent_at", "external_source", "external_id"),
    ),
}


def facts_of(record: Company | Contact) -> dict[str, Any]:
    """Every fact that people edit, as JSON keeps it."""
    return {name: as_json(getattr(record, name)) for name in FACTS[type(record)]}


def write_custom(record: Company | Contact, changes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Write those of `changes` that are added fields ("cf_…"); from → to of those that differ. Raises InvalidInput."""
    store, owner, subject = STORES[type(record)]
    written = apply(store, owner, record, subject, changes)
    return {
        field.column: {"from": value_json(was), "to": value_json(now)}
        for field, (was, now) in written.items()
    }


def put_custom(record: Company | Contact, values: Mapping[CustomField, Any]) -> None:
    """Write values that a record has or had: they are not asked whether they could still be chosen."""
    store, owner, _subject = STORES[type(record)]
    for field, value in values.items():
        write(store, owner, record, field, value)


def own_facts(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `changes` that every record has."""
    return {name: value for name, value in changes.items() if not is_custom(name)}


def check_expected(
    record: Company | Contact, now: Mapping[str, Any], expected: Mapping[str, Any] | None
) -> None:
    """Raise StaleVersion unless the facts are still those that the editor saw. None: not asked."""
    asked = expected or {}
    now = {**now, **custom_facts(record, asked)}
    if any(now[name] != value for name, value in asked.items()):
        raise StaleVersion(current=record)


def as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def from_json(record: Company | Contact, name: str, value: Any) -> Any:
    field: Any = record._meta.get_field(name.removesuffix("_id") if name != "external_id" else name)
    if isinstance(field, models.ForeignKey):
        return None if value is None else uuid.UUID(value)
    return field.to_python(value)


def record_edit(
    record: Company | Contact,
    *,
    before: Mapping[str, Any],
    actor: Actor,
    custom: Mapping[str, Mapping[str, Any]] | None = None,
) -> Change | None:
    """From → to of every fact that differs; None when none does. `custom`: what `write_custom` returned."""
    now = facts_of(record)
    fields = {name: {"from": before[name], "to": now[name]} for name in now if before[name] != now[name]}
    fields |= {name: dict(change) for name, change in (custom or {}).items()}
    return log(ChangeKind.EDITED, record, actor=actor, data={"fields": fields}) if fields else None


def record_deletion(record: Company | Contact, *, actor: Actor) -> Change:
    return log(ChangeKind.DELETED, record, actor=actor, data={})


def log(kind: str, record: Company | Contact, *, actor: Actor, data: dict[str, Any], **fields: Any) -> Change:
    of = {"company" if isinstance(record, Company) else "contact": record}
    return Change.objects.create(kind=kind, by=actor.member, data=data, **of, **fields)


@transaction.atomic
def undo_change(*, change_id: uuid.UUID, actor: Actor) -> Change:
    """Take back an edit or a deletion, as long as nothing was built on it. (Merges: customers.services.)

    Raises Conflict with what stands against it.
    """
    actor.require(Permission.EDIT_DEALS)
    change = lock_change(change_id)
    record = _locked(change)
    if change.kind == ChangeKind.EDITED:
        set_back(record, change.data["fields"])
    elif change.kind == ChangeKind.DELETED:
        _restore(record)
    else:
        raise Conflict(_("A merge is undone on the page of what was merged."))
    mark_undone(change, actor=actor)
    return change


def lock_change(change_id: uuid.UUID) -> Change:
    """Raises NotFound, or Conflict for one that was undone already."""
    found = Change.objects.select_for_update(no_key=True, of=("self",)).filter(pk=change_id).first()
    if found is None:
        raise NotFound
    if found.undone_at is not None:
        raise Conflict(_("This was undone already."))
    return found


def _locked(change: Change) -> Company | Contact:
    rows: Any = Company.objects if change.company_id else Contact.objects
    found: Company | Contact = rows.select_for_update(no_key=True).get(
        pk=change.company_id or change.contact_id
    )
    return found


def set_back(record: Company | Contact, fields: Mapping[str, Mapping[str, Any]]) -> None:
    """Give the fields what they had before. Raises Conflict where they have since been given something else."""
    if record.deleted_at is not None:
        raise Conflict(_("It was deleted or merged in the meantime."))
    now = facts_of(record) | custom_facts(record, fields)
    if any(not _same(now.get(name), change["to"]) for name, change in fields.items()):
        raise Conflict(_("Somebody changed this in the meantime. It stays as it is now."))
    custom = fields_named(STORES[type(record)][2], fields)
    put_custom(record, {field: value_of_json(field, fields[name]["from"]) for name, field in custom.items()})
    for name, change in own_facts(fields).items():
        setattr(record, name, from_json(record, name, change["from"]))
    if isinstance(record, Contact) and "company_id" in fields:
        _check_its_company(record)
    ident = record.external_id if "external_id" in fields else None
    with unique_external(type(record), record.external_source, ident):
        record.save()


def _same(one: Any, other: Any) -> bool:
    """Several choices are the same in any order: theirs may have been changed since."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(one) == sorted(other)
    return bool(one == other)


def custom_facts(record: Company | Contact, names: Iterable[str]) -> dict[str, Any]:
    """The added fields of these names as JSON keeps them. Raises Conflict for one that is archived by now."""
    wanted = [name for name in names if is_custom(name)]
    known = fields_named(STORES[type(record)][2], wanted)
    if len(known) < len(wanted):
        raise Conflict(_("The field was archived in the meantime. Take it back first."))
    had = record_values(type(record), [record.pk], known.values())[record.pk]
    return {name: value_json(had.get(field.pk)) for name, field in known.items()}


def _restore(record: Company | Contact) -> None:
    if record.deleted_at is None or record.merged_into_id is not None:
        raise Conflict(_("It is not deleted any more."))
    if isinstance(record, Contact):
        _check_its_company(record)
    record.deleted_at = None
    record.save(update_fields=["deleted_at"])


def _check_its_company(contact: Contact) -> None:
    if contact.company_id is not None and hold_company(contact.company_id) is None:
        raise Conflict(_("The company that this person belonged to was deleted. Bring it back first."))


def mark_undone(change: Change, *, actor: Actor) -> None:
    change.undone_at, change.undone_by = clock.now(), actor.member
    change.save(update_fields=["undone_at", "undone_by"])
