"""Won, lost, open again: from the board's zones and menu, and from the deal's own page."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import NotAllowed, NotFound, StagecraftError, StaleVersion
from core.htmx import trigger
from deals.forms import LoseForm
from deals.models import Deal
from deals.selectors.visible import get_deal
from deals.services.close_deal import lose_deal, reopen_deal, win_deal
from deals.views.deal import deal_fragment
from deals.views.moves import Attempt, attempted, failed, on_deal, stale
from deals.views.shared import lanes_changed, no_swap
from tenancy.http import WorkspaceRequest
from tenancy.pages import http_404, notice


@require_POST
@http_404
def win(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Won, or what is still missing for it."""
    version = request.POST.get("version", "")
    attempt = Attempt(
        deal_id=deal_id,
        stage_id=None,
        version=int(version) if version.isdigit() else None,
        reason=request.POST.get("override_reason", "")[:500],
    )

    def go(expected: int | None) -> HttpResponse:
        deal = win_deal(
            deal_id=deal_id, actor=request.actor, expected_version=expected, override_reason=attempt.reason
        )
        return closed(request, deal, _("“%(deal)s” is won.") % {"deal": deal.name})

    return attempted(request, attempt, go)


def closed(request: WorkspaceRequest, deal: Deal, text: str) -> HttpResponse:
    """The answer to a win or a loss."""
    response = on_deal(request, deal.pk) if request.POST.get("surface") == "deal" else no_swap()
    trigger(response, **{"move-done": {"deal": str(deal.pk)}, "dialog-done": {}})
    lanes_changed(response, {deal.stage_id})
    undo_url = reverse("deals:undo", args=[request.workspace.slug, deal.pk]) + f"?version={deal.version}"
    return notice(response, text, strong=deal.name, undo_url=undo_url)


@require_http_methods(["GET", "POST"])
@http_404
def lose(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Ask why, then close the deal as lost."""
    deal = get_deal(deal_id, actor=request.actor)
    form = LoseForm(request.POST or None)
    surface = request.POST.get("surface") or request.GET.get("surface", "board")
    version = request.POST.get("version") or request.GET.get("version", "")
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                deal = lose_deal(
                    deal_id=deal_id,
                    reason=form.cleaned_data["reason"],
                    note=form.cleaned_data["note"],
                    actor=request.actor,
                    expected_version=int(version) if version.isdigit() else None,
                )
        except StaleVersion as problem:
            return stale(request, problem.current, Attempt(deal_id, None, None))
        except (NotFound, NotAllowed):
            raise
        except StagecraftError as problem:
            return trigger(failed(request, deal_id, str(problem.detail)), **{"dialog-done": {}})
        return closed(request, deal, _("“%(deal)s” is lost.") % {"deal": deal.name})
    context = {"deal": deal, "form": form, "surface": surface, "version": version or deal.version}
    response = render(request, "deals/_lose.html", context)
    response.headers["HX-Retarget"] = "#overlay"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


@require_POST
@http_404
def reopen(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Open a closed deal again."""
    try:
        with transaction.atomic():
            deal = reopen_deal(deal_id=deal_id, actor=request.actor)
    except (NotFound, NotAllowed):
        raise
    except StagecraftError as problem:
        return failed(request, deal_id, str(problem.detail))
    response = deal_fragment(request, deal.pk)
    lanes_changed(response, {deal.stage_id}, fresh=deal.pk)
    return notice(response, _("“%(deal)s” is open again.") % {"deal": deal.name}, strong=deal.name)
