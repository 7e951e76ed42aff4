"""The lists of companies and people: searched, in an order, a page at a time.

A page is first found by the narrow index of its order, ids alone; what is shown of it is read for those ids.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import BigIntegerField, Case, DecimalField, F, Max, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast

from api.pagination import RowCompare
from contacts.models import Company, Contact
from contacts.selectors.people import companies, contacts
from core import clock
from core.ids import parse_uuid
from customers.selectors.custom_filters import Chosen
from customers.selectors.figures import Figures, figures_by_company, heard_from
from deals.models import Outcome
from deals.selectors.visible import visible_to
from pipeline.models import Stage, StageKind
from tenancy.permissions import Actor
from tenancy.scope import current_zone
from tenancy.selectors.rates import Exchange

PAGE = 50


class Order(StrEnum):
    """The first is the default. `AMOUNT` and `HEARD` are of companies alone, and of those that have such a figure first."""

    NAME = "name"
    NEWEST = "newest"
    AMOUNT = "amount"
    HEARD = "heard"


PEOPLES_ORDERS = (Order.NAME, Order.NEWEST)


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page ended. `rest`: among those without the figure of the order, which come in the order of names."""

    value: str
    ident: uuid.UUID
    rest: bool = False

    def __str__(self) -> str:
        return f"{self.ident}.{int(self.rest)}.{self.value}"

    @classmethod
    def parse(cls, text: str) -> Mark | None:
        """None for what is no such mark."""
        ident, _, tail = text.partition(".")
        rest, _, value = tail.partition(".")
        found = parse_uuid(ident)
        if found is None or rest not in ("0", "1") or "\x00" in value:
            return None
        return cls(value, found, rest == "1")


@dataclass(frozen=True, slots=True)
class CompanyRow:
    company: Company
    figures: Figures


@dataclass(frozen=True, slots=True)
class PersonRow:
    contact: Contact
    last_heard: datetime | None


@dataclass(frozen=True, slots=True)
class ListPage[R]:
    rows: Sequence[R] = field(default_factory=list)
    after: Mark | None = None


def company_page(
    *, actor: Actor, search: str, order: Order, chosen: Chosen, after: Mark | None = None
) -> ListPage[CompanyRow]:
    """Four queries at most."""
    rows = chosen.applied(companies(actor=actor, search=search))
    by_figure = _by_figure(rows, order, actor, is_narrowed=bool(search or chosen))
    found = _page(rows, order, after, by_figure=by_figure)
    shown = in_order(companies(actor=actor).select_related("owner"), found[:PAGE])
    figures = figures_by_company([each.pk for each in shown], actor=actor)
    page = [CompanyRow(each, figures.get(each.pk, Figures())) for each in shown]
    return ListPage(page, found[PAGE - 1] if len(found) > PAGE else None)


def people_page(
    *, actor: Actor, search: str, order: Order, chosen: Chosen, after: Mark | None = None
) -> ListPage[PersonRow]:
    """Three queries."""
    found = _page(chosen.applied(contacts(actor=actor, search=search)), order, after)
    shown = in_order(contacts(actor=actor), found[:PAGE])
    heard = heard_from([each.pk for each in shown])
    page = [PersonRow(each, heard.get(each.pk)) for each in shown]
    return ListPage(page, found[PAGE - 1] if len(found) > PAGE else None)


def in_order(rows: QuerySet[Any], marks: Sequence[Mark]) -> list[Any]:
    by_id = {row.pk: row for row in rows.filter(pk__in=[mark.ident for mark in marks])}
    return [by_id[mark.ident] for mark in marks if mark.ident in by_id]


def _page(
    rows: QuerySet[Any], order: Order, after: Mark | None, *, by_figure: QuerySet[Any] | None = None
) -> list[Mark]:
    """One more than a page, if there are so many."""
    if by_figure is None:
        return _plain(rows, order, after)
    found: list[Mark] = []
    if after is None or not after.rest:
        found = _figured(by_figure, order, after)
        after = None
    if len(found) <= PAGE:
        rest = rows.exclude(pk__in=by_figure.values("company_id"))
        found += [
            Mark(mark.value, mark.ident, rest=True)
            for mark in _plain(rest, Order.NAME, after, PAGE + 1 - len(found))
        ]
    return found


def _plain(rows: QuerySet[Any], order: Order, after: Mark | None, limit: int = PAGE + 1) -> list[Mark]:
    key, descending = ("created_at", True) if order == Order.NEWEST else ("name_key", False)
    rows = rows.select_related(None)
    if after is not None:
        value = _read(order, after.value)
        if value is not None:
            column: Any = rows.model._meta.get_field(key)
            rows = rows.filter(
                RowCompare(
                    F(key),
                    F("id"),
                    Value(value, output_field=getattr(column, "output_field", column)),
                    Value(after.ident, output_field=rows.model._meta.pk),
                    operator="<" if descending else ">",
                )
            )
    sign = "-" if descending else ""
    found = rows.order_by(f"{sign}{key}", f"{sign}id").values_list(key, "pk")[:limit]
    return [Mark(value.isoformat() if descending else value, pk) for value, pk in found]


def _by_figure(rows: QuerySet[Company], order: Order, actor: Actor, *, is_narrowed: bool) -> Any:
    """The companies that have the figure of the order, with it; None where the order needs none."""
    deals = visible_to(actor).filter(company__isnull=False).order_by()
    if is_narrowed:
        deals = deals.filter(company__in=rows.values("pk"))
    if order == Order.AMOUNT:
        # As `figures_by_company` adds up: what has no rate counts for nothing.
        exchange = Exchange(clock.local_date(clock.now(), current_zone()))
        whens = [When(currency=rate.currency, then=Value(rate.rate)) for rate in exchange.rates.values()]
        factor = Case(
            When(currency=exchange.currency, then=Value(Decimal(1))),
            *whens,
            output_field=DecimalField(max_digits=20, decimal_places=10),
        )
        own = Q(outcome=Outcome.OPEN, amount__isnull=False, currency__in=[exchange.currency, *exchange.rates])
        converted = Cast("amount", BigIntegerField()) * factor
        leads = Stage.objects.filter(kind=StageKind.LEAD).values("pk")
        return (
            deals.filter(own)
            .exclude(stage__in=leads)
            .values("company_id")
            .annotate(
                figure=Cast(
                    Sum(converted, output_field=DecimalField(max_digits=40, decimal_places=10)),
                    BigIntegerField(),
                )
            )
        )
    if order == Order.HEARD:
        heard = deals.filter(last_heard_at__isnull=False)
        return heard.values("company_id").annotate(figure=Max("last_heard_at"))
    return None


def _figured(by_figure: QuerySet[Any], order: Order, after: Mark | None) -> list[Mark]:
    """The largest figure, or the latest moment, first."""
    value = _read(order, after.value) if after else None
    if after is not None and value is not None:
        by_figure = by_figure.filter(Q(figure__lt=value) | Q(figure=value, company_id__lt=after.ident))
    found = by_figure.order_by("-figure", "-company_id").values_list("figure", "company_id")[: PAGE + 1]
    return [
        Mark(figure.isoformat() if order == Order.HEARD else str(figure), company)
        for figure, company in found
    ]


def _read(order: Order, text: str) -> Any:
    """The value of a mark; None for one that somebody made up."""
    try:
        if order in (Order.NEWEST, Order.HEARD):
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else None
        return int(text) if order == Order.AMOUNT and abs(int(text)) < 2**62 else text
    except ValueError:
        return None
