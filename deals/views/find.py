"""The finder (Ctrl K): deals, companies, people, pages and acts, in one answer."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from contacts.models import Company
from contacts.selectors.find import SHOWN as FEW
from contacts.selectors.find import Sought, cleaned, find_companies, find_people, sought
from core.ids import parse_uuid
from deals.models import Deal
from deals.selectors.find import SHOWN, find_deals, recent
from deals.views.find_places import Place, acts, places
from tenancy.http import WorkspaceRequest
from tenancy.pages import render_page

REMEMBERED = 8
PLACES_SHOWN = 6
PARTS = {"deal": "deals:deal", "company": "contacts:company", "person": "contacts:person"}


@dataclass(slots=True)
class Group:
    """`kind` says how an entry is drawn; `more_url` leads to the page with all that answer."""

    key: str
    title: str
    entries: list[dict[str, Any]] = field(default_factory=list)
    more_url: str = ""


@require_GET
def find(request: WorkspaceRequest) -> HttpResponse:
    """?q: what is looked for. ?recent: what this browser opened lately, as "deal:<id>,company:<id>", shown while
    nothing is asked. Asked by htmx, the answers alone; otherwise a page of them."""
    q = cleaned(request.GET.get("q", ""))
    text = sought(q) if q else None
    groups = list(_found(request, q, text) if text else _at_hand(request, q))
    groups = [group for group in groups if group.entries]
    context = {
        "groups": number(groups),
        "count": sum(len(group.entries) for group in groups),
        "q": q,
        "is_short": bool(q) and text is None,
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "_find_results.html", context)
    return render_page(request, "find.html", context | {"is_page": True})


def number(groups: list[Group]) -> list[Group]:
    """Each entry gets the number by which the field names the one that is chosen."""
    for at, entry in enumerate(entry for group in groups for entry in group.entries):
        entry["at"] = at
    return groups


def _found(request: WorkspaceRequest, q: str, text: Sought) -> Iterator[Group]:
    actor, slug = request.actor, request.workspace.slug
    companies = find_companies(text, actor=actor)
    deals = find_deals(text, actor=actor, of=companies)
    people = find_people(text, actor=actor)
    asked = urlencode({"q": q})
    all_deals = f"{reverse('deals:list', args=[slug])}?{urlencode({'outcome': 'all', 'q': q})}"
    of_deals = Group("deals", _("Deals"), _records(slug, deals), all_deals if len(deals) == SHOWN else "")
    # Deals that only belong to what is called so stand behind it.
    named = any(text.plain in deal.name_key for deal in deals)
    if named:
        yield of_deals
    all_companies = f"{reverse('contacts:companies', args=[slug])}?{asked}"
    yield Group(
        "companies", _("Companies"), _records(slug, companies), all_companies if len(companies) == FEW else ""
    )
    if not named:
        yield of_deals
    all_people = f"{reverse('contacts:people', args=[slug])}?{asked}"
    yield Group("people", _("People"), _records(slug, people), all_people if len(people) == FEW else "")
    yield from _places(request, q)


def _at_hand(request: WorkspaceRequest, q: str) -> Iterator[Group]:
    """While nothing is asked, or too little to search by."""
    if not q:
        kept = list(_remembered(request.GET.get("recent", "")))
        there = recent(_by_kind(kept), actor=request.actor) if kept else {}
        records = [there[ident] for _kind, ident in kept if ident in there]
        yield Group("recent", _("Opened lately"), _records(request.workspace.slug, records))
    yield from _places(request, q)


def _places(request: WorkspaceRequest, q: str) -> Iterator[Group]:
    yield Group("acts", _("Do"), _answering(acts(request), q))
    yield Group("pages", _("Go to"), _answering(places(request), q))


def _answering(found: Iterable[Place], q: str) -> list[dict[str, Any]]:
    """All of them while nothing is asked: they are few, and this is where one learns of them."""
    answering = [place for place in found if place.answers(q)]
    return [
        {"kind": "place", "place": place, "url": place.url}
        for place in answering[: PLACES_SHOWN if q else None]
    ]


def _records(slug: str, records: Iterable[Any]) -> list[dict[str, Any]]:
    return [
        {
            "kind": (kind := _kind_of(each)),
            "record": each,
            "key": f"{kind}:{each.pk}",
            "url": reverse(PARTS[kind], args=[slug, each.pk]),
        }
        for each in records
    ]


def _kind_of(record: Any) -> str:
    if isinstance(record, Deal):
        return "deal"
    return "company" if isinstance(record, Company) else "person"


def _remembered(text: str) -> Iterator[tuple[str, uuid.UUID]]:
    """What can be read of what the browser kept; the rest is left out."""
    for part in text[: REMEMBERED * 60].split(",")[:REMEMBERED]:
        kind, _colon, ident = part.partition(":")
        if kind in PARTS and (found := parse_uuid(ident)):
            yield kind, found


def _by_kind(kept: Iterable[tuple[str, uuid.UUID]]) -> dict[str, list[uuid.UUID]]:
    ids: dict[str, list[uuid.UUID]] = {}
    for kind, ident in kept:
        ids.setdefault(kind, []).append(ident)
    return ids
