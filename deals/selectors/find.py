"""Deals by name while somebody types, and what was opened lately (contacts/selectors/find.py has the way)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When

from contacts.models import Company, Contact
from contacts.selectors.find import BEGINS, WITHIN, Sought, beginning, both_ways
from contacts.selectors.people import companies, contacts
from deals.models import Deal, Outcome
from deals.selectors.visible import visible_to
from tenancy.permissions import Actor

SHOWN = 8
OF_COMPANY = WITHIN + 1


def find_deals(text: Sought, *, actor: Actor, of: Sequence[Company] = (), limit: int = SHOWN) -> list[Deal]:
    """Names that begin so, then words, then parts, then deals of the companies `of`; open before closed, the actor's
    own before others'. Three queries at most."""
    live = _in_order(visible_to(actor), actor)
    begins = live.filter(beginning("name_key", text.plain))
    first, then = both_ways(begins, live.filter(name_key__contains=text.plain), readable, limit)
    placed = [(BEGINS, deal) for deal in first] + [(text.place(deal.name), deal) for deal in then]
    if len(placed) < limit and of:
        there = [deal.pk for _place, deal in placed]
        of_companies = live.filter(company__in=[each.pk for each in of]).exclude(pk__in=there)
        placed += [(OF_COMPANY, deal) for deal in readable(of_companies[:limit])]

    def order(entry: tuple[int, Deal]) -> tuple[Any, ...]:
        place, deal = entry
        return place, not deal.is_open, deal.owner_id != actor.member_id, deal.name_key, deal.pk

    return [deal for _place, deal in sorted(placed, key=order)][:limit]


def _in_order(deals: QuerySet[Deal], actor: Actor) -> QuerySet[Deal]:
    """Open ones first, of these the actor's own: what the index deals_deal_find knows besides the name."""
    closed = Case(When(outcome=Outcome.OPEN, then=0), default=1, output_field=IntegerField())
    mine = Value(0) if actor.member_id is None else Case(When(owner_id=actor.member_id, then=0), default=1)
    return deals.order_by(closed, mine, "name_key", "id")


def readable(deals: QuerySet[Deal]) -> Iterable[Deal]:
    return deals.select_related("company", "stage")


def recent(ids: Mapping[str, Sequence[uuid.UUID]], *, actor: Actor) -> dict[uuid.UUID, Deal | Company | Contact]:
    """What of `ids` ("deal", "company", "person") is still there to be seen. A query for each kind."""
    found: list[Any] = []
    if ids.get("deal"):
        found += readable(visible_to(actor).filter(pk__in=ids["deal"]))
    if ids.get("company"):
        found += companies(actor=actor).filter(pk__in=ids["company"])
    if ids.get("person"):
        found += contacts(actor=actor).filter(pk__in=ids["person"])
    return {each.pk: each for each in found}
