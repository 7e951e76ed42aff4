"""Values of added fields that change hands when two records are made one."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from contacts.models import Company, Contact
from contacts.selectors.custom_values import STORES


def take_values(kept: Company | Contact, gone: Company | Contact) -> list[uuid.UUID]:
    """Give `kept` the values of `gone` in fields in which it has none; the ids of the rows. What both have stays whose
    it is: of several choices too, because nobody said that both lists were meant."""
    store, owner, _subject = STORES[type(kept)]
    rows: Any = store._default_manager
    own = rows.filter(**{owner: kept}).values("field_id")
    ids = list(
        rows.filter(**{owner: gone}).exclude(field_id__in=own).order_by("pk").values_list("pk", flat=True)
    )
    rows.filter(pk__in=ids).update(**{owner: kept})
    return ids


def give_values_back(kept: Company | Contact, gone: Company | Contact, ids: Collection[str]) -> None:
    """Those of the rows that `kept` still has: what was written since is its own."""
    store, owner, _subject = STORES[type(kept)]
    rows: Any = store._default_manager
    rows.filter(pk__in=ids, **{owner: kept}).update(**{owner: gone})
