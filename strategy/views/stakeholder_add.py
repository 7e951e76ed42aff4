"""Somebody new on the map: a known contact, or one who is made here."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contacts.selectors.people import get_contact
from core.errors import InvalidInput, NotFound
from core.ids import parse_uuid
from deals.models import Deal
from deals.selectors.people import people_to_add
from deals.services.people import add_new_person, add_person
from strategy.forms.stakeholders import NewPersonForm
from strategy.views.frame import deal_for, tool_part
from strategy.views.stakeholders import drawn
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice

MAX_SEARCH = 100
PREFIX = "n"


@require_http_methods(["GET", "POST"])
@http_404
def add(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """The search, what fits `q`, and with ?new the form for somebody new. A POST adds them and draws the map anew."""
    deal = deal_for(request, deal_id, to_edit=True)
    if request.method == "POST":
        return _add(request, deal)
    wanted = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:MAX_SEARCH]
    if "new" in request.GET:
        form = NewPersonForm(prefix=PREFIX, initial={"name": wanted})
        return tool_part(request, deal, "strategy/_map_add.html", {"form": form})
    if "close" in request.GET:
        return tool_part(request, deal, "strategy/_map_add.html", {})
    context = {"found": people_to_add(deal, search=wanted, actor=request.actor), "wanted": wanted}
    template = "strategy/_map_options.html" if "q" in request.GET else "strategy/_map_add.html"
    return tool_part(request, deal, template, context | {"adding": True})


def _add(request: WorkspaceRequest, deal: Deal) -> HttpResponse:
    form = None
    try:
        with transaction.atomic():
            if "contact" in request.POST:
                contact_id = parse_uuid(request.POST["contact"])
                if contact_id is None:
                    raise NotFound
                contact = get_contact(contact_id, actor=request.actor)
                add_person(deal_id=deal.pk, contact=contact, actor=request.actor)
            else:
                form = NewPersonForm(request.POST, prefix=PREFIX)
                if not form.is_valid():
                    return _form_again(request, deal, form)
                add_new_person(deal_id=deal.pk, actor=request.actor, **form.cleaned_data)
    except InvalidInput as problem:
        if form is None:
            return notice(drawn(request, deal), str(problem.detail), kind="error")
        add_errors(form, problem)
        return _form_again(request, deal, form)
    response = drawn(request, deal)
    closed = tool_part(request, deal, "strategy/_map_add.html", {"out_of_band": True})
    response.content += closed.content
    return notice(response, _("On the map now: rank and influence are to be placed."))


def _form_again(request: WorkspaceRequest, deal: Deal, form: Any) -> HttpResponse:
    response = tool_part(request, deal, "strategy/_map_add.html", {"form": form})
    response.headers["HX-Retarget"] = "#map-add"
    response.headers["HX-Reswap"] = "outerHTML"
    return response
