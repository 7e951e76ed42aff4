"""Make, change and delete companies."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Company
from contacts.services.changes import (
    check_expected,
    facts_of,
    own_facts,
    record_deletion,
    record_edit,
    write_custom,
)
from contacts.services.external import check_external, unique_external
from contacts.services.texts import checked_text
from core import clock
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import uuid7
from tenancy.permissions import Actor, Permission

EDITABLE = ("name", "domain", "owner", "industry", "external_source", "external_id")


@transaction.atomic
def create_company(*, actor: Actor, name: str, **fields: Any) -> Company:
    """Raises InvalidInput, DuplicateExternalId, NotAllowed."""
    actor.require(Permission.EDIT_DEALS)
    company = Company(id=uuid7())
    apply_changes(company, {"name": name, **own_facts(fields)})
    with unique_external(Company, company.external_source, company.external_id):
        company.save(force_insert=True)
    write_custom(company, fields)
    return company


@transaction.atomic
def edit_company(
    *,
    company_id: uuid.UUID,
    changes: Mapping[str, Any],
    actor: Actor,
    expected: Mapping[str, Any] | None = None,
) -> Company:
    """Set the fields of `changes` (names of EDITABLE), and write down what became of what (`last_change`).

    `expected`: facts as the editor saw them (`facts_of`). Raises StaleVersion where they differ by now.
    """
    actor.require(Permission.EDIT_DEALS)
    company = lock_company(company_id)
    before = facts_of(company)
    check_expected(company, before, expected)
    was = (company.external_source, company.external_id)
    apply_changes(company, own_facts(changes))
    new = (company.external_source, company.external_id)
    with unique_external(Company, new[0], None if new == was else new[1]):
        company.save()
    custom = write_custom(company, changes)
    company.last_change = record_edit(company, before=before, actor=actor, custom=custom)
    return company


@transaction.atomic
def delete_company(*, company_id: uuid.UUID, actor: Actor) -> Company:
    """Take the company out of sight. Raises Conflict while deals or contacts still refer to it."""
    actor.require(Permission.EDIT_DEALS)
    # FOR UPDATE, which waits for whoever is just giving it a deal (contacts.selectors.held).
    company = lock_company(company_id, no_key=False)
    if company.deals.filter(deleted_at=None).exists() or company.contacts.filter(deleted_at=None).exists():
        raise Conflict(_("The company still has deals or contacts. Move or delete them first."))
    company.deleted_at = clock.now()
    company.save(update_fields=["deleted_at"])
    company.last_change = record_deletion(company, actor=actor)
    return company


def lock_company(company_id: uuid.UUID, *, no_key: bool = True) -> Company:
    found = Company.objects.select_for_update(no_key=no_key).filter(pk=company_id, deleted_at=None).first()
    if found is None:
        raise NotFound
    return found


def apply_changes(company: Company, changes: Mapping[str, Any]) -> None:
    for field, value in changes.items():
        if field not in EDITABLE:
            raise InvalidInput.of(field, _("This field cannot be changed here."), "read_only")
        new = value if field == "owner" else checked_text(Company, field, value)
        setattr(company, field, new)
    check_external(company.external_source, company.external_id)
