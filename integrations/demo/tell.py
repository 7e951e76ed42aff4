"""Play the demo's stories through the services, each step at its own time, so that history, stays and versions are true.

Ticks and tasks of stages that were passed are written in bulk: nobody wants to wait for a first start.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from automation.services.stage_entry import ENTRIES, make_entry_tasks
from contacts.models import Company
from core import clock
from deals.models import CriterionCheck, Deal, DealEvent, EventKind, Task
from deals.services.close_deal import lose_deal, win_deal
from deals.services.create_deal import create_deal
from deals.services.criteria import check_criterion
from deals.services.edit_deal import edit_deal
from deals.services.move_deal import move_deal
from deals.services.placing import Edge
from deals.services.tasks import add_note, add_task, change_task
from integrations.demo.calendar import Calendar
from integrations.demo.stories import ENTRY, Story
from pipeline.models import LossReason, Stage
from tenancy.models import Membership
from tenancy.permissions import Actor

SHORTEST, LONGEST = 4, 15  # days in a stage that was passed


class Teller:
    """Tells stories in one pipeline. `unit` is the worth of a story's unit of amount in the workspace's currency."""

    def __init__(
        self,
        *,
        calendar: Calendar,
        stages: Sequence[Stage],
        people: Mapping[str, Membership],
        reasons: Sequence[LossReason],
        unit: int,
    ) -> None:
        self._calendar = calendar
        self._stages = stages
        self._people = people
        self._reasons = reasons
        self._unit = unit
        self._companies: dict[str, Company] = {}

    def tell(self, story: Story) -> Deal:
        """The deal of the story, with everything that happened to it."""
        actor = Actor.of(self._people[story.owner])
        entries, end = self._moments(story)
        deal = self._begin(story, actor, entries[0])
        for position, (entered, left) in enumerate(zip(entries, [*entries[1:], end], strict=True)):
            if position:
                with clock.frozen_at(entered):
                    move_deal(deal_id=deal.pk, to_stage=self._stages[position].pk, actor=actor)
            if position < story.stage or story.ago is not None:
                self._pass(deal, position, actor, entered, left)
            else:
                self._work_on(story, deal, actor, entered)
        if story.ago is not None:
            self._close(story, deal, actor, end)
        return deal

    def _moments(self, story: Story) -> tuple[list[datetime], datetime]:
        """When the deal entered each stage up to the story's, and when the last of them ended."""
        random = self._calendar.random
        days = story.days if story.ago is None else story.ago + random.randint(1, 6)
        end = self._calendar.now if story.ago is None else self._calendar.ago(story.ago)
        entries = [self._calendar.ago(days)]
        for _ in range(story.stage):
            days += random.randint(SHORTEST, LONGEST)
            entries.insert(0, self._calendar.ago(days))
        return entries, end

    def _begin(self, story: Story, actor: Actor, moment: datetime) -> Deal:
        close = None
        if story.close is not None:
            close = self._calendar.today + timedelta(days=story.close)
        elif story.ago is not None:
            close = self._calendar.today - timedelta(days=story.ago - 3)
        amount = Decimal(story.amount * self._unit)
        with clock.frozen_at(moment):
            deal = create_deal(
                actor=actor,
                name=story.name,
                pipeline=self._stages[0].pipeline,
                stage=self._stages[0],
                owner=actor.member,
                company=self._company(story.company),
                amount=amount * 4 / 5 if story.stage >= 3 else amount,
                expected_close_date=close - timedelta(days=21) if close and story.stage >= 2 else close,
                place=Edge.BOTTOM,
            )
        if story.stage >= 2:  # what was agreed later than hoped, or for more
            with clock.frozen_at(moment + timedelta(days=SHORTEST)):
                edit_deal(
                    deal_id=deal.pk, changes={"amount": amount, "expected_close_date": close}, actor=actor
                )
        return deal

    def _company(self, name: str) -> Company:
        if name not in self._companies:
            self._companies[name] = Company.objects.create(name=name)
        return self._companies[name]

    def _pass(self, deal: Deal, position: int, actor: Actor, first: datetime, last: datetime) -> None:
        """Between the two moments, do everything that the stage asked for."""
        criteria = self._stages[position].exit_criteria.all()
        checks = [
            CriterionCheck(
                deal=deal, criterion=criterion, met=True, checked_by=actor.member, checked_at=moment
            )
            for criterion, moment in zip(
                criteria, self._calendar.spread(first, last, len(criteria)), strict=True
            )
        ]
        tasks = self._entry_tasks(deal, first)
        for task, moment in zip(tasks, self._calendar.spread(first, last, len(tasks)), strict=True):
            task.done_at, task.done_by = moment, actor.member
        CriterionCheck.objects.bulk_create(checks)
        Task.objects.bulk_update(tasks, ["done_at", "done_by"])
        DealEvent.objects.bulk_create(
            [
                _past_event(deal, EventKind.CRITERION_CHECKED, actor, check.checked_at, check.criterion_id)
                for check in checks
            ]
            + [_past_event(deal, EventKind.TASK_DONE, actor, task.done_at, task.pk) for task in tasks]
        )

    def _entry_tasks(self, deal: Deal, entered: datetime) -> list[Task]:
        """What the automation makes of the latest stage entry."""
        entry = DealEvent.objects.filter(deal=deal, kind__in=ENTRIES).latest("id")
        with clock.frozen_at(entered):
            make_entry_tasks([entry])
        return list(Task.objects.filter(stay=entry.stay_id).order_by("id"))

    def _work_on(self, story: Story, deal: Deal, actor: Actor, entered: datetime) -> None:
        """The stage in which the deal now is: half done."""
        now, today = self._calendar.now, self._calendar.today
        criteria = self._stages[story.stage].exit_criteria.all()[: story.ticks]
        for moment, criterion in zip(
            self._calendar.spread(entered, now, len(criteria)), criteria, strict=True
        ):
            with clock.frozen_at(moment):
                check_criterion(deal_id=deal.pk, criterion_id=criterion.pk, met=True, actor=actor)
        tasks = self._entry_tasks(deal, entered)
        done = [task for task in tasks if story.todo_due != ENTRY or (task.due_on and task.due_on < today)]
        for moment, task in zip(self._calendar.spread(entered, now, len(done)), done, strict=True):
            with clock.frozen_at(moment):
                change_task(task_id=task.pk, actor=actor, done=True)
        with clock.frozen_at(self._calendar.between(entered, now)):
            if story.note:
                add_note(deal_id=deal.pk, body=story.note, actor=actor)
            if story.todo:
                due = today + timedelta(days=int(story.todo_due))
                add_task(deal_id=deal.pk, name=story.todo, actor=actor, due_on=due)

    def _close(self, story: Story, deal: Deal, actor: Actor, moment: datetime) -> None:
        with clock.frozen_at(moment):
            if story.reason is None:
                win_deal(deal_id=deal.pk, actor=actor)
            else:
                lose_deal(deal_id=deal.pk, actor=actor, reason=self._reasons[story.reason])


def _past_event(deal: Deal, kind: str, actor: Actor, moment: Any, subject: uuid.UUID) -> DealEvent:
    data = (
        {"criterion": str(subject), "met": True}
        if kind == EventKind.CRITERION_CHECKED
        else {"task": str(subject)}
    )
    return DealEvent(deal=deal, kind=kind, actor=actor.member, at=moment, data=data, dispatched_at=moment)
