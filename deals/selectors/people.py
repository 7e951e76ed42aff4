"""Who of the buyer's is on a deal, and who might be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Case, IntegerField, Max, Q, QuerySet, Value, When

from contacts.models import Contact
from core import clock
from deals.models import Activity, ActivityParticipant, Deal, DealContact
from deals.models.activity import Direction
from tenancy.permissions import Actor

SUGGESTIONS = 8
SILENT_DAYS = 14


@dataclass(frozen=True, slots=True)
class Person:
    """`heard_at`: when they were last heard from in this deal."""

    contact: Contact
    role: str
    heard_at: datetime | None
    silent_days: int | None

    @property
    def is_silent(self) -> bool:
        return self.silent_days is not None and self.silent_days >= SILENT_DAYS


def people_on(deal: Deal, *, today: date, zone: ZoneInfo) -> list[Person]:
    """In the order in which they came. Two queries."""
    links = list(
        DealContact.objects.filter(deal=deal, contact__deleted_at=None)
        .select_related("contact")
        .order_by("id")
    )
    heard = dict(
        ActivityParticipant.objects.filter(activity__deal=deal, activity__deleted_at=None)
        .exclude(activity__direction=Direction.TO_BUYER)
        .order_by()
        .values_list("contact")
        .annotate(at=Max("activity__occurred_at"))
    )
    return [_person(link, heard.get(link.contact_id), today, zone) for link in links]


def _person(link: DealContact, heard: datetime | None, today: date, zone: ZoneInfo) -> Person:
    days = max((today - clock.local_date(heard, zone)).days, 0) if heard else None
    return Person(link.contact, link.role, heard, days)


def participants_for(deal: Deal, *, also: Activity | None = None) -> QuerySet[Contact]:
    """Who can have taken part: those on the deal, and the company's; `also` those who did take part in that."""
    wanted = Q(pk__in=DealContact.objects.filter(deal=deal).values("contact"), deleted_at=None)
    if deal.company_id:
        wanted |= Q(company_id=deal.company_id, deleted_at=None)
    if also is not None:
        wanted |= Q(pk__in=ActivityParticipant.objects.filter(activity=also).values("contact"))
    return Contact.objects.filter(wanted).order_by("name", "id")


def people_to_add(deal: Deal, *, search: str, actor: Actor) -> list[Contact]:
    """SUGGESTIONS contacts whose name or address has `search` in it, the company's first; without it, only those."""
    rows = Contact.objects.filter(deleted_at=None).select_related("company")
    rows = rows.exclude(pk__in=DealContact.objects.filter(deal=deal).values("contact"))
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(email__icontains=search))
    elif deal.company_id:
        rows = rows.filter(company_id=deal.company_id)
    else:
        return []
    ours = Case(
        When(company_id=deal.company_id, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    order = [ours, "name", "id"] if deal.company_id else ["name", "id"]
    return list(rows.order_by(*order)[:SUGGESTIONS])
