"""Deals by name while somebody types, and what was opened lately (contacts/selectors/find.py has the way)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from contacts.models import Company, Contact
from contacts.selectors.find import WITHIN, Sought, beginning, candidates, having, ids_of
from contacts.selectors.people import companies, contacts
from deals.models import Deal, Outcome
from deals.selectors.visible import visible_to
from tenancy.permissions import Actor

SHOWN = 8
OF_COMPANY = WITHIN + 1


def find_deals(text: Sought, *, actor: Actor, of: Sequence[Company] = (), limit: int = SHOWN) -> list[Deal]:
    """Names that begin so, then words, then parts, then deals of the companies `of`; open before closed, the actor's
    own before others'. Four queries at most."""
    live = visible_to(actor).order_by("name_key", "id")
    named = _beginning(live.filter(beginning("name_key", text.plain)), actor, limit)
    if len(named) < limit:
        named |= candidates(live.filter(having("name_key", text.plain)), *_order(actor))
    ids = set(named)
    if len(named) < limit and of:
        ids |= ids_of(live.order_by(*_order(actor)).filter(company__in=[each.pk for each in of]), limit=limit)

    def order(deal: Deal) -> tuple[Any, ...]:
        place = text.place(deal.name) if deal.pk in named else OF_COMPANY
        return place, not deal.is_open, deal.owner_id != actor.member_id, deal.name_key, deal.pk

    return sorted(readable(live.filter(pk__in=ids)), key=order)[:limit] if ids else []


def _beginning(begins: QuerySet[Deal], actor: Actor, limit: int) -> set[uuid.UUID]:
    """The actor's open ones, anybody's, and closed ones, each read from deals_deal_find in its own order: to put
    all in order that begin so, all would have to be read."""
    is_open = Q(outcome=Outcome.OPEN)
    mine = [is_open & Q(owner_id=actor.member_id)] if actor.member_id else []
    return ids_of(*(begins.filter(kind) for kind in (*mine, is_open, ~is_open)), limit=limit)


def _order(actor: Actor) -> tuple[Any, ...]:
    closed = Case(When(outcome=Outcome.OPEN, then=0), default=1, output_field=IntegerField())
    mine = Value(0) if actor.member_id is None else Case(When(owner_id=actor.member_id, then=0), default=1)
    return closed, mine, "name_key", "id"


def readable(deals: QuerySet[Deal]) -> Iterable[Deal]:
    return deals.select_related("company", "stage")


def recent(
    ids: Mapping[str, Sequence[uuid.UUID]], *, actor: Actor
) -> dict[uuid.UUID, Deal | Company | Contact]:
    """What of `ids` ("deal", "company", "person") is still there to be seen. A query for each kind."""
    found: list[Any] = []
    if ids.get("deal"):
        found += readable(visible_to(actor).filter(pk__in=ids["deal"]))
    if ids.get("company"):
        found += companies(actor=actor).filter(pk__in=ids["company"])
    if ids.get("person"):
        found += contacts(actor=actor).filter(pk__in=ids["person"])
    return {each.pk: each for each in found}
