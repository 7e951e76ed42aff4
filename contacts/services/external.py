"""What importing and syncing match by: an id that another system gave."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.selectors.merged import survivor_of
from core.errors import Conflict, InvalidInput

MAX_ID = 200
MAX_SOURCE = 60


class DuplicateExternalId(Conflict):
    """There is a row with this external id already: `existing`."""

    code = "duplicate-external-id"
    title = gettext_lazy("There is an object with this external id already.")

    def __init__(self, existing: uuid.UUID) -> None:
        super().__init__(existing=str(existing))


def check_external(source: str, ident: str | None) -> None:
    """Raise InvalidInput unless both are given or neither."""
    if bool(source) != bool(ident):
        field = "external_id" if source else "external_source"
        raise InvalidInput.of(
            field, _("Give external_source and external_id together, or neither."), "required"
        )


@contextmanager
def unique_external(model: type[models.Model], source: str, ident: str | None) -> Iterator[None]:
    """Write a row inside; where another one has this external id, raise DuplicateExternalId instead."""
    if not ident:
        yield
        return
    if (existing := holder_of(model, source, ident)) is not None:
        raise DuplicateExternalId(existing)
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "external_key" not in str(error) or (existing := holder_of(model, source, ident)) is None:
            raise
        raise DuplicateExternalId(existing) from error


def holder_of(model: type[models.Model], source: str, ident: str) -> uuid.UUID | None:
    """The id of the row with this external id, deleted ones included: the key is theirs still.

    Of a duplicate that was merged it is the row that stayed.
    """
    found = model._default_manager.filter(external_source=source, external_id=ident).first()
    if found is None or not hasattr(found, "merged_into_id"):
        return None if found is None else found.pk  # a deal is never merged
    return survivor_of(found)
