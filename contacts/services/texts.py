"""Texts as they are kept: trimmed, and no longer than their column."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from core.errors import InvalidInput


def checked_text(model: type[models.Model], field: str, value: str | None) -> str | None:
    """The trimmed text; None only where the column may be null. Raises InvalidInput with the field."""
    column: Any = model._meta.get_field(field)
    text = (value or "").strip()
    if field == "name":
        text = " ".join(text.split())
    if not text and field == "name":
        raise InvalidInput.of(field, _("A name is needed."), "required")
    if "\x00" in text:
        raise InvalidInput.of(field, _("A text cannot contain a null character."))
    limit = column.max_length
    if limit and len(text) > limit:
        raise InvalidInput.of(field, _("At most %(max)s characters fit here.") % {"max": limit}, "max_length")
    return text or (None if column.null else "")
