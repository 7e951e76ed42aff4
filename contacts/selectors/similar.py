"""Who is here already: looked up while somebody types, and over the whole workspace.

Equality and ranges of keys only: those an index answers under row-level security (docs/decisions/0014).
"""

from __future__ import annotations

import functools
import operator
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Func, Model, Q, QuerySet, Value
from django.db.models.functions import Concat

from contacts.keys import DomainKey, EmailKey, NameKey, PhoneKey, PlainKey
from contacts.models import Company, Contact
from contacts.selectors.people import cleaned
from tenancy.permissions import Actor

SHOWN = 5
GROUPS = 50
IN_GROUP = 20
PREFIX = 2  # signs that are enough to look for names that begin so
LAST = chr(0x10FFFF)
PHONE_DIGITS = 8
# Addresses that say nothing of the company behind them.
ANYBODYS = (
    *("gmail.com", "googlemail.com", "naver.com", "daum.net", "hanmail.net", "kakao.com", "nate.com"),
    *("outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com", "proton.me"),
)


@dataclass(frozen=True, slots=True)
class Similar[M: Model]:
    """`reason`: "name", "begins", "domain", "email" or "phone"."""

    record: M
    reason: str

    @property
    def is_sure(self) -> bool:
        return self.reason != "begins"


def similar_companies(
    *, actor: Actor, name: str = "", domain: str = "", leave_out: uuid.UUID | None = None
) -> list[Similar[Company]]:
    """SHOWN at most, the surest first. Three queries at most."""
    rows = _others(Company.objects.filter(deleted_at=None), leave_out)
    found: list[Similar[Company]] = []
    name, domain = cleaned(name)[:200], cleaned(domain)[:253]
    if name:
        found += _by(rows, "name", name_key=NameKey(Value(name)))
    if domain:
        sought = rows.exclude(domain_key__in=("", *ANYBODYS))
        found += _by(sought, "domain", domain_key=DomainKey(Value(domain)))
    if len(name) >= PREFIX:
        found += _beginning(rows, NameKey(Value(name)))
    return _each_once(found)


def similar_contacts(
    *,
    actor: Actor,
    name: str = "",
    email: str = "",
    phone: str = "",
    company_id: uuid.UUID | None = None,
    leave_out: uuid.UUID | None = None,
) -> list[Similar[Contact]]:
    """SHOWN at most, the surest first. A name alone is many people's: it counts within its company, and as a hint."""
    rows = _others(Contact.objects.filter(deleted_at=None).select_related("company"), leave_out)
    found: list[Similar[Contact]] = []
    if email := cleaned(email)[:254]:
        found += _by(rows.exclude(email_key=""), "email", email_key=EmailKey(Value(email)))
    if sum(each.isdigit() for each in phone) >= PHONE_DIGITS:
        found += _by(rows, "phone", phone_key=PhoneKey(Value(cleaned(phone)[:40])))
    if name := cleaned(name)[:200]:
        same = rows.filter(name_key=PlainKey(Value(name)))
        if company_id:
            found += _by(same, "name", company_id=company_id)
        found += _by(same, "begins")
    return _each_once(found)


def _others(rows: QuerySet[Any], leave_out: uuid.UUID | None) -> QuerySet[Any]:
    return rows.exclude(pk=leave_out) if leave_out else rows


def _by(rows: QuerySet[Any], reason: str, **key: Any) -> list[Similar[Any]]:
    return [Similar(each, reason) for each in rows.filter(**key).order_by("created_at", "id")[:SHOWN]]


def _beginning(rows: QuerySet[Company], key: Func) -> list[Similar[Company]]:
    """Names that begin so: a range, because LIKE is no index condition under row-level security."""
    after = rows.filter(name_key__gt=key, name_key__lt=Concat(key, Value(LAST)))
    return [Similar(each, "begins") for each in after.order_by("name_key", "id")[:SHOWN]]


def _each_once[M: Model](found: Iterable[Similar[M]]) -> list[Similar[M]]:
    return list({each.record.pk: each for each in reversed(list(found))}.values())[::-1][:SHOWN]


@dataclass(slots=True)
class Group[M: Model]:
    """Records that are probably one: `reasons` in the order of certainty, `records` the oldest first."""

    records: list[M]
    reasons: list[str] = field(default_factory=list)


def company_groups(*, actor: Actor) -> list[Group[Company]]:
    """GROUPS at most for each reason. Two queries for the keys, one for the companies."""
    rows = Company.objects.filter(deleted_at=None)
    named = _shared(rows.exclude(name_key=""), ("name_key",))
    there = _shared(rows.exclude(domain_key="").exclude(domain_key__in=ANYBODYS), ("domain_key",))
    return _grouped(rows.select_related("owner"), {"name": named, "domain": there})


def contact_groups(*, actor: Actor) -> list[Group[Contact]]:
    """The same by address, number, and name within a company. Four queries."""
    rows = Contact.objects.filter(deleted_at=None)
    shared = {
        "email": _shared(rows.exclude(email_key=""), ("email_key",)),
        "name": _shared(rows.filter(company__isnull=False), ("name_key", "company_id")),
        "phone": _shared(rows.filter(phone_key__regex=f"^.{{{PHONE_DIGITS},}}$"), ("phone_key",)),
    }
    return _grouped(rows.select_related("company", "owner"), shared)


def _shared(rows: QuerySet[Any], keys: Sequence[str]) -> Q | None:
    """The condition for rows of which several have the same key."""
    found = rows.order_by().values(*keys).annotate(there=Count("pk")).filter(there__gt=1)
    values = [tuple(row[key] for key in keys) for row in found.order_by(*keys)[:GROUPS]]
    if not values:
        return None
    if len(keys) == 1:
        return Q(**{f"{keys[0]}__in": [value[0] for value in values]})
    wanted = Q()
    for value in values:
        wanted |= Q(**dict(zip(keys, value, strict=True)))
    return wanted


KEYS: dict[str, tuple[str, ...]] = {
    "domain": ("domain_key",),
    "email": ("email_key",),
    "phone": ("phone_key",),
}


def _grouped(rows: QuerySet[Any], shared: dict[str, Q | None]) -> list[Group[Any]]:
    """Records by reason and key; a group that two reasons make stands there once."""
    conditions = [each for each in shared.values() if each is not None]
    if not conditions:
        return []
    wanted = functools.reduce(operator.or_, conditions)
    by_key: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for record in rows.filter(wanted).order_by(F("created_at"), "id")[: GROUPS * IN_GROUP]:
        for reason, condition in shared.items():
            if condition is not None:
                by_key[reason, *_key(record, reason)].append(record)
    groups: dict[frozenset[uuid.UUID], Group[Any]] = {}
    for (reason, *key), records in by_key.items():
        if len(records) > 1 and key[0] and key[0] not in ANYBODYS and None not in key:
            members = frozenset(each.pk for each in records)
            groups.setdefault(members, Group(records[:IN_GROUP])).reasons.append(reason)
    return sorted(groups.values(), key=lambda group: group.records[0].name_key)


def _key(record: Any, reason: str) -> tuple[Any, ...]:
    if reason != "name":
        return tuple(getattr(record, name) for name in KEYS[reason])
    if isinstance(record, Contact):
        return (record.name_key, record.company_id)
    return (record.name_key,)
