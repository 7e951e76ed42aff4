"""What is to be done with each row: make a deal, change one, nothing, or refuse. Compares with what is here."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import batched
from typing import Any

from django.utils.translation import gettext as _

from core.errors import DealClosed, LeadCannotBeWon
from deals.models import Deal, Outcome
from deals.services.checks import check_amount_unit
from deals.services.create_deal import Past, checked_past
from integrations.importing.directory import Directory
from integrations.importing.mapping import DealMapping
from integrations.importing.problems import RowProblem
from integrations.importing.rows import DealRow
from pipeline.models import LossReason, Pipeline, Stage, StageKind

BATCH = 5000
SOME_REASON = LossReason()  # stands for one that is still to be found or made
OPEN = Outcome.OPEN.value
COMPARED = (
    "id",
    "external_id",
    "version",
    "name",
    "company_id",
    "owner_id",
    "amount",
    "currency",
    "revenue_type",
    "expected_close_date",
    "source",
    "pipeline_id",
    "stage_id",
    "created_at",
    "stage_entered_at",
    "qualified_at",
    "outcome",
    "loss_reason_id",
    "closed_at",
    "closed_on",
    "deleted_at",
)


@dataclass(slots=True)
class Found:
    """A deal that is here already, as far as an import looks at it: the columns of COMPARED, and added fields."""

    id: uuid.UUID
    external_id: str
    version: int
    name: str
    company_id: uuid.UUID | None
    owner_id: uuid.UUID | None
    amount: Any
    currency: str
    revenue_type: str
    expected_close_date: date | None
    source: str
    pipeline_id: uuid.UUID
    stage_id: uuid.UUID
    created_at: datetime
    stage_entered_at: datetime
    qualified_at: datetime | None
    outcome: str
    loss_reason_id: uuid.UUID | None
    closed_at: datetime | None
    closed_on: date | None
    deleted_at: datetime | None
    custom: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Placed:
    """A row whose names were found, and what is to be done with it."""

    row: DealRow
    pipeline: Pipeline
    stage: Stage
    deal_id: Any = None  # once it has been made


@dataclass(slots=True)
class Change:
    """What a row changes of a deal that is here: `edits` are names of fields, `moves` and `closes` more than that.

    `custom`: added fields with what is to stand there.
    """

    placed: Placed
    found: Found
    edits: list[str] = field(default_factory=list)
    moves: bool = False
    closes: bool = False
    custom: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.edits or self.moves or self.closes or self.custom)


class Planner:
    """Resolves and compares rows of one file."""

    def __init__(self, *, mapping: DealMapping, directory: Directory) -> None:
        self._directory = directory
        # Only what a column says is compared: a constant is for new deals, and does not undo later work on old ones.
        self._said = {name for name, spec in mapping.fields.items() if spec.columns}

    def place(self, row: DealRow) -> Placed:
        """Raises RowProblem: names that mean nothing here, a past that cannot be."""
        pipeline = self._directory.pipeline(row.pipeline)
        stage = self._directory.stage(pipeline, row.stage)
        if row.outcome != OPEN and row.outcome == Outcome.WON and stage.kind == StageKind.LEAD:
            raise RowProblem("stage", LeadCannotBeWon.title)
        self._directory.check_owner(row.owner)
        self._directory.check_company(row.company)
        self._directory.check_loss_reason(row.loss_reason)
        if row.outcome != OPEN or row.loss_reason or row.created_at or row.stage_entered_at or row.closed_at:
            checked_past(
                Past(
                    created_at=row.created_at,
                    stage_entered_at=row.stage_entered_at,
                    outcome=row.outcome,
                    closed_at=row.closed_at,
                    loss_reason=SOME_REASON if row.loss_reason else None,
                )
            )
        return Placed(row, pipeline, stage)

    def change(self, placed: Placed, found: Found) -> Change:
        """Empty where the row says what is here already. Raises RowProblem where a person has to decide."""
        row = placed.row
        if placed.pipeline.pk != found.pipeline_id:
            raise RowProblem("pipeline", _("The deal is in another pipeline here."))
        change = Change(placed, found, edits=list(self._edits(placed, found)))
        _check_amount(change)
        if found.outcome != Outcome.OPEN:
            if row.outcome != found.outcome:
                raise RowProblem("outcome", DealClosed.title)
            if row.closed_on != found.closed_on and "closed_at" in self._said:
                change.edits.append("closed_at")
            return change
        change.moves = bool(row.stage) and placed.stage.pk != found.stage_id
        change.closes = row.outcome != Outcome.OPEN
        return change

    def _edits(self, placed: Placed, found: Found) -> Iterator[str]:
        row, said = placed.row, self._said
        for name in ("name", "source", "revenue_type"):
            if name in said and getattr(row, name) and getattr(row, name) != getattr(found, name):
                yield name
        if "currency" in said and row.currency != found.currency:
            yield "currency"
        if "amount" in said and row.amount is not None and row.amount != found.amount:
            yield "amount"
        if (
            "expected_close_date" in said
            and row.expected_close_date is not None
            and row.expected_close_date != found.expected_close_date
        ):
            yield "expected_close_date"
        if (
            "company" in said
            and row.company
            and not self._directory.is_company(found.company_id, row.company)
        ):
            yield "company"
        owner = self._directory.owner(row.owner)
        if "owner" in said and row.owner and (owner is None or owner != found.owner_id):
            yield "owner"
        if "loss_reason" in said and row.loss_reason and found.outcome == Outcome.LOST:
            reason = self._directory.loss_reason(row.loss_reason)
            if reason is None or reason != found.loss_reason_id:
                yield "loss_reason"


def _check_amount(change: Change) -> None:
    """A file may say only one of amount and currency; the other is the deal's own. Raises InvalidInput."""
    row, found, edits = change.placed.row, change.found, change.edits
    if "amount" in edits or "currency" in edits:
        amount = row.amount if "amount" in edits else found.amount
        currency = row.currency if "currency" in edits else found.currency
        check_amount_unit(amount, currency, "amount" if "amount" in edits else "currency")


def find_deals(source: str, ids: Iterable[str]) -> dict[str, Found]:
    """The deals here with those external ids, deleted ones included: the match key is theirs for ever."""
    found: dict[str, Found] = {}
    if not Deal.objects.filter(external_source=source, external_id__isnull=False).exists():
        return found
    for batch in batched(ids, BATCH):
        rows = Deal.objects.filter(external_source=source, external_id__in=batch).values_list(*COMPARED)
        found |= {row[1]: Found(*row) for row in rows}
    return found


def hold_deals(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Found]:
    """The same rows, held to the end of the transaction and read once more. In id order: nobody must deadlock."""
    held: dict[uuid.UUID, Found] = {}
    for batch in batched(sorted(ids), BATCH):
        rows = Deal.objects.select_for_update().filter(pk__in=batch).order_by("pk").values_list(*COMPARED)
        held |= {row[0]: Found(*row) for row in rows}
    return held
