"""The workspace's own settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import FieldError, InvalidInput
from tenancy.models import Workspace
from tenancy.objections import objection_to
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_scope, current_workspace_id
from tenancy.services.audit import record

EDITABLE = ("name", "language", "currency", "timezone", "fiscal_year_start")


@transaction.atomic
def change_workspace(*, changes: Mapping[str, Any], actor: Actor) -> Workspace:
    """Set the fields of `changes` (names of EDITABLE); each one changed is an entry of its own in the history.

    Another time zone counts days anew from now on; the day on which a deal was closed stays as it was counted then.
    Raises InvalidInput with the field, also for one that somebody upstairs objects to; NotAllowed.
    """
    actor.require(Permission.MANAGE_WORKSPACE)
    workspace = Workspace.objects.select_for_update(no_key=True).get(pk=current_workspace_id())
    changed: dict[str, tuple[Any, Any]] = {}
    for field, value in changes.items():
        if field not in EDITABLE:
            raise InvalidInput.of(field, _("This field cannot be changed here."), "read_only")
        was = getattr(workspace, field)
        new = " ".join(value.split()) if field == "name" else value
        if new != was:
            changed[field] = (was, new)
            setattr(workspace, field, new)
    problems = [*_wrong_values(workspace, changed), *_objections(changed)]
    if problems:
        raise InvalidInput(problems[0].detail, errors=problems)
    if changed:
        workspace.save(update_fields=list(changed))
        current_scope().remember(workspace)
    for field, (was, new) in changed.items():
        record(actor=actor, action=f"workspace.{field}", detail={"from": was, "to": new})
    return workspace


def _wrong_values(workspace: Workspace, changed: Mapping[str, Any]) -> list[FieldError]:
    untouched = [field.name for field in Workspace._meta.fields if field.name not in changed]
    try:
        workspace.clean_fields(exclude=untouched)
    except ValidationError as error:
        return [
            FieldError(field, "invalid", message)
            for field, messages in error.message_dict.items()
            for message in messages
        ]
    return []


def _objections(changed: Mapping[str, Any]) -> list[FieldError]:
    found = [(field, objection_to(field)) for field in changed]
    return [FieldError(field, "fixed", reason) for field, reason in found if reason]
