"""What the services of added fields check first."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotFound
from fields.models import CustomField
from fields.models.field import KEY


def checked_line(text: str, field: str, limit: int, *, needed: bool = True) -> str:
    """`text` on one line. Raises InvalidInput rather than cut it short."""
    line = " ".join(text.split())
    if "\x00" in line:
        raise InvalidInput.of(field, _("A text cannot contain a null character."), "null_characters")
    if len(line) > limit:
        raise InvalidInput.of(field, _("At most %(max)s characters fit here.") % {"max": limit}, "max_length")
    if needed and not line:
        raise InvalidInput.of(field, _("A name is needed."), "required")
    return line


@contextmanager
def claimed_name(name: str, among: QuerySet[Any], *, field: str = "name") -> Iterator[None]:
    """Refuse a name that is taken, also by whoever took it a moment ago."""
    detail = _("There is one named “%(name)s” already. Choose another name.") % {"name": name}
    if among.filter(name__iexact=name).exists():
        raise InvalidInput.of(field, detail, "unique")
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "_name_key" not in str(error):
            raise
        raise InvalidInput.of(field, detail, "unique") from error


def checked_key(key: str, name: str, taken: set[str]) -> str:
    """The key given, or one made of the name. Raises InvalidInput for one that is taken or no key."""
    key = key.strip().lower()
    if key:
        if not KEY.fullmatch(key):
            detail = _("A key has small letters, digits and underscores, and begins with a letter.")
            raise InvalidInput.of("key", detail)
        if key in taken:
            detail = _("The key “%(key)s” is taken, perhaps by an archived field. Choose another one.") % {
                "key": key
            }
            raise InvalidInput.of("key", detail, "unique")
        return key
    made = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:30]
    stem = made if KEY.fullmatch(made) else "field"
    numbers = iter(range(1 if stem == "field" and stem != name.lower() else 2, 10_000))
    candidate = stem if stem != "field" else f"field_{next(numbers)}"
    while candidate in taken:
        candidate = f"{stem}_{next(numbers)}"
    return candidate


def locked_fields(subject: str) -> list[CustomField]:
    """The fields in use of that subject, in order, held: what changes their order or number waits here."""
    rows = CustomField.objects.filter(subject=subject, archived_at=None)
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return list(rows.order_by("position", "id"))


def locked_field(field_id: uuid.UUID, *, archived: bool = False) -> CustomField:
    """Raises NotFound."""
    rows = CustomField.objects.filter(pk=field_id, archived_at__isnull=not archived)
    found = rows.select_for_update(no_key=True).first()
    if found is None:
        raise NotFound
    return found
