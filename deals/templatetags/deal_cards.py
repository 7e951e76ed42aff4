"""`{% deal_card card %}`: a card's HTML, drawn once for what it says.

A board shows 125 cards and most of them say what they said a moment ago, so the HTML is kept for each face in the web
process. It cannot be out of date: the template sees nothing but the face, and the face is the key.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from deals.marks import Mark
from deals.selectors.cards import Card, NextTask
from tenancy.models.members import short_name

KEPT = 4096  # faces of about 2.5 kB: some 30 boards in 10 MB

register = template.Library()


@dataclass(frozen=True, slots=True)
class CardFace:
    """All that the template sees. `ticks`: which of its stage's criteria are met; `polls_left`: for fresh cards."""

    slug: str
    id: uuid.UUID
    version: int
    rank: str
    name: str
    company: str
    owner: str
    is_mine: bool
    is_lead: bool
    amount: Decimal | None
    currency: str
    closes_on: date | None
    today: date
    next_task: NextTask | None
    ticks: tuple[bool, ...]
    missing: str
    limit: int
    days: int
    stay_state: str
    snoozed_until: date | None
    bar_percent: int
    heard_days: int | None
    is_silent: bool
    can_edit: bool
    is_fresh: bool
    polls_left: int
    marks: tuple[Mark, ...] = ()

    @property
    def owner_short(self) -> str:
        return short_name(self.owner)

    @property
    def is_stalled(self) -> bool:
        return self.stay_state == "over"

    @property
    def is_late(self) -> bool:
        return self.closes_on is not None and self.closes_on < self.today

    @property
    def met(self) -> int:
        return sum(self.ticks)


@register.simple_tag(takes_context=True)
def deal_card(context: template.Context, card: Card) -> SafeString:
    """The card as the page's reader sees it. Of the context: workspace, can_edit, fresh, polls_left."""
    is_fresh = context.get("fresh") == card.deal.pk
    return card_html(
        card,
        slug=context["workspace"].slug,
        can_edit=bool(context.get("can_edit")),
        is_fresh=is_fresh,
        polls_left=int(context.get("polls_left") or 0) if is_fresh and card.awaits_tasks else 0,
    )


@register.filter
def line_in(card: Card, lines: dict[uuid.UUID, str]) -> str:
    """What a live board says of this card's deal, or ""."""
    return lines.get(card.deal.pk, "")


def card_html(
    card: Card, *, slug: str, can_edit: bool, is_fresh: bool = False, polls_left: int = 0
) -> SafeString:
    """The card's HTML in the language that is active."""
    return drawn(face_of(card, slug, can_edit, is_fresh, polls_left), get_language())


def face_of(card: Card, slug: str, can_edit: bool, is_fresh: bool, polls_left: int) -> CardFace:
    deal = card.deal
    return CardFace(
        slug=slug,
        id=deal.pk,
        version=deal.version,
        rank=deal.rank,
        name=deal.name,
        company=card.company,
        owner=card.owner,
        is_mine=card.is_mine,
        is_lead=deal.stage.is_lead,
        amount=deal.amount,
        currency=deal.currency,
        closes_on=deal.expected_close_date,
        today=card.today,
        next_task=card.next_task,
        ticks=tuple(state.met for state in card.criteria),
        missing=card.missing,
        limit=card.limit,
        days=card.days,
        stay_state=card.stay_state,
        snoozed_until=card.snoozed_until,
        bar_percent=card.bar_percent,
        heard_days=card.heard_days,
        is_silent=card.is_silent,
        can_edit=can_edit,
        is_fresh=is_fresh,
        polls_left=polls_left,
        marks=card.marks,
    )


@lru_cache(maxsize=KEPT)
def drawn(face: CardFace, language: str | None) -> SafeString:
    """The HTML of a face. The language, which is active, belongs to the key."""
    found: Any = get_template("deals/_deal_card.html").render({"card": face})
    return mark_safe(found)  # noqa: S308 - a template's own output
