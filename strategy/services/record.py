"""One line in the deal's story for work on a tool."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import clock
from deals.models import Deal, DealEvent, EventKind
from deals.services.events import record_event
from tenancy.permissions import Actor

# Within it the same person's work on the same tool is told once.
SITTING = timedelta(minutes=30)


def record_work(deal: Deal, tool: str, actor: Actor) -> None:
    """Tell that the actor works on the tool: one event for a sitting, however many lines are written in it."""
    since = clock.now() - SITTING
    told = DealEvent.objects.filter(
        deal=deal,
        kind=EventKind.STRATEGY,
        actor=actor.member,
        at__gte=since,
        data__tool=tool,
        data__act="worked",
    )
    if not told.exists():
        record_act(deal, tool, "worked", actor)


def record_act(deal: Deal, tool: str, act: str, actor: Actor, **data: Any) -> DealEvent:
    """An act that is told each time. `data`: ids and days, no texts: those stay in rows of their own."""
    more = {"tool": str(tool), "act": act, **data}
    return record_event(deal=deal, kind=EventKind.STRATEGY, actor=actor, data=more)
