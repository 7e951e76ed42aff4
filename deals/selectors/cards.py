"""What a deal's card says: read for a whole board at once, in a fixed number of queries."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from core import clock
from deals import marks
from deals.models import Deal, DealEvent, Task
from deals.models.task import PENDING
from deals.selectors.criteria import CriterionState, Reader, readers_for
from pipeline.models import Stage
from tenancy.models.members import short_name
from tenancy.permissions import Actor

LIMIT_MARK = 70  # percent of the bar's width at which the stall limit stands
NEAR = 0.75  # share of the limit from which a deal counts as nearly stalled
SILENT_DAYS = 14
# What cards, their criteria and the stalled list read of a deal: half of its columns, and a board has 125 deals.
CARD_COLUMNS = (
    *(
        "pipeline",
        "stage",
        "name",
        "company",
        "owner",
        "amount",
        "currency",
        "expected_close_date",
        "outcome",
    ),
    *("source", "rank", "version", "stage_entered_at", "snoozed_until", "last_heard_at", "closed_on"),
)


@dataclass(frozen=True, slots=True)
class NextTask:
    id: uuid.UUID
    name: str
    due_on: date | None


@dataclass(slots=True)
class Card:
    """A deal as the board shows it, on the workspace's local day `today`; `company` and `owner` are names, or "".

    `criteria` are those of its stage. `gates`: how many required criteria are missing to reach the stage at each later
    position, the skipped ones' included; None stands for winning.
    """

    deal: Deal
    today: date
    zone: ZoneInfo
    is_mine: bool
    company: str = ""
    owner: str = ""
    criteria: list[CriterionState] = field(default_factory=list)
    gates: list[tuple[int | None, int]] = field(default_factory=list)
    next_task: NextTask | None = None
    awaits_tasks: bool = False
    marks: tuple[marks.Mark, ...] = ()

    @property
    def met(self) -> int:
        return sum(state.met for state in self.criteria)

    @property
    def missing(self) -> str:
        """For the board's script: "1:3 2:6 won:9"."""
        return " ".join(f"{'won' if at is None else at}:{count}" for at, count in self.gates if count)

    @property
    def days(self) -> int:
        return self.deal.days_in_stage(today=self.today, zone=self.zone)

    @property
    def limit(self) -> int:
        return self.deal.stage.stall_days

    @property
    def is_stalled(self) -> bool:
        return self.deal.is_stalled(today=self.today, zone=self.zone)

    @property
    def snoozed_until(self) -> date | None:
        """The day until which it is put aside, while that lies ahead."""
        until = self.deal.snoozed_until
        return until if until is not None and until > self.today else None

    @property
    def stay_state(self) -> str:
        if self.is_stalled:
            return "over"
        if self.snoozed_until:
            return ""
        return "near" if self.limit and self.days >= self.limit * NEAR else ""

    @property
    def bar_percent(self) -> int:
        """Of the bar's width, of which LIMIT_MARK is the limit."""
        return min(100, round(self.days / self.limit * LIMIT_MARK)) if self.limit else 0

    @property
    def owner_short(self) -> str:
        return short_name(self.owner)

    @property
    def close_is_late(self) -> bool:
        return bool(self.deal.expected_close_date and self.deal.expected_close_date < self.today)

    @property
    def heard_days(self) -> int | None:
        """Days since the buyer was last heard from; None when never."""
        heard = self.deal.last_heard_at
        return None if heard is None else max((self.today - clock.local_date(heard, self.zone)).days, 0)

    @property
    def is_silent(self) -> bool:
        return self.heard_days is not None and self.heard_days >= SILENT_DAYS


def with_card_columns(deals: QuerySet[Deal]) -> QuerySet[Deal]:
    """What a card needs: some of the deal's columns, two names, the next task, whether work is still to come."""
    next_task = (
        Task.objects.filter(PENDING, deal=OuterRef("pk"))
        .order_by("due_on", "id")
        .values(found=JSONObject(id="id", name="name", due_on="due_on"))[:1]
    )
    waiting = DealEvent.objects.filter(deal=OuterRef("pk"), dispatched_at=None)
    # Names instead of objects: making 250 of these took as long as the query.
    return deals.only(*CARD_COLUMNS).annotate(
        company_name=F("company__name"),
        owner_name=F("owner__display_name"),
        next_tasks=ArraySubquery(next_task),
        awaits_tasks=Exists(waiting),
    )


