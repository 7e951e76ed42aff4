"""What every part of a deal's life is told from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from contacts.models import Company, Contact
from integrations.demo.calendar import Calendar
from integrations.demo.lives.path import Stay
from integrations.demo.plan import Sketch
from integrations.demo.words import Words
from pipeline.models import LossReason, Stage
from tenancy.models import Membership


@dataclass(frozen=True, slots=True)
class World:
    """In which the demo's deals live. `stages`: of each funnel, in order, with criteria and entry tasks.

    `leaders`: of whom has a team; `companies` with those who work there.
    """

    calendar: Calendar
    words: Words
    language: str
    stages: Mapping[str, Sequence[Stage]]
    people: Mapping[str, Membership]
    leaders: Mapping[str, Membership]
    reasons: Sequence[LossReason]
    companies: Sequence[tuple[Company, Sequence[Contact]]]


@dataclass(frozen=True, slots=True)
class Frame:
    """One deal in it. `by`: who works on the deal, `leader`: who leads them."""

    world: World
    sketch: Sketch
    random: Random
    stages: Sequence[Stage]
    stays: Sequence[Stay]
    owner: Membership | None
    by: Membership
    leader: Membership
    company: Company
    contacts: Sequence[Contact]

    @property
    def calendar(self) -> Calendar:
        return self.world.calendar

    def word(self, kind: str) -> str:
        return self.world.words.pick(kind, self.random)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability
