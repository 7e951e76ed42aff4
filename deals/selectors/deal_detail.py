"""Everything on the deal page, in a fixed number of queries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from core import clock
from core.errors import NotFound
from core.money import round_to_currency
from deals.models import Deal, DealFile, Outcome, StageStay, Tag, Task
from deals.selectors.board import board_stages
from deals.selectors.criteria import CriterionState, states_for
from deals.selectors.extras import files_of, tags_of
from deals.selectors.people import Person, people_on
from deals.selectors.talk import close_date_pushes
from deals.selectors.timeline import Timeline, timeline_of
from deals.selectors.visible import visible_to
from pipeline.models import ExitCriterion, Stage
from tenancy.permissions import Actor


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the path. `days` in it over all stays that count; None where the deal has never been."""

    stage: Stage
    state: str  # "done", "now" or ""
    days: int | None
    percent: int = 0  # of the stall limit, for the current one


@dataclass(frozen=True, slots=True)
class StayRow:
    """One line of the stage history."""

    stage_name: str
    entered_at: datetime
    left_at: datetime | None
    days: int
    by: str
    override_reason: str


@dataclass(slots=True)
class DealDetail:
    deal: Deal
    today: date
    zone: ZoneInfo
    stages: list[Stage]
    states: list[CriterionState]
    tasks: list[Task]
    stays: list[StayRow]
    path: list[Step]
    timeline: Timeline
    people: list[Person]
    tags: list[Tag]
    files: list[DealFile]
    pushes: list[date]

    @property
    def current_states(self) -> list[CriterionState]:
        return [state for state in self.states if state.criterion.stage_id == self.deal.stage_id]

    @property
    def met(self) -> int:
        return sum(1 for state in self.current_states if state.met)

    @property
    def missing(self) -> int:
        return sum(1 for state in self.current_states if state.criterion.required and not state.met)

    @property
    def next_stage(self) -> Stage | None:
        """The stage after this one, in order; None from the last, and for closed deals."""
        if not self.deal.is_open:
            return None
        later = [stage for stage in self.stages if stage.position > self.deal.stage.position]
        return later[0] if later else None

    @property
    def push_count(self) -> int:
        """How often the close date was put off."""
        return max(len(self.pushes) - 1, 0)

    @property
    def override(self) -> StayRow | None:
        """The stay in the present stage, when a leader let the deal in without the criteria."""
        current = self.stays[0] if self.stays else None
        return current if current is not None and current.override_reason else None

    @property
    def open_tasks(self) -> list[Task]:
        return [task for task in self.tasks if task.done_at is None]

    @property
    def done_tasks(self) -> list[Task]:
        return [task for task in self.tasks if task.done_at is not None]

    @property
    def days(self) -> int:
        return self.deal.days_in_stage(today=self.today, zone=self.zone)

    @property
    def is_stalled(self) -> bool:
        return self.deal.is_stalled(today=self.today, zone=self.zone)

    @property
    def weighted(self) -> Decimal | None:
        """Amount × win rate for an open deal outside the lead stage; None where it counts for nothing."""
        deal = self.deal
        if deal.amount is None or not deal.is_open or deal.stage.is_lead:
            return None
        return round_to_currency(deal.amount * deal.stage.win_rate / 100, deal.currency)

    @property
    def days_to_close(self) -> int | None:
        close = self.deal.expected_close_date
        return None if close is None else (close - self.today).days


def deal_detail(deal_id: uuid.UUID, *, actor: Actor, as_of: datetime, zone: ZoneInfo) -> DealDetail:
    """Raises NotFound, the same for another workspace's id."""
    deal = (
        visible_to(actor)
        .select_related("stage", "pipeline", "company", "owner__team", "loss_reason")
        .filter(pk=deal_id)
        .first()
    )
    if deal is None:
        raise NotFound
    today = clock.local_date(as_of, zone)
    stages = board_stages(deal.pipeline_id)
    criteria = [criterion for stage in stages for criterion in stage.exit_criteria.all()]
    for stage in stages:
        for criterion in stage.exit_criteria.all():
            criterion.stage = stage
    tasks = list(
        Task.objects.filter(deal=deal, voided_at=None)
        .select_related("assignee")
        .order_by("due_on", "created_at", "id")
    )
    stays = list(
        StageStay.objects.filter(deal=deal, voided_at=None)
        .select_related("stage", "entered_by")
        .order_by("entered_at", "id")
    )
    return DealDetail(
        deal=deal,
        today=today,
        zone=zone,
        stages=stages,
        states=states_for([deal], criteria)[deal.pk],
        tasks=tasks,
        stays=[stay_row(stay, today=today, zone=zone) for stay in reversed(stays)],
        path=path_of(deal, stages, stays, today=today, zone=zone),
        timeline=timeline_of(deal, actor=actor, known=known_names(stages, criteria, tasks)),
        people=people_on(deal, today=today, zone=zone),
        tags=tags_of(deal),
        files=files_of(deal),
        pushes=close_date_pushes(deal),
    )


def known_names(
    stages: list[Stage], criteria: list[ExitCriterion], tasks: list[Task]
) -> dict[str, dict[str, str]]:
    """What the timeline need not ask for again."""
    rows: dict[str, Sequence[Stage | ExitCriterion | Task]] = {
        "stages": stages,
        "criteria": criteria,
        "tasks": tasks,
    }
    return {kind: {str(row.pk): row.name for row in found} for kind, found in rows.items()}


def stay_days(stay: StageStay, *, today: date, zone: ZoneInfo) -> int:
    until = clock.local_date(stay.left_at, zone) if stay.left_at else today
    return max((until - clock.local_date(stay.entered_at, zone)).days, 0)


def stay_row(stay: StageStay, *, today: date, zone: ZoneInfo) -> StayRow:
    return StayRow(
        stage_name=stay.stage.name,
        entered_at=stay.entered_at,
        left_at=stay.left_at,
        days=stay_days(stay, today=today, zone=zone),
        by=stay.entered_by.display_name if stay.entered_by else "",
        override_reason=stay.override_reason,
    )


def path_of(
    deal: Deal, stages: list[Stage], stays: list[StageStay], *, today: date, zone: ZoneInfo
) -> list[Step]:
    """The pipeline's stages as this deal went through them."""
    days: dict[uuid.UUID, int] = {}
    for stay in stays:
        days[stay.stage_id] = days.get(stay.stage_id, 0) + stay_days(stay, today=today, zone=zone)
    steps = []
    for stage in stages:
        if stage.pk == deal.stage_id and deal.is_open:
            here = deal.days_in_stage(today=today, zone=zone)
            percent = min(100, round(here / stage.stall_days * 100)) if stage.stall_days else 100
            steps.append(Step(stage, "now", here, percent))
        elif deal.outcome == Outcome.WON or stage.position < deal.stage.position:
            steps.append(Step(stage, "done", days.get(stage.pk)))
        else:
            steps.append(Step(stage, "done" if stage.pk == deal.stage_id else "", days.get(stage.pk)))
    return steps
