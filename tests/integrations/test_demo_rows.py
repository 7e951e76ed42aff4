"""What the demo writes by COPY is what the services would have left: lives are told both ways, and compared."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import singledispatchmethod
from random import Random
from typing import Any

import pytest

from automation.services.stage_entry import ENTRIES, make_entry_tasks
from core import clock
from deals.models import CriterionCheck, Deal, DealEvent, DealVersion, Note, StageStay, Task
from deals.services.close_deal import lose_deal, win_deal
from deals.services.create_deal import create_deal
from deals.services.criteria import check_criterion
from deals.services.edit_deal import edit_deal
from deals.services.move_deal import move_deal
from deals.services.notes import add_note
from deals.services.tasks import add_task, change_task
from integrations.demo.calendar import Calendar
from integrations.demo.happenings import (
    Closed,
    Created,
    Edited,
    Happening,
    Life,
    Moved,
    Noted,
    Talked,
    TaskAdded,
    TaskDone,
    Ticked,
    entry_task_key,
)
from integrations.demo.lives.frame import World
from integrations.demo.lives.life import life_of
from integrations.demo.people import PEOPLE
from integrations.demo.plan import FUNNELS, Mood, Sketch, sketches
from integrations.demo.rows import DealWriter
from integrations.demo.tables import Rows, rank_deals
from integrations.demo.words import Words
from pipeline.selectors.stages import loss_reasons, stages_of
from pipeline.services.create_from_template import create_pipeline_from_template
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope
from tests.factories import Cast

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class Player:
    """Plays a life through the services, each step at its own time."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._tasks: dict[str, uuid.UUID] = {}
        self._visits = 0
        self.deal_id = uuid.uuid4()

    def play(self) -> uuid.UUID:
        for happening in self._life.happenings:
            with clock.frozen_at(happening.at):
                self._play(happening)
        return self.deal_id

    @singledispatchmethod
    def _play(self, happening: Happening) -> None:
        raise TypeError(happening)

    @_play.register
    def _created(self, step: Created) -> None:
        self.deal_id = create_deal(
            actor=Actor.of(step.by),
            name=step.name,
            pipeline=self._life.pipeline,
            stage=step.stage,
            owner=step.owner,
            company=step.company,
            amount=step.amount,
            expected_close_date=step.expected_close_date,
            source=step.source,
        ).pk
        self._automate()

    @_play.register
    def _moved(self, step: Moved) -> None:
        move_deal(
            deal_id=self.deal_id,
            to_stage=step.to.pk,
            actor=Actor.of(step.by),
            override_reason=step.override or None,
        )
        self._automate()

    @_play.register
    def _edited(self, step: Edited) -> None:
        edit_deal(deal_id=self.deal_id, changes=step.changes, actor=Actor.of(step.by))

    @_play.register
    def _ticked(self, step: Ticked) -> None:
        check_criterion(
            deal_id=self.deal_id, criterion_id=step.criterion.pk, met=True, actor=Actor.of(step.by)
        )

    @_play.register
    def _task_added(self, step: TaskAdded) -> None:
        task = add_task(
            deal_id=self.deal_id,
            name=step.name,
            actor=Actor.of(step.by),
            due_on=step.due_on,
            assignee=step.assignee,
        )
        self._tasks[step.key] = task.pk

    @_play.register
    def _task_done(self, step: TaskDone) -> None:
        change_task(task_id=self._tasks[step.key], actor=Actor.of(step.by), done=True)

    @_play.register
    def _noted(self, step: Noted) -> None:
        add_note(deal_id=self.deal_id, body=step.body, actor=Actor.of(step.by))

    @_play.register
    def _talked(self, step: Talked) -> None:
        """No service writes activities."""

    @_play.register
    def _closed(self, step: Closed) -> None:
        actor = Actor.of(step.by)
        if step.outcome == "won":
            win_deal(deal_id=self.deal_id, actor=actor, override_reason=step.override or None)
        else:
            lose_deal(deal_id=self.deal_id, actor=actor, reason=step.reason, note=step.note)

    def _automate(self) -> None:
        """What the worker does with the entry."""
        entry = DealEvent.objects.filter(deal=self.deal_id, kind__in=ENTRIES).latest("id")
        make_entry_tasks([entry])
        for position, task in enumerate(Task.objects.filter(stay=entry.stay_id).order_by("id")):
            self._tasks[entry_task_key(self._visits, position)] = task.pk
        self._visits += 1


