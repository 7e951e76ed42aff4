"""Looking up by name while somebody types: the beginning by a range that an index answers, the rest only where that
finds too few (docs/decisions/0015)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model, Q, QuerySet

from contacts.models import Company, Contact
from tenancy.permissions import Actor

LONGEST = 100  # characters of what is looked for
CANDIDATES = 60  # rows that are put in order by what an index does not know
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


def both_ways[M: Model](
    begins: QuerySet[M], within: QuerySet[M], read: Callable[[QuerySet[Any]], Iterable[M]], limit: int
) -> tuple[list[M], list[M]]:
    """`limit` of `begins`, and only where there are fewer CANDIDATES of `within`, in no order. Two queries at most.

    Both are found in a narrow index first and read then: a scan of whole rows would take many times as long.
    """
    first = list(read(_rows_of(begins, limit)))
    if len(first) >= limit:
        return first, []
    there = {each.pk for each in first}
    return first, [each for each in read(_rows_of(within, CANDIDATES)) if each.pk not in there]


def _rows_of(found: QuerySet[Any], most: int) -> QuerySet[Any]:
    return found.model.objects.filter(pk__in=found.values("pk")[:most])


def find_companies(text: Sought, *, actor: Actor, limit: int = SHOWN) -> list[Company]:
    """Names that begin so first, the actor's own before others'; then words, parts, domains. Two queries at most."""
    live = Company.objects.filter(deleted_at=None).order_by("name_key", "id")
    begins = live.filter(beginning("name_key", text.name))
    within = live.filter(Q(name_key__contains=text.name) | Q(domain_key__contains=text.email))
    return _in_order(text, both_ways(begins, within, lambda rows: rows, limit), actor)[:limit]


def find_people(text: Sought, *, actor: Actor, limit: int = SHOWN) -> list[Contact]:
    """The same of people, by name and e-mail address, with their company."""
    live = Contact.objects.filter(deleted_at=None).order_by("name_key", "id")
    begins = live.filter(beginning("name_key", text.plain))
    within = live.filter(Q(name_key__contains=text.plain) | Q(email_key__contains=text.email))
    return _in_order(
        text, both_ways(begins, within, lambda rows: rows.select_related("company"), limit), actor
    )[:limit]


def _in_order(text: Sought, found: tuple[list[Any], list[Any]], actor: Actor) -> list[Any]:
    begins, within = found
    placed = [(BEGINS, each) for each in begins] + [(text.place(each.name), each) for each in within]

    def order(entry: tuple[int, Any]) -> tuple[Any, ...]:
        place, record = entry
        return (
            place,
            record.owner_id is None or record.owner_id != actor.member_id,
            record.name_key,
            record.pk,
        )

    return [record for _place, record in sorted(placed, key=order)]
