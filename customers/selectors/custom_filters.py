"""Companies and people found by the fields that their workspace has added."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from contacts.selectors.custom_values import STORES
from fields.filters import Asked, asked_words, condition, read, write
from fields.models import CustomField, FieldKind
from fields.selectors.definitions import fields_of
from tenancy.selectors.members import active_members


@dataclass(frozen=True)
class Chosen:
    """What is asked of which fields. `me`: the reader's membership."""

    model: type[Any]
    fields: Sequence[CustomField] = ()
    asked: Mapping[str, Asked] = field(default_factory=dict)
    me: uuid.UUID | None = None

    def __bool__(self) -> bool:
        return bool(self.asked)

    @property
    def parameters(self) -> dict[str, str]:
        """Name → its text in the URL, in the order of the fields."""
        return {name: write(asked) for name, asked in self.asked.items()}

    @cached_property
    def members(self) -> list[Any]:
        """For names. One query, when they are first asked for."""
        return list(active_members())

    def applied(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        store, owner, _subject = STORES[self.model]
        for asked in self.asked.values():
            rows = rows.filter(condition(asked, store, owner, me=self.me))
        return rows

    @property
    def said(self) -> list[tuple[str, str]]:
        """(name, in words) of each."""
        by_name = {each.column: each for each in self.fields}
        found = []
        for name, asked in self.asked.items():
            members = self.members if asked.kind == FieldKind.MEMBER else ()
            found.append((name, asked_words(by_name[name], asked, members)))
        return found


def chosen_of(model: type[Any], texts: Mapping[str, Sequence[str]], *, me: uuid.UUID | None) -> Chosen:
    """What the URL asks for; what cannot be read is left out. Two queries, one where there is no field."""
    fields = fields_of(STORES[model][2])
    cleaned = {name: [text.replace("\x00", "") for text in given] for name, given in texts.items()}
    return Chosen(model, fields, read(fields, cleaned), me)
