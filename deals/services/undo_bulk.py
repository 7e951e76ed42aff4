"""Take back one act on many deals: for each of them that nobody has changed since."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, NotAllowed, NotFound
from deals.models import BulkChange, BulkKind, Deal, EventKind, Outcome, StageStay, Task
from deals.services.bulk_tags import undo_tag, undo_untag
from deals.services.edit_deal import UNLOGGED
from deals.services.many import record_events, with_free_ranks
from deals.services.placing import Edge, ranks_in
from pipeline.models import Stage, StageKind
from pipeline.selectors.held import hold_stage
from tenancy.models import Membership
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_workspace_id

# Deals come back on top of their columns, as a single one does.
RETURN = """
UPDATE deals_deal
SET stage_id = back.stage_id, pipeline_id = back.pipeline_id, stage_entered_at = back.entered_at, rank = back.rank,
    version = version + 1, qualified_at = CASE WHEN back.keeps THEN qualified_at END
FROM unnest(%(ids)s::uuid[], %(stages)s::uuid[], %(pipelines)s::uuid[], %(entered)s::timestamptz[], %(ranks)s::text[],
    %(keeps)s::boolean[]) AS back(id, stage_id, pipeline_id, entered_at, rank, keeps)
WHERE deals_deal.workspace_id = %(workspace)s AND deals_deal.id = back.id
"""
REOPEN = """
UPDATE deals_deal
SET outcome = 'open', closed_at = NULL, closed_on = NULL, loss_reason_id = NULL, loss_note = '', deleted_at = NULL,
    version = version + 1, rank = back.rank
FROM unnest(%(ids)s::uuid[], %(ranks)s::text[]) AS back(id, rank)
WHERE deals_deal.workspace_id = %(workspace)s AND deals_deal.id = back.id
"""
FIELDS = {
    BulkKind.OWNER: "owner_id",
    BulkKind.CLOSE_DATE: "expected_close_date",
    BulkKind.SOURCE: "source",
}
# A tag is no field: no version tells of it, and its undo looks at the tag itself.
UNVERSIONED = {BulkKind.TAG, BulkKind.UNTAG}


@dataclass(slots=True)
class Undone:
    """`left`: how many stay as they are, because somebody changed them since or their stage is gone."""

    kind: str
    deals: list[Deal] = field(default_factory=list)
    left: int = 0
    stages: set[uuid.UUID] = field(default_factory=set)


@transaction.atomic
def undo_bulk(*, change_id: uuid.UUID, actor: Actor) -> Undone:
    """The deals are as they were: a move's old stays go on, the new ones and their untouched tasks are void.

    Raises NotFound, NotAllowed for another member's act below leader, Conflict where nothing is left to take back.
    """
    actor.require(Permission.EDIT_DEALS)
    change = BulkChange.objects.filter(pk=change_id).first()
    if change is None:
        raise NotFound
    if change.actor_id != actor.member_id and not actor.can(Permission.OVERRIDE_GATE):
        raise NotAllowed
    rows = {uuid.UUID(row["deal"]): row for row in change.rows}
    # Deals first, in the order of their ids, as everybody locks them.
    held = _held(rows)
    if not BulkChange.objects.filter(pk=change_id, undone_at=None).update(undone_at=clock.now()):
        raise Conflict(_("This was undone already."))
    undone = Undone(change.kind)
    kind = BulkKind(change.kind)
    fitting = [deal for deal in held if kind in UNVERSIONED or deal.version == rows[deal.pk]["version"]]
    UNDO[kind](fitting, rows, actor, undone)
    undone.left = len(rows) - len(undone.deals)
    if not undone.deals:
        raise Conflict(_("All of these deals were changed since. Nothing was undone."))
    undone.stages |= {deal.stage_id for deal in undone.deals}
    return undone


def _held(rows: Mapping[uuid.UUID, Any]) -> list[Deal]:
    # Deleted ones too. Alone first, see `many.held_deals`.
    held = Deal.objects.filter(pk__in=list(rows)).order_by("pk").select_for_update(no_key=True)
    ids = list(held.values_list("pk", flat=True))
    found = Deal.objects.filter(pk__in=ids).select_related("stage")
    return list(found.order_by("pipeline_id", "stage__position", "rank"))


def _undo_move(deals: Sequence[Deal], rows: Mapping[uuid.UUID, Any], actor: Actor, undone: Undone) -> None:
    deals = [deal for deal in deals if deal.is_open and deal.deleted_at is None]
    stages = _in_use({uuid.UUID(rows[deal.pk]["was"]["stage"]) for deal in deals})
    back = [deal for deal in deals if uuid.UUID(rows[deal.pk]["was"]["stage"]) in stages]
    if not back:
        return
    now = max(clock.now(), *(deal.stage_entered_at for deal in back))
    stays = [rows[deal.pk]["stay"] for deal in back]
    StageStay.objects.filter(pk__in=stays).update(voided_at=now, left_at=now)
    StageStay.objects.filter(pk__in=[rows[deal.pk]["was"]["stay"] for deal in back]).update(left_at=None)
    Task.objects.filter(stay__in=stays, done_at=None, voided_at=None).update(voided_at=now)
    to = {deal.pk: stages[uuid.UUID(rows[deal.pk]["was"]["stage"])] for deal in back}
    _write(RETURN, back, to, _returned(back, rows, to))
    for deal in back:
        undone.stages.add(to[deal.pk].pk)
    _record(back, EventKind.STAGE_CHANGED, to, actor, undone)


def _returned(
    back: Sequence[Deal], rows: Mapping[uuid.UUID, Any], to: Mapping[uuid.UUID, Stage]
) -> dict[str, list[Any]]:
    was = [rows[deal.pk]["was"] for deal in back]
    return {
        "stages": [str(to[deal.pk].pk) for deal in back],
        "pipelines": [str(to[deal.pk].pipeline_id) for deal in back],
        "entered": [datetime.fromisoformat(each["entered"]) for each in was],
        # As `undo_move`: qualified by this very move, it is not qualified any more.
        "keeps": [
            each["qualified"] or to[deal.pk].kind != StageKind.LEAD
            for deal, each in zip(back, was, strict=True)
        ],
    }


def _undo_closing(deals: Sequence[Deal], rows: Mapping[uuid.UUID, Any], actor: Actor, undone: Undone) -> None:
    deals = [deal for deal in deals if not deal.is_open and deal.deleted_at is None]
    stages = _in_use({deal.stage_id for deal in deals})
    back = [deal for deal in deals if deal.stage_id in stages]
    if not back:
        return
    was = Outcome(back[0].outcome)
    StageStay.objects.filter(pk__in=[rows[deal.pk]["was"]["stay"] for deal in back]).update(left_at=None)
    to = {deal.pk: stages[deal.stage_id] for deal in back}
    _write(REOPEN, back, to, {})
    _record(back, EventKind.WON if was == Outcome.WON else EventKind.LOST, to, actor, undone)


def _undo_deletion(
    deals: Sequence[Deal], rows: Mapping[uuid.UUID, Any], actor: Actor, undone: Undone
) -> None:
    del rows
    deals = [deal for deal in deals if deal.deleted_at is not None]
    stages = _in_use({deal.stage_id for deal in deals if deal.is_open})
    opened = [deal for deal in deals if deal.is_open and deal.stage_id in stages]
    closed = [deal for deal in deals if not deal.is_open]
    if opened:
        _write(REOPEN, opened, {deal.pk: stages[deal.stage_id] for deal in opened}, {})
    Deal.objects.filter(pk__in=[deal.pk for deal in closed]).update(deleted_at=None, version=F("version") + 1)
    back = [*opened, *closed]
    record_events(back, kind=EventKind.RESTORED, actor=actor, at=clock.now(), data=lambda _deal: {})
    undone.deals = back


def _undo_edit(name: str) -> Callable[..., None]:
    def undo(deals: Sequence[Deal], rows: Mapping[uuid.UUID, Any], actor: Actor, undone: Undone) -> None:
        deals = [deal for deal in deals if deal.deleted_at is None]
        by_value: dict[str | None, list[Deal]] = defaultdict(list)
        for deal in deals:
            by_value[rows[deal.pk]["was"]].append(deal)
        if name == "owner_id":
            # Who has left meanwhile gets none back.
            here = Membership.objects.filter(
                pk__in=[value for value in by_value if value], deactivated_at=None
            )
            active = {None, *(str(pk) for pk in here.values_list("pk", flat=True))}
            by_value = {value: found for value, found in by_value.items() if value in active}
        for value, found in by_value.items():
            stored = date.fromisoformat(value) if value and name == "expected_close_date" else value
            Deal.objects.filter(pk__in=[deal.pk for deal in found]).update(
                **{name: stored}, version=F("version") + 1
            )
            undone.deals += found
        shown = name.removesuffix("_id")
        record_events(
            undone.deals,
            kind=EventKind.EDITED,
            actor=actor,
            at=clock.now(),
            data=lambda deal: {
                "fields": {
                    shown: {}
                    if shown in UNLOGGED
                    else {"from": _plain(getattr(deal, name)), "to": rows[deal.pk]["was"]}
                }
            },
        )

    return undo


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


def _in_use(stage_ids: set[uuid.UUID]) -> dict[uuid.UUID, Stage]:
    found = {stage_id: hold_stage(stage_id) for stage_id in sorted(stage_ids)}
    return {stage_id: stage for stage_id, stage in found.items() if stage is not None}


def _write(
    statement: str, back: Sequence[Deal], to: Mapping[uuid.UUID, Stage], values: dict[str, Any]
) -> None:
    def write() -> None:
        free: dict[uuid.UUID, list[str]] = {}
        for stage_id in {stage.pk for stage in to.values()}:
            coming = [deal.pk for deal in back if to[deal.pk].pk == stage_id]
            free[stage_id] = ranks_in(stage_id, Edge.TOP, len(coming), moving=coming)
        found = [free[to[deal.pk].pk].pop(0) for deal in back]
        with connection.cursor() as cursor:
            cursor.execute(
                statement,
                {
                    **values,
                    "ids": [str(deal.pk) for deal in back],
                    "ranks": found,
                    "workspace": current_workspace_id(),
                },
            )

    with_free_ranks(write)


def _record(
    back: Sequence[Deal], kind: str, to: Mapping[uuid.UUID, Stage], actor: Actor, undone: Undone
) -> None:
    record_events(
        back,
        kind=EventKind.UNDONE,
        actor=actor,
        at=clock.now(),
        data=lambda deal: {
            "undone": kind,
            "from": str(deal.stage_id),
            "to": str(to[deal.pk].pk),
            "version": deal.version + 1,
        },
    )
    undone.deals = list(back)


UNDO: dict[BulkKind, Callable[..., None]] = {
    BulkKind.MOVE: _undo_move,
    BulkKind.WIN: _undo_closing,
    BulkKind.LOSE: _undo_closing,
    BulkKind.DELETE: _undo_deletion,
    BulkKind.TAG: undo_tag,
    BulkKind.UNTAG: undo_untag,
    **{kind: _undo_edit(name) for kind, name in FIELDS.items()},
}
