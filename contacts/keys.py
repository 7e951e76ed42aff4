"""Matching keys: what two spellings of one name, domain, address or telephone number have in common.

The rules are SQL functions (migrations/0002_matching_keys.py), and each key is a generated column: import, demo and
every other writer fill it without knowing of it, and what somebody types is folded by the same function.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Func, GeneratedField


class PlainKey(Func):
    """Width, case, blanks and punctuation folded: the key of a person's name."""

    function = "contacts_plain_key"
    arity = 1
    output_field = models.TextField()


class NameKey(PlainKey):
    """The same of a company's name, its legal form left out."""

    function = "contacts_name_key"


class DomainKey(PlainKey):
    """Without scheme, "www.", port and path."""

    function = "contacts_domain_key"


class EmailKey(PlainKey):
    function = "contacts_email_key"


class PhoneKey(PlainKey):
    """Digits alone; +82 and 0082 are the 0 that one dials in Korea."""

    function = "contacts_phone_key"


class KeyField(GeneratedField):
    """Checked without a server: every PostgreSQL that we run on stores generated columns, and Django asks which it is."""

    def _check_supported(self, databases: Any) -> list[Any]:
        return []


def key_of(function: type[Func], field: str) -> Any:
    """The generated column. In the order of code points, so that a prefix is a range that an index answers."""
    return KeyField(
        expression=function(F(field)), output_field=models.TextField(db_collation="C"), db_persist=True
    )
