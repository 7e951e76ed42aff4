"""Write down what happened, in the transaction of the change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core import clock, outbox
from deals.models import Deal, DealEvent, StageStay
from tenancy.permissions import Actor
from tenancy.scope import current_workspace_id


def record_event(
    *,
    deal: Deal,
    kind: str,
    actor: Actor,
    stay: StageStay | None = None,
    data: dict[str, Any] | None = None,
    at: datetime | None = None,
    quiet: bool = False,
) -> DealEvent:
    """An event for the timeline and the dispatcher. `quiet`: for the timeline alone, nothing follows from it."""
    moment = at or clock.now()
    event = DealEvent(
        deal=deal,
        stay=stay,
        kind=kind,
        actor=actor.member,
        at=moment,
        data=data or {},
        dispatched_at=moment if quiet else None,
    )
    event.save(force_insert=True)
    if not quiet:
        outbox.announce(current_workspace_id())
    return event
