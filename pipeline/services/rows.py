"""What the designer's lists share: criteria, entry tasks and loss reasons are taken out of use, put back and put in order."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Max, QuerySet

from core import clock
from core.errors import NotFound
from pipeline.models import Stage
from pipeline.services.checks import locked_stage


def held(rows: QuerySet[Any], row_id: uuid.UUID) -> Any:
    """The row of `rows` with that id, held to the end of the transaction. Raises NotFound."""
    found = rows.select_for_update(no_key=True).filter(pk=row_id).first()
    if found is None:
        raise NotFound
    return found


def held_with_stage(rows: QuerySet[Any], row_id: uuid.UUID) -> tuple[Any, Stage]:
    """The same for a row of a stage, with that stage. Raises NotFound, for one of a retired stage too."""
    stage_id = rows.filter(pk=row_id).values_list("stage_id", flat=True).first()
    if stage_id is None:
        raise NotFound
    # The stage first: two who let neighbours change places would each wait for the row that the other holds.
    stage = locked_stage(stage_id)
    return held(rows, row_id), stage


def next_position(rows: QuerySet[Any]) -> int:
    last = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def archive(row: Any) -> None:
    row.archived_at = clock.now()
    row.save(update_fields=["archived_at"])


def unarchive(row: Any) -> None:
    row.archived_at = None
    row.save(update_fields=["archived_at"])


def step(row: Any, siblings: Sequence[Any], *, up: bool) -> bool:
    """Let the row change places with its neighbour among `siblings`, which are in order. False at the end."""
    at = next(index for index, sibling in enumerate(siblings) if sibling.pk == row.pk)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(siblings):
        return False
    ordered = list(siblings)
    ordered[at], ordered[other] = ordered[other], ordered[at]
    # The places that these rows held, in their new order: rows between them that are no siblings stay where they are.
    places = sorted(sibling.position for sibling in siblings)
    if len(set(places)) < len(places):
        places = list(range(len(places)))
    for sibling, place in zip(ordered, places, strict=True):
        if sibling.position != place:
            sibling.position = place
            sibling.save(update_fields=["position"])
    return True
