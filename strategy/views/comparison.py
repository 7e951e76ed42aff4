"""The comparison on a deal: criteria in a table and as points in four quadrants, over one rival or all."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.errors import Conflict, InvalidInput, StaleVersion
from core.htmx import trigger
from core.ids import parse_uuid
from deals.models import Deal, DealContact
from deals.views.shared import no_swap
from strategy.forms.comparison import CriterionForm, SelectionForm, StandingField
from strategy.models import BuyerCriterion, Matters, Standing, Tool
from strategy.selectors.comparison import comparison_of, competitor_names, shown_facing
from strategy.selectors.competitors import competitors_met
from strategy.services import comparison as services
from strategy.services.selection import record_selection, withdraw_selection
from strategy.views.frame import deal_for, tool_page, tool_part
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice, render_page
from tenancy.scope import current_workspace, current_zone


@require_GET
@http_404
def page(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    deal = deal_for(request, deal_id)
    context = _shown(request, deal) | {"names": competitor_names()}
    return tool_page(request, deal, Tool.COMPARISON, "strategy/comparison.html", context)


@require_GET
@http_404
def drawn(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """All of it, for a page that has heard of somebody else's change."""
    return _part(request, deal_for(request, deal_id))


@require_POST
@http_404
def add_rival(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    deal = deal_for(request, deal_id, to_edit=True)

    def act() -> HttpResponse:
        rival = services.add_rival(deal_id=deal_id, name=request.POST.get("name", ""), actor=request.actor)
        return trigger(_part(request, deal, wanted=str(rival.pk)), **{"comparison-added": "rival"})

    return _tried(act)


@require_POST
@http_404
def remove_rival(request: WorkspaceRequest, deal_id: uuid.UUID, rival_id: uuid.UUID) -> HttpResponse:
    deal = deal_for(request, deal_id, to_edit=True)
    rival = services.remove_rival(deal_id=deal_id, rival_id=rival_id, actor=request.actor)
    undo = reverse("strategy:rival_restore", args=[request.workspace.slug, deal_id, rival_id])
    name = rival.competitor.name
    return notice(
        _part(request, deal), _("Taken off this deal: %(name)s") % {"name": name}, strong=name, undo_url=undo
    )


@require_POST
@http_404
def restore_rival(request: WorkspaceRequest, deal_id: uuid.UUID, rival_id: uuid.UUID) -> HttpResponse:
    deal = deal_for(request, deal_id, to_edit=True)

    def act() -> HttpResponse:
        services.restore_rival(deal_id=deal_id, rival_id=rival_id, actor=request.actor)
        return _part(request, deal, wanted=str(rival_id), out_of_band=True)

    return _tried(act)


@require_POST
@http_404
def add_criterion(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    deal = deal_for(request, deal_id, to_edit=True)

    def act() -> HttpResponse:
        more = _whose(deal, request.POST.get("whose", ""))
        services.add_criterion(
            deal_id=deal_id, text=request.POST.get("text", ""), actor=request.actor, **more
        )
        return trigger(_part(request, deal), **{"comparison-added": "criterion"})

    return _tried(act)


@require_POST
@http_404
def edit_criterion(
    request: WorkspaceRequest, deal_id: uuid.UUID, buyer_criterion_id: uuid.UUID
) -> HttpResponse:
    """A field of its row, or the place of its point."""
    deal = deal_for(request, deal_id, to_edit=True)

    def act() -> HttpResponse:
        changes, standings, version = _changes(request, deal)
        services.edit_criterion(
            deal_id=deal_id,
            criterion_id=buyer_criterion_id,
            changes=changes,
            standings=standings,
            actor=request.actor,
            expected_version=version,
        )
        return _part(request, deal)

    try:
        return _tried(act)
    except StaleVersion as stale:
        context = {"theirs": stale.current, "typed": request.POST.get("text")}
        said = _("Somebody changed this in the meantime. What you typed is kept.")
        return notice(_part(request, deal, **context), said, kind="error")


@require_POST
@http_404
def remove_criterion(
    request: WorkspaceRequest, deal_id: uuid.UUID, buyer_criterion_id: uuid.UUID
) -> HttpResponse:
    deal = deal_for(request, deal_id, to_edit=True)
    removed: BuyerCriterion = services.remove_criterion(
        deal_id=deal_id, criterion_id=buyer_criterion_id, actor=request.actor
    )
    undo = reverse("strategy:criterion_restore", args=[request.workspace.slug, deal_id, buyer_criterion_id])
    said = _("Removed: %(text)s") % {"text": removed.text}
    undo = (
        f"{undo}?with={request.GET.get('with', '')[:40]}" if parse_uuid(request.GET.get("with", "")) else undo
    )
    return notice(_part(request, deal), said, strong=removed.text, undo_url=undo)


@require_POST
@http_404
def restore_criterion(
    request: WorkspaceRequest, deal_id: uuid.UUID, buyer_criterion_id: uuid.UUID
) -> HttpResponse:
    deal = deal_for(request, deal_id, to_edit=True)

    def act() -> HttpResponse:
        services.restore_criterion(deal_id=deal_id, criterion_id=buyer_criterion_id, actor=request.actor)
        return _part(request, deal, out_of_band=True)

    return _tried(act)


@require_POST
@http_404
def select(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """The buyer has chosen us; with `withdraw` in the form: taken back."""
    deal = deal_for(request, deal_id, to_edit=True)
    if "withdraw" in request.POST:
        withdraw_selection(deal_id=deal_id, actor=request.actor)
        return notice(_part(request, deal), _("Taken back: the buyer has chosen us."))
    form = SelectionForm(request.POST, prefix="s")
    if form.is_valid():
        try:
            with transaction.atomic():
                record_selection(deal_id=deal_id, actor=request.actor, **form.cleaned_data)
            return notice(_part(request, deal), _("Recorded: the buyer has chosen us."))
        except InvalidInput as problem:
            add_errors(form, problem)
        except Conflict as problem:
            return notice(_part(request, deal), str(problem.detail), kind="error")
    return _part(request, deal, selection_form=form)


@require_GET
@http_404
def competitors(request: WorkspaceRequest) -> HttpResponse:
    """Against whom we win, and by what, over all deals."""
    context = {"met": competitors_met(request.actor), "currency": current_workspace().currency}
    return render_page(request, "strategy/competitors.html", context, current="forecast")


def _tried(act: Callable[[], HttpResponse]) -> HttpResponse:
    """What `act` answers; a refusal swaps nothing, so that what was typed stays."""
    try:
        with transaction.atomic():
            return act()
    except InvalidInput as problem:
        return notice(no_swap(), str(problem.detail), kind="error")


def _changes(
    request: WorkspaceRequest, deal: Deal
) -> tuple[dict[str, Any], dict[uuid.UUID, int | None], int | None]:
    """Only what was sent. Raises InvalidInput for what is no choice."""
    form = CriterionForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(str(next(iter(form.errors.values()))[0]))
    changes: dict[str, Any] = {}
    if "text" in request.POST:
        changes["text"] = form.cleaned_data["text"]
    if "whose" in request.POST:
        changes |= _whose(deal, form.cleaned_data["whose"])
    if "matters" in request.POST:
        changes["matters"] = form.cleaned_data["matters"]
    standings: dict[uuid.UUID, int | None] = {}
    for name, value in request.POST.items():
        rival = parse_uuid(name.removeprefix("standing-")) if name.startswith("standing-") else None
        if rival is not None:
            try:
                standings[rival] = StandingField().clean(value)
            except ValidationError as problem:
                raise InvalidInput(problem.messages[0]) from problem
    return changes, standings, form.cleaned_data["version"]


def _whose(deal: Deal, name: str) -> dict[str, Any]:
    """A person on the deal by their name, or a role in free words."""
    name = " ".join(name.split())
    on_deal = DealContact.objects.filter(deal=deal, contact__name=name, contact__deleted_at=None)
    contact = on_deal.order_by("id").values_list("contact_id", flat=True).first() if name else None
    return {"contact_id": contact, "role": "" if contact else name}


def _shown(
    request: WorkspaceRequest, deal: Deal, wanted: str = "", selection_form: SelectionForm | None = None
) -> dict[str, Any]:
    found = comparison_of(deal)
    asked = wanted or request.GET.get("with", "")
    shown = list(shown_facing(found, asked))
    people = DealContact.objects.filter(deal=deal, contact__deleted_at=None)
    today = clock.local_date(clock.now(), current_zone())
    return {
        "comparison": found,
        "shown": shown,
        "with": "all" if asked == "all" else str(shown[0].rival.pk) if shown else "",
        "cells": found.cells(shown),
        "unplaced": [p for p in found.points if p.facing in shown and not p.is_placed],
        "build": found.count("build", shown),
        "idle": found.count("idle", shown),
        "prepare": found.count("prepare", shown),
        "people": list(people.order_by("contact__name").values_list("contact__name", flat=True)),
        "matters_choices": Matters.choices,
        "standing_choices": Standing.choices,
        "selection_form": selection_form or SelectionForm(prefix="s", initial={"on": today}),
        "today": today,
    }


def _part(
    request: WorkspaceRequest,
    deal: Deal,
    *,
    wanted: str = "",
    selection_form: SelectionForm | None = None,
    **more: Any,
) -> HttpResponse:
    context = _shown(request, deal, wanted, selection_form) | more
    return tool_part(request, deal, "strategy/_comparison.html", context)
