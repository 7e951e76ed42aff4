"""One company, one person: facts, deals, people, and what happened, in a fixed number of queries."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F

from contacts.models import Company, Contact
from contacts.selectors.people import companies, contacts
from core.errors import NotFound
from core.formats import today_here
from core.money import round_to_currency
from customers.selectors.figures import Figures, figures_by_company, heard_from
from customers.selectors.history import HistoryPage, company_history, person_history
from deals.models import Deal, DealContact, Outcome
from deals.selectors.visible import visible_to
from tenancy.permissions import Actor
from tenancy.scope import current_zone

MOST = 100  # deals and people on one page; the list and the search reach all of them


@dataclass(frozen=True, slots=True)
class DealRow:
    """`role`: what the person is in it. `weighted` is None where a deal counts for nothing."""

    deal: Deal
    days: int
    is_stalled: bool
    weighted: Decimal | None
    role: str = ""


@dataclass(frozen=True, slots=True)
class PersonThere:
    contact: Contact
    last_heard: datetime | None


@dataclass(frozen=True, slots=True)
class CompanyDetail:
    company: Company
    figures: Figures
    open_deals: list[DealRow]
    closed_deals: list[DealRow]
    people: list[PersonThere]
    history: HistoryPage

    @property
    def has_more_deals(self) -> bool:
        return len(self.open_deals) == MOST or len(self.closed_deals) == MOST


@dataclass(frozen=True, slots=True)
class PersonDetail:
    contact: Contact
    last_heard: datetime | None
    open_deals: list[DealRow]
    closed_deals: list[DealRow]
    history: HistoryPage


def company_detail(company_id: uuid.UUID, *, actor: Actor) -> CompanyDetail:
    """Raises NotFound. What became of a merged one: `survivor_id`."""
    company = companies(actor=actor).select_related("owner__team").filter(pk=company_id).first()
    if company is None:
        raise NotFound
    deals = visible_to(actor).filter(company=company).select_related("stage", "owner", "loss_reason")
    running = deals.filter(outcome=Outcome.OPEN).order_by(
        F("expected_close_date").asc(nulls_last=True), "-created_at", "-id"
    )
    closed = deals.exclude(outcome=Outcome.OPEN).order_by("-closed_on", "-id")
    people = list(Contact.objects.filter(company=company, deleted_at=None).order_by("name_key", "id")[:MOST])
    heard = heard_from([each.pk for each in people])
    return CompanyDetail(
        company=company,
        figures=figures_by_company([company.pk], actor=actor).get(company.pk, Figures()),
        open_deals=[deal_row(deal) for deal in running[:MOST]],
        closed_deals=[deal_row(deal) for deal in closed[:MOST]],
        people=[PersonThere(each, heard.get(each.pk)) for each in people],
        history=company_history(company, actor=actor),
    )


def person_detail(contact_id: uuid.UUID, *, actor: Actor) -> PersonDetail:
    """Raises NotFound."""
    contact = contacts(actor=actor).select_related("company", "owner__team").filter(pk=contact_id).first()
    if contact is None:
        raise NotFound
    links = list(
        DealContact.objects.filter(contact=contact, deal__in=visible_to(actor))
        .select_related("deal__stage", "deal__owner", "deal__loss_reason")
        .order_by(F("deal__closed_on").desc(nulls_first=True), "-deal__created_at", "-deal_id")[: 2 * MOST]
    )
    rows = [deal_row(link.deal, role=link.role) for link in links]
    return PersonDetail(
        contact=contact,
        last_heard=heard_from([contact.pk]).get(contact.pk),
        open_deals=[row for row in rows if row.deal.is_open],
        closed_deals=[row for row in rows if not row.deal.is_open],
        history=person_history(contact, actor=actor),
    )


def survivor_id(record_id: uuid.UUID, *, model: type[Company] | type[Contact]) -> uuid.UUID | None:
    """What a merged duplicate became; None for anything else."""
    from contacts.selectors.merged import live_survivor

    found = model.objects.filter(pk=record_id, merged_into__isnull=False).first()
    last = live_survivor(found) if found else None
    return None if last is None else last.pk


def deal_row(deal: Deal, *, role: str = "") -> DealRow:
    today: date = today_here()
    zone = current_zone()
    weighted = None
    if deal.is_open and not deal.stage.is_lead and deal.amount is not None:
        weighted = round_to_currency(deal.amount * deal.stage.win_rate / 100, deal.currency)
    return DealRow(
        deal=deal,
        days=deal.days_in_stage(today=today, zone=zone),
        is_stalled=deal.is_stalled(today=today, zone=zone),
        weighted=weighted,
        role=role,
    )
