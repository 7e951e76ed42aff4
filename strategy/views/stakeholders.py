"""The stakeholder map of a deal: people placed by hand or by keys, and what is known of each."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts.selectors.people import get_contact
from core import clock
from core.errors import InvalidInput, NotFound, StaleVersion
from core.htmx import trigger
from deals.models import Deal
from deals.services.people import add_person, remove_person
from strategy.drawing import HEIGHT, LEFT, TOP, WIDTH
from strategy.forms.stakeholders import PlaceForm, StakeholderForm
from strategy.models import Stance, Tool
from strategy.selectors.map_warnings import map_warnings
from strategy.selectors.stakeholders import Placed, counted_stage, stakeholders_of
from strategy.services.stakeholders import place_stakeholder
from strategy.views.frame import deal_for, tool_page, tool_part
from strategy.views.map_points import points_of
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice

PREFIX = "m"
FACTS = ("rank", "influence", "stance", "roles", "signs")


@require_GET
@http_404
def page(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """The whole page; to htmx the map alone, as it is now."""
    deal = deal_for(request, deal_id)
    if request.htmx:
        return drawn(request, deal)
    return tool_page(request, deal, Tool.STAKEHOLDERS, "strategy/stakeholders.html", shown(request, deal))


@require_POST
@http_404
def place(request: WorkspaceRequest, deal_id: uuid.UUID, contact_id: uuid.UUID) -> HttpResponse:
    """Where a drag or the keys have put somebody, or the stance chosen in the table. In the query: the way back."""
    is_undo = "back" in request.GET
    deal = deal_for(request, deal_id, to_edit=True)
    was = found(request, deal, contact_id)
    form = PlaceForm(request.GET if is_undo else request.POST)
    if not form.is_valid():
        return notice(drawn(request, deal), _("Enter a number from 0 to 100."), kind="error")
    try:
        with transaction.atomic():
            row = place_stakeholder(
                deal_id=deal_id,
                contact_id=contact_id,
                changes=form.changes,
                actor=request.actor,
                expected_version=form.cleaned_data["version"],
            )
    except InvalidInput as problem:
        return notice(drawn(request, deal, out_of_band=is_undo), str(problem.detail), kind="error")
    except StaleVersion:
        said = _("Somebody has placed “%(name)s” in the meantime. The map shows how it is now.")
        told = said % {"name": was.contact.name}
        return notice(drawn(request, deal, out_of_band=is_undo), told, kind="error")
    response = drawn(request, deal, out_of_band=is_undo)
    if is_undo:
        return notice(response, _("“%(name)s” is as before.") % {"name": was.contact.name})
    if row.version == was.version:
        return response
    return _told(request, response, was, row)


def _told(request: WorkspaceRequest, response: HttpResponse, was: Placed, row: Any) -> HttpResponse:
    """What changed, said with a way back."""
    name = was.contact.name
    if (row.rank, row.influence) == (was.rank, was.influence):
        text = _("“%(name)s”: %(stance)s.") % {"name": name, "stance": Stance(row.stance).label}
    elif row.rank is None:
        text = _("“%(name)s” was taken off the map.") % {"name": name}
    else:
        text = _("“%(name)s”: rank %(rank)s, influence %(influence)s.") % {
            "name": name,
            "rank": row.rank,
            "influence": row.influence,
        }
    before = {name: "" if value is None else value for name, value in _values(was).items()}
    back = {name: before[name] for name in ("rank", "influence", "stance")}
    url = reverse("strategy:place_stakeholder", args=[request.workspace.slug, row.deal_id, row.contact_id])
    undo_url = f"{url}?{urlencode(back | {'version': row.version, 'back': 1})}"
    return notice(response, text, strong=name, undo_url=undo_url)


@require_http_methods(["GET", "POST"])
@http_404
def person(request: WorkspaceRequest, deal_id: uuid.UUID, contact_id: uuid.UUID) -> HttpResponse:
    """All that is known of one person, in a dialog."""
    deal = deal_for(request, deal_id, to_edit=True)
    placed = found(request, deal, contact_id)
    if request.method == "GET":
        initial = _values(placed) | {"version": placed.version}
        return _dialog(request, deal, placed, StakeholderForm(prefix=PREFIX, initial=initial))
    form = StakeholderForm(request.POST, prefix=PREFIX)
    theirs = None
    if form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        try:
            with transaction.atomic():
                place_stakeholder(
                    deal_id=deal_id,
                    contact_id=contact_id,
                    changes=values,
                    actor=request.actor,
                    expected_version=version,
                )
            return trigger(drawn(request, deal, out_of_band=True), **{"dialog-done": {}})
        except InvalidInput as problem:
            add_errors(form, problem)
        except StaleVersion:
            # Theirs is shown above the form, which keeps what was typed and now builds on theirs.
            placed = theirs = found(request, deal, contact_id)
            typed = request.POST.copy()
            typed[f"{PREFIX}-version"] = str(placed.version)
            form = StakeholderForm(typed, prefix=PREFIX)
    return _dialog(request, deal, placed, form, theirs=theirs)


def _dialog(
    request: WorkspaceRequest, deal: Deal, placed: Placed, form: StakeholderForm, **more: Any
) -> HttpResponse:
    context = {"placed": placed, "form": form, **more}
    return tool_part(request, deal, "strategy/_stakeholder_dialog.html", context)


@require_POST
@http_404
def remove(request: WorkspaceRequest, deal_id: uuid.UUID, contact_id: uuid.UUID) -> HttpResponse:
    """Take somebody off the deal; in the query `back`: put them on it again, where they stood."""
    deal = deal_for(request, deal_id, to_edit=True)
    if "back" in request.GET:
        contact = get_contact(contact_id, actor=request.actor)
        add_person(deal_id=deal_id, contact=contact, role=request.GET.get("role", ""), actor=request.actor)
        said = _("%(name)s is back on the deal.") % {"name": contact.name}
        return notice(drawn(request, deal, out_of_band=True), said)
    link = remove_person(deal_id=deal_id, contact_id=contact_id, actor=request.actor)
    name = link.contact.name
    url = reverse("strategy:remove_stakeholder", args=[request.workspace.slug, deal_id, contact_id])
    said = _("“%(name)s” was taken off the deal.") % {"name": name}
    undo_url = f"{url}?{urlencode({'role': link.role, 'back': 1})}"
    return notice(drawn(request, deal), said, strong=name, undo_url=undo_url)


def found(request: WorkspaceRequest, deal: Deal, contact_id: uuid.UUID) -> Placed:
    people = people_of(request, deal)
    placed = next((each for each in people if each.contact.pk == contact_id), None)
    if placed is None:
        raise NotFound
    return placed


def people_of(request: WorkspaceRequest, deal: Deal) -> list[Placed]:
    zone = request.workspace.zone
    return stakeholders_of(deal, today=clock.local_date(clock.now(), zone), zone=zone)


def shown(request: WorkspaceRequest, deal: Deal) -> dict[str, Any]:
    people = people_of(request, deal)
    return {
        "people": people,
        "points": points_of(people),
        "unplaced": [each for each in people if not each.is_placed],
        "warnings": map_warnings(people, counted_stage(deal)),
        "stances": Stance.choices,
        "plot": {"left": LEFT, "width": WIDTH, "top": TOP, "height": HEIGHT},
    }


def drawn(request: WorkspaceRequest, deal: Deal, *, out_of_band: bool = False) -> HttpResponse:
    """The map, its warnings and its table, as every change of them answers."""
    context = shown(request, deal) | {"out_of_band": out_of_band}
    return tool_part(request, deal, "strategy/_map.html", context)


def _values(placed: Placed) -> dict[str, Any]:
    if placed.row is None:
        return {"rank": None, "influence": None, "stance": Stance.UNKNOWN.value, "roles": [], "signs": []}
    return {name: getattr(placed.row, name) for name in FACTS}
