"""Which exit criteria of a deal hold: asked for one deal at the gate, for a whole board on the cards."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from core.ids import parse_uuid
from deals import facts
from deals.models import CriterionCheck, Deal, DealFieldValue, Task
from fields.models.field import PREFIX
from fields.selectors.definitions import is_custom
from fields.selectors.values import filled
from pipeline.models import CriterionKind, ExitCriterion

# Fields of a deal that a criterion may ask to be filled.
CRITERION_FIELDS = ("amount", "expected_close_date", "company", "owner", "source")

# Whether a criterion ticked by hand holds, who said so, and when.
type Answer = tuple[bool, str, datetime | None]


@dataclass(frozen=True, slots=True)
class CriterionState:
    """One criterion on one deal. `stage` is the stage that it guards the exit of."""

    criterion: ExitCriterion
    met: bool
    checked_by: str = ""
    checked_at: datetime | None = None

    @property
    def id(self) -> uuid.UUID:
        return self.criterion.pk

    @property
    def computed(self) -> bool:
        return self.criterion.kind != CriterionKind.MANUAL


type Reader = Callable[[Deal], CriterionState]


def criteria_of(deal: Deal) -> list[CriterionState]:
    """Every criterion of the deal's pipeline with its state, in board order. Two queries, more for tasks and facts."""
    criteria = (
        ExitCriterion.objects.filter(
            stage__pipeline_id=deal.pipeline_id, archived_at=None, stage__archived_at=None
        )
        .select_related("stage")
        .order_by("stage__position", "position", "id")
    )
    return states_for([deal], list(criteria))[deal.pk]


def unmet_between(deal: Deal, *, first: int, last: int | None) -> list[CriterionState]:
    """Required criteria that do not hold, of the stages at positions first <= p < last (None: to the end)."""
    criteria = ExitCriterion.objects.filter(
        stage__pipeline_id=deal.pipeline_id,
        stage__position__gte=first,
        stage__archived_at=None,
        archived_at=None,
        required=True,
    )
    if last is not None:
        criteria = criteria.filter(stage__position__lt=last)
    # What is ticked is left out here, so that a gate that opens costs one query.
    ticked = CriterionCheck.objects.filter(deal=deal, criterion=OuterRef("pk"), met=True)
    criteria = criteria.exclude(Exists(ticked), kind=CriterionKind.MANUAL)
    found = list(criteria.select_related("stage").order_by("stage__position", "position", "id"))
    if not found:
        return []
    return [state for state in states_for([deal], found)[deal.pk] if not state.met]


def states_for(
    deals: Sequence[Deal], criteria: Iterable[ExitCriterion]
) -> dict[uuid.UUID, list[CriterionState]]:
    """For each deal, the state of each of the criteria. As many queries as `readers_for` takes."""
    readers = readers_for(deals, criteria)
    return {deal.pk: [read(deal) for read in readers] for deal in deals}


def readers_for(deals: Sequence[Deal], criteria: Iterable[ExitCriterion]) -> list[Reader]:
    """What says for each of `deals` how each of the criteria stands, in their order. One query for ticks, one for
    tasks, one for added fields, one for each fact asked."""
    wanted = list(criteria)
    ids = [deal.pk for deal in deals]
    checks = _checks(ids, wanted)
    done_tasks = _done_entry_tasks(ids, wanted)
    custom = {c.subject for c in wanted if c.kind == CriterionKind.FIELD and is_custom(c.subject)}
    in_custom = filled(DealFieldValue, "deal", ids, [name.removeprefix(PREFIX) for name in custom])
    fact_names = {c.subject for c in wanted if c.kind == CriterionKind.FACT}
    holding = {name: facts.holding(name, ids) for name in fact_names}

    def reader(criterion: ExitCriterion) -> Reader:
        subject = criterion.subject
        if criterion.kind == CriterionKind.MANUAL:
            return _by_hand(criterion, checks.get(criterion.pk, {}))
        if criterion.kind == CriterionKind.TASK:
            return _computed(criterion, lambda deal: (deal.pk, subject) in done_tasks)
        if criterion.kind == CriterionKind.FACT:
            return _computed(criterion, lambda deal: deal.pk in holding[subject])
        if subject in custom:
            key = subject.removeprefix(PREFIX)
            return _computed(criterion, lambda deal: (deal.pk, key) in in_custom)
        return _computed(criterion, lambda deal: is_filled(deal, subject))

    return [reader(criterion) for criterion in wanted]


def _computed(criterion: ExitCriterion, holds: Callable[[Deal], bool]) -> Reader:
    # One of two for all deals: a board has thousands of states.
    met, unmet = CriterionState(criterion, True), CriterionState(criterion, False)
    return lambda deal: met if holds(deal) else unmet


def _by_hand(criterion: ExitCriterion, answers: Mapping[uuid.UUID, Answer]) -> Reader:
    unanswered = CriterionState(criterion, False)

    def read(deal: Deal) -> CriterionState:
        answer = answers.get(deal.pk)
        return CriterionState(criterion, *answer) if answer else unanswered

    return read


def is_filled(deal: Deal, field: str) -> bool:
    if field not in CRITERION_FIELDS:
        return False
    value: Any = getattr(deal, f"{field}_id", None) if field in ("company", "owner") else getattr(deal, field)
    return value is not None and value != ""


def _checks(
    deal_ids: Collection[uuid.UUID], criteria: Sequence[ExitCriterion]
) -> dict[uuid.UUID, dict[uuid.UUID, Answer]]:
    """Criterion → deal → answer."""
    manual = [c.pk for c in criteria if c.kind == CriterionKind.MANUAL]
    found: dict[uuid.UUID, dict[uuid.UUID, Answer]] = {ident: {} for ident in manual}
    if not manual:
        return found
    rows = CriterionCheck.objects.filter(deal_id__in=deal_ids, criterion_id__in=manual).values_list(
        "deal_id", "criterion_id", "met", "checked_by__display_name", "checked_at"
    )
    for deal_id, criterion_id, met, name, at in rows:
        found[criterion_id][deal_id] = (met, name or "", at)
    return found


def _done_entry_tasks(
    deal_ids: Collection[uuid.UUID], criteria: Sequence[ExitCriterion]
) -> set[tuple[uuid.UUID, str]]:
    """(deal, entry task) pairs with a task of that template done, in any stay that was not undone."""
    subjects = [parse_uuid(c.subject) for c in criteria if c.kind == CriterionKind.TASK]
    if not subjects:
        return set()
    rows = Task.objects.filter(
        deal_id__in=deal_ids, entry_task_id__in=subjects, done_at__isnull=False, voided_at=None
    ).values_list("deal_id", "entry_task_id")
    return {(deal_id, str(entry_task_id)) for deal_id, entry_task_id in rows}
