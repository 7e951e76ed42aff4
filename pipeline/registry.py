"""What the designer must know of the apps above it, which register it in their AppConfig.ready().

Subjects: what a computed exit criterion may look at. Occupancy: how many open deals a stage holds. Effects: what a
change of a stage would do, told before it is saved.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from pipeline.models import Pipeline, Stage
    from tenancy.permissions import Actor

type Subjects = Callable[[], Sequence[tuple[str, str | Promise]]]
type Occupancy = Callable[[Collection[uuid.UUID]], dict[uuid.UUID, int]]


@dataclass(frozen=True, slots=True)
class StageSettings:
    """What numbers and alerts take from a stage. `win_rate` in percent, `stall_days` in days, 0 = never."""

    kind: str
    win_rate: Decimal
    stall_days: int
    category: str

    @classmethod
    def of(cls, stage: Stage) -> StageSettings:
        return cls(stage.kind, stage.win_rate, stage.stall_days, stage.category)


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a change would do: where, the figure before and after, and what that means in words."""

    where: str
    before: str
    after: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page upstairs about one pipeline, led to from the designer. `url` takes the workspace's slug and the pipeline's id."""

    label: str | Promise
    url: str
    icon: str


type Effects = Callable[["Stage", StageSettings, "Actor"], Sequence[Effect]]


@dataclass(slots=True)
class _Registry:
    subjects: dict[str, Subjects] = field(default_factory=dict)
    occupancy: Occupancy | None = None
    effects: dict[str, Effects] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    made: list[Callable[[Pipeline, str], None]] = field(default_factory=list)
    copied: list[Callable[[Pipeline, Pipeline, Mapping[uuid.UUID, Stage]], None]] = field(
        default_factory=list
    )


_registry = _Registry()


def register_subjects(kind: str, subjects: Subjects) -> None:
    """What criteria of this kind ("field", "fact") may look at: (name, label) pairs."""
    _registry.subjects[kind] = subjects


def subjects_of(kind: str) -> list[tuple[str, str | Promise]]:
    found = _registry.subjects.get(kind)
    return list(found()) if found else []


def register_occupancy(counter: Occupancy) -> None:
    """Stage → how many open deals lie in it, for all the stages asked about in one query; empty ones left out."""
    _registry.occupancy = counter


def open_deals_in(stage_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    return _registry.occupancy(stage_ids) if _registry.occupancy and stage_ids else {}


def register_effects(name: str, effects: Effects) -> None:
    """Tells what giving the stage these terms would do; nothing when it would do nothing."""
    _registry.effects[name] = effects


def effects_of(stage: Stage, proposed: StageSettings, *, actor: Actor) -> list[Effect]:
    """Everything that the change would do, or an empty list."""
    if proposed == StageSettings.of(stage):
        return []
    return [effect for tell in _registry.effects.values() for effect in tell(stage, proposed, actor)]


def register_page(page: Page) -> None:
    _registry.pages[page.url] = page


def pages() -> list[Page]:
    return list(_registry.pages.values())


def register_made(hook: Callable[[Pipeline, str], None]) -> None:
    """Called in the transaction in which a pipeline was made from the template of that name."""
    if hook not in _registry.made:
        _registry.made.append(hook)


def made(pipeline: Pipeline, template: str) -> None:
    for hook in _registry.made:
        hook(pipeline, template)


def register_copied(hook: Callable[[Pipeline, Pipeline, Mapping[uuid.UUID, Stage]], None]) -> None:
    """Called in the transaction in which a pipeline was copied: source, copy, stages of the source → of the copy."""
    if hook not in _registry.copied:
        _registry.copied.append(hook)


def copied(source: Pipeline, copy: Pipeline, stages: Mapping[uuid.UUID, Stage]) -> None:
    for hook in _registry.copied:
        hook(source, copy, stages)
