"""From a sketch of how a deal stands today, or ended, back to everything that led there.

The same sketch has the same life: each draws from a random source of its own, seeded by its number. What is told here
keeps the rules of the services: the gate and its overrides, ticks and tasks inside the stay to which they belong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from integrations.demo.happenings import Created, Happening, Life
from integrations.demo.lives.dates import DateStory
from integrations.demo.lives.frame import Frame, World
from integrations.demo.lives.path import stays_of
from integrations.demo.lives.steps import steps_of
from integrations.demo.lives.talk import talk_of
from integrations.demo.lives.tasks import tasks_of
from integrations.demo.lives.worth import Worth
from integrations.demo.plan import Sketch

SEED = 20231101
SOURCED = 0.8
CONTACTS = (1, 2, 2, 3)


def life_of(sketch: Sketch, world: World) -> Life:
    frame = _frame(sketch, world)
    worth, dates = Worth(frame), DateStory(frame)
    happenings = [
        _created(frame, worth, dates),
        *worth.edits(),
        *dates.edits(),
        *steps_of(frame),
        *tasks_of(frame),
        *talk_of(frame),
    ]
    return Life(
        pipeline=frame.stages[0].pipeline,
        contacts=[(contact, frame.word("role")) for contact in frame.contacts],
        happenings=list(in_order(happenings)),
    )


def _frame(sketch: Sketch, world: World) -> Frame:
    random = Random(f"{SEED} {sketch.number}")  # noqa: S311 - decoration, the same each time
    stages = world.stages[sketch.funnel.key]
    owner = world.people[sketch.owner] if sketch.owner else None
    leader = world.leaders.get(sketch.owner or "", world.people["leader"])
    company, known = random.choice(world.companies)
    return Frame(
        world=world,
        sketch=sketch,
        random=random,
        stages=stages,
        stays=stays_of(sketch, stages, calendar=world.calendar, random=random),
        owner=owner,
        by=owner or leader,
        leader=leader,
        company=company,
        contacts=random.sample(list(known), min(random.choice(CONTACTS), len(known))),
    )


def _created(frame: Frame, worth: Worth, dates: DateStory) -> Created:
    return Created(
        at=frame.stays[0].entered,
        by=frame.by,
        stage=frame.stays[0].stage,
        name=worth.name,
        company=frame.company,
        owner=frame.owner,
        amount=worth.first,
        expected_close_date=dates.first,
        source=frame.word("source") if frame.chance(SOURCED) else "",
    )


def in_order(happenings: Sequence[Happening]) -> Iterator[Happening]:
    """By time, no two at one moment: what was told first comes first."""
    latest: datetime | None = None
    for happening in sorted(happenings, key=lambda one: one.at):
        if latest is not None and happening.at <= latest:
            happening = replace(happening, at=latest + timedelta(seconds=1))  # noqa: PLW2901 - the same, a second later
        latest = happening.at
        yield happening
