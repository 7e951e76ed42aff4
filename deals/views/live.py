"""What a board that is open fetches when it hears of changes (static/js/live_board.js)."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import clock
from core.errors import NotFound
from core.ids import parse_uuid
from deals.models.event import EventKind
from deals.selectors.live import LastChange, live_board
from deals.views.filters import chosen_filter
from pipeline.models import Pipeline
from tenancy.http import WorkspaceRequest
from tenancy.pages import http_404
from tenancy.permissions import Permission

MOST_DEALS = 100
MOST_CARDS = 200  # of one column

MOVES = {EventKind.STAGE_CHANGED, EventKind.UNDONE, EventKind.REOPENED, EventKind.RESTORED}


@require_GET
@http_404
def changed_cards(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    """All heads and sums; the cards of `deals`, and the first ones of `lanes` ("stage:count,stage:count")."""
    pipeline = Pipeline.objects.filter(pk=pipeline_id, archived_at=None).first()
    if pipeline is None:
        raise NotFound
    live = live_board(
        pipeline=pipeline,
        deal_ids=_deals(request.GET.get("deals", "")),
        lane_sizes=_lane_sizes(request.GET.get("lanes", "")),
        actor=request.actor,
        chosen=chosen_filter(request),
        as_of=clock.now(),
    )
    me = request.actor.member_id
    context = {
        "live": live,
        "board": live.board,
        "lines": {
            deal_id: said_of(change) for deal_id, change in live.changes.items() if change.actor_id != me
        },
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
        "currency": live.board.currency,
    }
    return render(request, "deals/_live.html", context)


def said_of(change: LastChange) -> str:
    """The line on the card of a deal that somebody else has just changed."""
    who = {"who": change.by}
    if change.kind in MOVES:
        return _("%(who)s moved this just now") % who
    if change.kind == EventKind.CREATED:
        return _("%(who)s added this just now") % who
    return _("%(who)s changed this just now") % who


def _deals(text: str) -> list[uuid.UUID]:
    found = dict.fromkeys(parse_uuid(part) for part in text.split(",")[:MOST_DEALS])
    return [deal_id for deal_id in found if deal_id]


def _lane_sizes(text: str) -> dict[uuid.UUID, int]:
    sizes: dict[uuid.UUID, int] = {}
    for part in text.split(",")[:MOST_DEALS]:
        stage, _colon, count = part.partition(":")
        stage_id = parse_uuid(stage)
        if stage_id and count.isascii() and count.isdigit():
            sizes[stage_id] = min(int(count[:6]), MOST_CARDS)
    return sizes
