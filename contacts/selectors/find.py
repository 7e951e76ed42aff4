"""Looking up by name while somebody types: the beginning by a range that an index answers, the rest only where that
finds too few (docs/decisions/0015)."""

from __future__ import annotations

import re
import unicodedata
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from contacts.models import Company, Contact
from tenancy.permissions import Actor

LONGEST = 100  # characters of what is looked for
MATCHES = 500  # keys that are taken from an index, in its order
CANDIDATES = 60  # of these, rows that are read and put in order by what the index does not know
SHOWN = 5
LAST = chr(0x10FFFF)
FIRST_SYLLABLE, LAST_SYLLABLE, FINALS = 0xAC00, 0xD7A3, 28
KEYS = "SELECT contacts_plain_key(%s), contacts_name_key(%s), contacts_email_key(%s)"
BEGINS, WORD, WITHIN = range(3)


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for, folded by the functions that made the keys; `words` folds less: blanks part words there."""

    words: str
    plain: str
    name: str
    email: str

    def place(self, text: str) -> int:
        """How `text` answers: it begins so, a word in it does, or it has it somewhere."""
        folded = fold(text)
        if folded.startswith(self.words):
            return BEGINS
        return WORD if re.search(rf"(?<!\w){re.escape(self.words)}", folded) else WITHIN


def fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def cleaned(text: str) -> str:
    """Without what is not seen (direction, zero width, NUL), and not longer than anybody types."""
    seen = "".join(
        each for each in text if unicodedata.category(each) not in ("Cc", "Cf", "Cs") or each.isspace()
    )
    return " ".join(seen.split())[:LONGEST]


def is_enough(text: str) -> bool:
    """One syllable, one ideograph; of letters that say less, two."""
    if len(text) != 1:
        return bool(text)
    return unicodedata.category(text) == "Lo" and unicodedata.name(text, "").split()[1:2] != ["LETTER"]


def sought(text: str) -> Sought | None:
    """None where `text` is too short. One query."""
    text = cleaned(text)
    if not is_enough(text):
        return None
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [text, text, text])
        plain, name, email = cursor.fetchone()
    return Sought(fold(text), plain, name, email)


def beginning(field: str, key: str) -> Q:
    """Keys that begin so. A last syllable without a final consonant may still get one: 겨 begins 결 as well."""
    code = ord(key[-1])
    is_open = FIRST_SYLLABLE <= code <= LAST_SYLLABLE and (code - FIRST_SYLLABLE) % FINALS == 0
    until = key[:-1] + chr(code + FINALS) if is_open else key + LAST
    return Q(**{f"{field}__gte": key, f"{field}__lt": until})


def ids_of(*parts: QuerySet[Any], limit: int) -> set[uuid.UUID]:
    """`limit` of each of `parts`, each in the order of an index that answers it alone. One query.

    Rows are read by their ids then: whole rows take many times as long to scan as the keys in an index.
    """
    first, *others = (part.values_list("pk", flat=True)[:limit] for part in parts)
    return set(first.union(*others, all=True) if others else first)


def candidates(within: QuerySet[Any], *order: Any) -> set[uuid.UUID]:
    """Of the first MATCHES of `within`, CANDIDATES in `order`. One query."""
    found = within.model.objects.filter(pk__in=within.values("pk")[:MATCHES])
    return set(found.order_by(*order).values_list("pk", flat=True)[:CANDIDATES])


def having(field: str, key: str) -> GreaterThan:
    """Keys with `key` anywhere in them. Not LIKE: that takes half as long again, and believes to find so little that
    the planner would rather read whole rows than an index in its order."""
    return GreaterThan(StrIndex(field, Value(key)), 0)


def find_companies(text: Sought, *, actor: Actor, limit: int = SHOWN) -> list[Company]:
    """Names that begin so first, the actor's own before others'; then words, parts, domains. Three queries at most."""
    live = Company.objects.filter(deleted_at=None).order_by("name_key", "id")
    begins = live.filter(beginning("name_key", text.name))
    within = live.filter(_in_name_or(text, "name_key", text.name, "domain_key"))
    return _in_order(text, _ids(begins, within, limit), Company.objects.all(), actor)[:limit]


def find_people(text: Sought, *, actor: Actor, limit: int = SHOWN) -> list[Contact]:
    """The same of people, by name and e-mail address, with their company."""
    live = Contact.objects.filter(deleted_at=None).order_by("name_key", "id")
    begins = live.filter(beginning("name_key", text.plain))
    within = live.filter(_in_name_or(text, "name_key", text.plain, "email_key"))
    people = Contact.objects.select_related("company")
    return _in_order(text, _ids(begins, within, limit), people, actor)[:limit]


def _in_name_or(text: Sought, field: str, key: str, address: str) -> Q:
    """Addresses are as good as never in letters beyond ASCII: what is, is looked for in names alone, in half the time."""
    in_name = Q(having(field, key))
    return in_name | Q(having(address, text.email)) if text.email.isascii() else in_name


def _ids(begins: QuerySet[Any], within: QuerySet[Any], limit: int) -> set[uuid.UUID]:
    """`limit` that begin so, and only where there are fewer those that have it within."""
    first = ids_of(begins, limit=limit)
    return first if len(first) >= limit else first | candidates(within, "name_key", "id")


def _in_order[M: (Company, Contact)](
    text: Sought, ids: set[uuid.UUID], records: QuerySet[M], actor: Actor
) -> list[M]:
    def order(record: M) -> tuple[Any, ...]:
        theirs = record.owner_id is None or record.owner_id != actor.member_id
        return text.place(record.name), theirs, record.name_key, record.pk

    return sorted(records.filter(pk__in=ids), key=order) if ids else []