def cards_for(
    deals: Sequence[Deal], stages: Iterable[Stage], *, actor: Actor, as_of: datetime, zone: ZoneInfo
) -> list[Card]:
    """Cards of deals that came with `with_card_columns`. One query for ticks.

    `stages`: the deals' own and those that they may go on to, in order, criteria prefetched.
    """
    known = list(stages)
    by_id = {stage.pk: stage for stage in known}
    ahead = _stages_ahead(deals, known)
    marked = marks.marks_on([deal.pk for deal in deals])
    today = clock.local_date(as_of, zone)
    cards = []
    for deal in deals:
        if deal.stage_id in by_id:
            deal.stage = by_id[deal.stage_id]
        criteria, gates = _criteria_and_gates(deal, ahead)
        cards.append(
            Card(
                deal=deal,
                today=today,
                zone=zone,
                is_mine=deal.owner_id is not None and deal.owner_id == actor.member_id,
                company=deal.company_name or "",  # type: ignore[attr-defined]
                owner=deal.owner_name or "",  # type: ignore[attr-defined]
                criteria=criteria,
                gates=gates,
                next_task=_next_task(deal),
                awaits_tasks=deal.awaits_tasks,  # type: ignore[attr-defined]
                marks=marked.get(deal.pk, ()),
            )
        )
    return cards


type Ahead = list[tuple[Stage, list[Reader]]]


def _stages_ahead(deals: Sequence[Deal], stages: Sequence[Stage]) -> dict[uuid.UUID, Ahead]:
    """Stage → itself and those after it in its pipeline, in order, each with what reads its criteria. One query."""
    criteria = [criterion for stage in stages for criterion in stage.exit_criteria.all()]
    readers = iter(readers_for(deals, criteria))
    known = [(stage, [next(readers) for _ in stage.exit_criteria.all()]) for stage in stages]
    return {
        stage.pk: [
            (later, read)
            for later, read in known
            if later.pipeline_id == stage.pipeline_id and later.position >= stage.position
        ]
        for stage in stages
    }


def _criteria_and_gates(
    deal: Deal, ahead: Mapping[uuid.UUID, Ahead]
) -> tuple[list[CriterionState], list[tuple[int | None, int]]]:
    """The states of its stage's criteria, and what each step forward adds to what is missing."""
    own: list[CriterionState] = []
    gates: list[tuple[int | None, int]] = []
    missing = 0
    for stage, readers in ahead.get(deal.stage_id, ()):
        states = [read(deal) for read in readers]
        if stage.pk == deal.stage_id:
            own = states
        else:
            gates.append((stage.position, missing))
        missing += sum(state.criterion.required and not state.met for state in states)
    return own, [*gates, (None, missing)]


def just_moved_card(deal: Deal, *, actor: Actor, as_of: datetime, zone: ZoneInfo) -> Card:
    """The card of a deal that `move_deal` has just returned, without asking the database again.

    Its new stage's criteria and tasks are still to come: the card fetches itself anew (`awaits_tasks`).
    """
    return Card(
        deal=deal,
        today=clock.local_date(as_of, zone),
        zone=zone,
        is_mine=deal.owner_id is not None and deal.owner_id == actor.member_id,
        company=deal.company.name if deal.company else "",
        owner=deal.owner.display_name if deal.owner else "",
        awaits_tasks=True,
    )


def _next_task(deal: Deal) -> NextTask | None:
    found = deal.next_tasks  # type: ignore[attr-defined]
    if not found:
        return None
    row = found[0]
    due_on = date.fromisoformat(row["due_on"]) if row["due_on"] else None
    return NextTask(uuid.UUID(row["id"]), row["name"], due_on)