def seen(deal_id: uuid.UUID) -> dict[str, Any]:
    """Everything that the services keep of a deal; ids of its own rows replaced by what they stand for."""
    names = {
        str(row.pk): f"{type(row).__name__} {text}"
        for model, text_of in ((Task, "name"), (Note, "body"))
        for row in model.objects.filter(deal=deal_id)
        for text in [getattr(row, text_of)]
    }
    stays = {stay.pk: stay.entered_at for stay in StageStay.objects.filter(deal=deal_id)}
    return {
        "deal": rows(Deal, {"pk": deal_id}, without={"id", "rank", "last_heard_at"}),
        "stays": rows(StageStay, {"deal": deal_id}, without={"id", "deal_id"}),
        "versions": rows(DealVersion, {"pgh_obj": deal_id}, without={"pgh_id", "pgh_obj_id", "recorded_at"}),
        "checks": rows(CriterionCheck, {"deal": deal_id}, without={"id", "deal_id"}),
        "notes": rows(Note, {"deal": deal_id}, without={"id", "deal_id"}),
        "tasks": [
            {**task, "stay_id": stays.get(task["stay_id"])}
            for task in rows(Task, {"deal": deal_id}, without={"id", "deal_id"})
        ],
        "events": [
            (event.at, event.kind, event.actor_id, stays.get(event.stay_id), named(event.data, names))
            for event in DealEvent.objects.filter(deal=deal_id).order_by("at", "kind")
        ],
    }


def rows(model: Any, wanted: dict[str, Any], *, without: set[str]) -> list[dict[str, Any]]:
    found = [
        {name: value for name, value in row.items() if name not in without}
        for row in model.objects.filter(**wanted).values()
    ]
    return sorted(found, key=lambda row: str(sorted(row.items(), key=lambda pair: pair[0])))


def named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: named(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted(named(inner, names) for inner in value)
    return names.get(value, value) if isinstance(value, str) else value


@pytest.fixture
def world(cast: Cast) -> Iterator[World]:
    """The demo's pipelines and words, with the cast as its people."""
    calendar = Calendar(now=NOW, zone=cast.workspace.zone)
    random = Random(1)
    words = Words("ko")
    with workspace_scope(cast.workspace.pk):
        with clock.frozen_at(calendar.beginning):
            stages = {
                funnel.key: stages_of(
                    create_pipeline_from_template(
                        template=funnel.template, language="ko", name=f"더 {funnel.key}"
                    ).pk
                )
                for funnel in FUNNELS
            }
        companies = words.companies(5, random=random, calendar=calendar)
        known = [(one, [words.contact(one, random=random, calendar=calendar)]) for one in companies]
        rows = Rows(companies=companies, people=[contact for _one, there in known for contact in there])
        rows.insert()
        yield World(
            calendar=calendar,
            words=words,
            language="ko",
            stages=stages,
            people={person.key: cast.rep for person in PEOPLE} | {"leader": cast.leader},
            leaders={person.key: cast.leader for person in PEOPLE},
            reasons=list(loss_reasons()),
            companies=known,
        )


def some_of_each(found: Sequence[Sketch]) -> list[Sketch]:
    """Two deals of each pipeline, outcome and mood, from the later stages, where more has happened."""
    chosen: dict[tuple[str, str, Mood], list[Sketch]] = {}
    for sketch in sorted(found, key=lambda one: (-one.stage, one.number)):
        same = chosen.setdefault((sketch.funnel.key, sketch.outcome, sketch.mood), [])
        if len(same) < 2:
            same.append(sketch)
    return [sketch for same in chosen.values() for sketch in same]


def test_a_life_is_written_as_the_services_write_it(world: World) -> None:
    told = [
        life_of(sketch, world) for sketch in some_of_each(sketches(random=Random(1), calendar=world.calendar))
    ]
    kinds = {type(step).__name__ for life in told for step in life.happenings}
    assert kinds == {kind.__name__ for kind in Happening.__subclasses__()}
    written = Rows()
    for life in told:
        DealWriter(written, currency="KRW", calendar=world.calendar).write(life)
    rank_deals(written.deals, random=Random(1))
    written.insert()
    for deal, life in zip(written.deals, told, strict=True):
        assert seen(deal.pk) == seen(Player(life).play()), deal.name
