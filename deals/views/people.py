"""The buyer's people on a deal: found as one types, added, given a role, taken off with a way back."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts.selectors.people import get_contact
from core import clock
from core.errors import InvalidInput, NotFound
from core.ids import parse_uuid
from deals.forms import PersonForm, RoleForm
from deals.models import Deal
from deals.selectors.people import people_on, people_to_add
from deals.selectors.visible import get_deal
from deals.services.people import add_new_person, add_person, change_role, remove_person
from deals.views.log import told, undone
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice
from tenancy.permissions import Permission

MAX_SEARCH = 100


@require_http_methods(["GET", "POST"])
@http_404
def people(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """The people; with ?add the search under them. A POST puts a known contact on the deal."""
    deal = get_deal(deal_id, actor=request.actor)
    if request.method == "GET":
        more = {"adding": True, "found": people_to_add(deal, search="", actor=request.actor)}
        return section(request, deal, **(more if "add" in request.GET else {}))
    contact_id = parse_uuid(request.POST.get("contact") or request.GET.get("contact", ""))
    if contact_id is None:
        raise NotFound
    contact = get_contact(contact_id, actor=request.actor)
    role = request.POST.get("role", request.GET.get("role", ""))
    try:
        with transaction.atomic():
            add_person(deal_id=deal_id, contact=contact, role=role, actor=request.actor)
    except InvalidInput as problem:
        return notice(section(request, deal), str(problem.detail), kind="error")
    if "back" in request.GET:
        return undone(deal, _("%(name)s is back on the deal.") % {"name": contact.name})
    return told(section(request, deal), deal)


@require_GET
@http_404
def search(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Who fits what is typed, and the way to somebody new."""
    deal = get_deal(deal_id, actor=request.actor)
    request.actor.require(Permission.EDIT_DEALS)
    wanted = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:MAX_SEARCH]
    found = people_to_add(deal, search=wanted, actor=request.actor)
    return render(request, "deals/_person_options.html", {"deal": deal, "found": found, "wanted": wanted})


@require_http_methods(["GET", "POST"])
@http_404
def new_person(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Somebody who is not known yet, with the name that was searched for."""
    deal = get_deal(deal_id, actor=request.actor)
    request.actor.require(Permission.EDIT_DEALS)
    if request.method == "GET":
        start = {"name": request.GET.get("q", "")[:200]}
        return section(request, deal, person_form=PersonForm(prefix="p", initial=start))
    form = PersonForm(request.POST, prefix="p")
    if form.is_valid():
        try:
            with transaction.atomic():
                add_new_person(deal_id=deal_id, actor=request.actor, **form.cleaned_data)
            return told(section(request, deal), deal)
        except InvalidInput as problem:
            add_errors(form, problem)
    return section(request, deal, person_form=form)


@require_http_methods(["GET", "POST"])
@http_404
def role(request: WorkspaceRequest, deal_id: uuid.UUID, contact_id: uuid.UUID) -> HttpResponse:
    """What the person is in this deal, edited where it stands. Posted with ?back, what it was before is back."""
    deal = get_deal(deal_id, actor=request.actor)
    request.actor.require(Permission.EDIT_DEALS)
    if request.method == "GET":
        return section(request, deal, editing=contact_id)
    if "back" in request.GET:
        was = request.GET["back"]
        link, _had = change_role(deal_id=deal_id, contact_id=contact_id, actor=request.actor, role=was)
        return undone(deal, _("The role of %(name)s is back.") % {"name": link.contact.name})
    form = RoleForm(request.POST, prefix="r")
    if form.is_valid():
        try:
            with transaction.atomic():
                link, had = change_role(
                    deal_id=deal_id, contact_id=contact_id, actor=request.actor, **form.cleaned_data
                )
            response = told(section(request, deal), deal)
            if link.role == had:
                return response
            url = reverse("deals:person_role", args=[request.workspace.slug, deal_id, contact_id])
            said = _("The role of %(name)s was changed.") % {"name": link.contact.name}
            return notice(
                response, said, strong=link.contact.name, undo_url=f"{url}?{urlencode({'back': had})}"
            )
        except InvalidInput as problem:
            add_errors(form, problem)
    return section(request, deal, editing=contact_id, role_form=form)


@require_POST
@http_404
def remove(request: WorkspaceRequest, deal_id: uuid.UUID, contact_id: uuid.UUID) -> HttpResponse:
    link = remove_person(deal_id=deal_id, contact_id=contact_id, actor=request.actor)
    name = link.contact.name
    back = urlencode({"contact": contact_id, "role": link.role, "back": "1"})
    url = reverse("deals:people", args=[request.workspace.slug, deal_id])
    response = told(section(request, link.deal), link.deal)
    said = _("“%(name)s” was taken off the deal.") % {"name": name}
    return notice(response, said, strong=name, undo_url=f"{url}?{back}")


def section(request: WorkspaceRequest, deal: Deal, **more: Any) -> HttpResponse:
    """The people alone, as every action on them answers."""
    zone = request.workspace.zone
    shown = people_on(deal, today=clock.local_date(clock.now(), zone), zone=zone)
    context: dict[str, Any] = {
        "deal": deal,
        "people": shown,
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
        **more,
    }
    if "editing" in more and "role_form" not in more:
        person = next((person for person in shown if person.contact.pk == more["editing"]), None)
        if person is None:
            raise NotFound
        context["role_form"] = RoleForm(prefix="r", initial={"role": person.role})
    return render(request, "deals/_deal_people.html", context)
