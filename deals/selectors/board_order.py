"""In which order a column's cards lie: their own, as people put them, or by what the reader wants to see first."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.money import plain
from deals.models import Deal, Task
from deals.models.task import PENDING


@dataclass(frozen=True, slots=True)
class Order:
    """`key`: the column or annotation sorted by, unknown ones last, ties by id. `read` makes a value of its text."""

    name: str
    label: str | Promise
    key: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    descending: bool = False

    @property
    def is_own(self) -> bool:
        return self.name == OWN

    def sorted(self, deals: QuerySet[Deal]) -> QuerySet[Deal]:
        if self.is_own:
            return deals.order_by("rank")
        if self.key == "next_due":
            deals = deals.annotate(next_due=Subquery(_next_due()))
        key = F(self.key).desc(nulls_last=True) if self.descending else F(self.key).asc(nulls_last=True)
        return deals.order_by(key, "-id" if self.descending else "id")

    def mark(self, deal: Deal) -> str:
        """Where a page ended: for the next one's `behind`."""
        value = getattr(deal, self.key)
        text = "" if value is None else self.write(value)
        return text if self.is_own else f"{text}~{deal.pk}"

    def behind(self, deals: QuerySet[Deal], mark: str) -> QuerySet[Deal]:
        """The deals behind the mark; all of them where it is none."""
        if self.is_own:
            return deals.filter(rank__gt=mark)
        text, _tilde, last = mark.rpartition("~")
        try:
            value, last_id = (self.read(text) if text else None), uuid.UUID(last)
        except (ValueError, InvalidOperation):
            return deals
        if self.key == "next_due":
            deals = deals.annotate(next_due=Subquery(_next_due()))
        beyond = "lt" if self.descending else "gt"
        if value is None:
            return deals.filter(**{f"{self.key}__isnull": True, f"id__{beyond}": last_id})
        return deals.filter(
            Q(**{f"{self.key}__{beyond}": value})
            | Q(**{self.key: value, f"id__{beyond}": last_id})
            | Q(**{f"{self.key}__isnull": True})
        )


def _next_due() -> QuerySet[Task]:
    return Task.objects.filter(PENDING, deal=OuterRef("pk")).order_by("due_on", "id").values("due_on")[:1]


def _amount(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite() or abs(value) >= 10**15:
        raise ValueError(text)
    return value


OWN = "own"
ORDERS = {
    order.name: order
    for order in (
        Order(OWN, _("Own order"), "rank", str),
        Order("close", _("Expected close date"), "expected_close_date", date.fromisoformat, date.isoformat),
        Order("amount", _("Amount"), "amount", _amount, lambda value: plain(value) or "0", descending=True),
        Order("age", _("Days in stage"), "stage_entered_at", datetime.fromisoformat, datetime.isoformat),
        Order("task", _("Next task"), "next_due", date.fromisoformat, date.isoformat),
    )
}


def order_named(name: str) -> Order:
    """The own order for a name that is none."""
    return ORDERS.get(name, ORDERS[OWN])
