"""What acts on many deals share: locks in one order, set-based writes with the rules of a single move, one record of it.

A fixed number of statements, however many deals. Each deal's version row is written by its trigger, as for any change.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from core import clock, outbox
from core.errors import InvalidInput
from core.ids import uuid7
from deals.models import BulkChange, Deal, DealEvent, StageStay
from deals.selectors.bulk import MOST, BulkPlan, Seen, without_stale
from deals.selectors.visible import visible_to
from deals.services.move_deal import OPEN_STAY
from deals.services.placing import RANK_KEY
from pipeline.models import Stage, StageKind
from tenancy.permissions import Actor
from tenancy.scope import current_workspace_id

TRIES = 5
ENTER = """
UPDATE deals_deal
SET stage_id = %(stage)s, pipeline_id = %(pipeline)s, stage_entered_at = %(at)s, version = version + 1, rank = new.rank,
    qualified_at = CASE WHEN %(qualifies)s THEN coalesce(qualified_at, %(at)s) ELSE qualified_at END
FROM unnest(%(ids)s::uuid[], %(ranks)s::text[]) AS new(id, rank)
WHERE deals_deal.workspace_id = %(workspace)s AND deals_deal.id = new.id
"""


@dataclass(frozen=True, slots=True)
class BulkResult:
    """`change` is None where nothing went. `stages`: the columns that look different now."""

    plan: BulkPlan
    change: BulkChange | None
    stages: frozenset[uuid.UUID]

    @property
    def done(self) -> int:
        return len(self.plan.goes)


def held_deals(*, seen: Seen, actor: Actor, plan: BulkPlan) -> list[Deal]:
    """The visible ones of `seen`, locked to the end in the order of their ids, in the order of their cards.

    Those that somebody changed since the reader saw them are refused in `plan`. Raises InvalidInput for none or too many.
    """
    if not seen:
        raise InvalidInput.of("deals", _("Choose at least one deal."), "required")
    if len(seen) > MOST:
        raise InvalidInput.of(
            "deals", _("At most %(most)s deals can be changed at once.") % {"most": MOST}, "too_many"
        )
    # Alone first: a row that was changed while waiting must not be joined to what it referred to before.
    held = visible_to(actor).filter(pk__in=list(seen)).order_by("pk").select_for_update(no_key=True)
    ids = list(held.values_list("pk", flat=True))
    deals = visible_to(actor).filter(pk__in=ids).select_related("stage", "pipeline", "owner")
    found = list(deals.order_by("pipeline_id", "stage__position", "rank"))
    return without_stale(found, seen, plan)


def enter_stage(
    deals: Sequence[Deal],
    stage: Stage,
    *,
    ranks: Callable[[], list[str]],
    actor: Actor,
    at: datetime,
    override_reason: str = "",
) -> list[StageStay]:
    """All of them into `stage`: stays change at the same moment, ranks as `ranks()` says. Three statements."""
    StageStay.objects.filter(OPEN_STAY, deal__in=[deal.pk for deal in deals]).update(left_at=at)
    stays = [
        StageStay(
            id=uuid7(),
            deal=deal,
            stage=stage,
            entered_at=at,
            entered_by=actor.member,
            override_reason=override_reason,
        )
        for deal in deals
    ]
    StageStay.objects.bulk_create(stays)
    values: dict[str, Any] = {
        "stage": stage.pk,
        "pipeline": stage.pipeline_id,
        "at": at,
        "qualifies": stage.kind == StageKind.OPEN,
        "ids": [str(deal.pk) for deal in deals],
        "workspace": current_workspace_id(),
    }

    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute(ENTER, values | {"ranks": ranks()})

    with_free_ranks(write)
    return stays


def with_free_ranks(write: Callable[[], None]) -> None:
    """Call `write`, which chooses ranks anew each time, until no other transaction has taken one of them."""
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                write()
        except IntegrityError as error:
            if RANK_KEY not in str(error) or attempt == TRIES - 1:
                raise
        else:
            return


def record_events(
    deals: Collection[Deal],
    *,
    kind: str,
    actor: Actor,
    at: datetime,
    data: Callable[[Deal], dict[str, Any]],
    stays: Mapping[uuid.UUID, uuid.UUID] | None = None,
    quiet: bool = False,
) -> None:
    """An event for each deal; `stays`: deal → its stay. One statement."""
    DealEvent.objects.bulk_create(
        DealEvent(
            id=uuid7(),
            deal=deal,
            stay_id=(stays or {}).get(deal.pk),
            kind=kind,
            actor=actor.member,
            at=at,
            data=data(deal),
            # For the timeline alone, where nothing is to follow.
            dispatched_at=at if quiet else None,
        )
        for deal in deals
    )
    if not quiet:
        outbox.announce(current_workspace_id())


def keep_bulk(*, kind: str, actor: Actor, rows: list[dict[str, Any]]) -> BulkChange:
    """What `undo_bulk` needs. `rows`: deal, version afterwards, was."""
    change = BulkChange(kind=kind, actor=actor.member, rows=rows, made_at=clock.now())
    change.save(force_insert=True)
    return change


def moment_after(deals: Sequence[Deal]) -> datetime:
    """Now, or the latest entry of these: a stay cannot end before it began."""
    return max(clock.now(), *(deal.stage_entered_at for deal in deals))
