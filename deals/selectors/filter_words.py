"""What there is to choose from, and how what was chosen reads."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from core import clock
from core.formats import money_brief, month_name, today_here
from deals.models import Deal, Tag
from deals.models.deal import Outcome
from deals.selectors.facets import ALL, CLOSED, NEXT, NO_DATE, PASSED, THIS
from deals.selectors.filters import DealFilter
from fields.filters import Asked, asked_words
from fields.models import CustomField, FieldKind, Subject
from fields.selectors.definitions import fields_of
from pipeline.models import Pipeline, Stage
from pipeline.selectors.stages import pipelines
from tenancy.models import Membership, Team
from tenancy.scope import current_workspace
from tenancy.selectors.members import active_members
from tenancy.selectors.people import teams_in_use

TAGS = 300
SOURCES = 100
MONTHS = range(-3, 13)


class Choices:
    """Members, teams, stages… of the workspace, each read when it is first asked for: one query each."""

    @cached_property
    def members(self) -> list[Membership]:
        return list(active_members())

    @cached_property
    def teams(self) -> list[Team]:
        return list(teams_in_use())

    @cached_property
    def pipelines(self) -> list[Pipeline]:
        return list(pipelines())

    @cached_property
    def stages(self) -> list[Stage]:
        """Those in use first, then retired ones: closed deals lie there."""
        found = Stage.objects.select_related("pipeline").order_by(
            "pipeline__position", "pipeline_id", "position"
        )
        return sorted(found, key=lambda stage: stage.archived_at is not None)

    @cached_property
    def tags(self) -> list[Tag]:
        return list(Tag.objects.order_by("name")[:TAGS])

    def sources(self, chosen: str | None) -> list[str]:
        """The sources that deals name, and the one chosen. One query."""
        found = Deal.objects.filter(deleted_at=None).exclude(source="").order_by("source")
        names = list(found.values_list("source", flat=True).distinct()[:SOURCES])
        return names if chosen is None or chosen in names else [chosen, *names]

    @cached_property
    def names(self) -> Mapping[uuid.UUID, str]:
        """Names of stages and tags, by id."""
        stages = {stage.pk: stage.name for stage in self.stages}
        return stages | {tag.pk: tag.name for tag in self.tags}

    @cached_property
    def custom(self) -> dict[str, CustomField]:
        """The fields that the workspace has added, by name. Two queries."""
        return {field.column: field for field in fields_of(Subject.DEAL)}

    def size(self, team: uuid.UUID | None) -> int:
        return sum(member.team_id == team for member in self.members)

    def member(self, ident: Any) -> Membership | None:
        return next((member for member in self.members if member.pk == ident), None)

    def team(self, ident: Any) -> Team | None:
        return next((team for team in self.teams if team.pk == ident), None)


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing chosen: `text` says it, `query` is the URL's without it."""

    name: str
    text: str
    query: str


type Words = Callable[[Any, Choices], str]


def month_words(value: date | str) -> str:
    words = {
        THIS: _("Closes this month"),
        NEXT: _("Closes next month"),
        NO_DATE: _("No close date"),
        PASSED: _("Close date passed"),
    }
    if isinstance(value, str):
        return words[value]
    return _("Closes in %(month)s") % {"month": month_name(value, with_year=True)}


def outcome_words(value: str) -> str:
    words = {
        Outcome.WON.value: _("Won deals"),
        Outcome.LOST.value: _("Lost deals"),
        CLOSED: _("Closed deals"),
        ALL: _("Open and closed"),
    }
    return words[value]


def owner_words(value: Any, choices: Choices) -> str:
    if value == "me":
        return _("My deals")
    if value == "none":
        return _("No owner")
    member = choices.member(value)
    return member.display_name if member else _("A member who is not here")


def team_words(value: Any, choices: Choices) -> str:
    if value == "mine":
        return _("My team")
    team = choices.team(value)
    return team.name if team else _("A team that is not here")


def named(ids: Any, choices: Choices, gone: str) -> str:
    return ", ".join(dict.fromkeys(choices.names.get(ident, gone) for ident in ids))


def amount_words(value: Any) -> str:
    return money_brief(value, current_workspace().currency)


WORDS: dict[str, Words] = {
    "pipeline": lambda value, choices: next(
        (each.name for each in choices.pipelines if each.pk == value), _("A pipeline that is not here")
    ),
    "owner": owner_words,
    "team": team_words,
    "outcome": lambda value, _choices: outcome_words(value),
    "stage": lambda ids, choices: named(ids, choices, _("A stage that is not here")),
    "stalled": lambda _value, _choices: _("Stalled"),
    "no_task": lambda _value, _choices: _("No next task"),
    "overdue": lambda _value, _choices: _("Overdue task"),
    "close": lambda value, _choices: month_words(value),
    "amount_from": lambda value, _choices: _("From %(amount)s") % {"amount": amount_words(value)},
    "amount_to": lambda value, _choices: _("Up to %(amount)s") % {"amount": amount_words(value)},
    "tag": lambda ids, choices: named(ids, choices, _("A tag that is not here")),
    "source": lambda value, _choices: _("Source: %(source)s") % {"source": value},
    "q": lambda value, _choices: _("“%(text)s”") % {"text": value},
}


def words_for(name: str, value: Any, choices: Choices) -> str:
    if isinstance(value, Asked):
        field = choices.custom.get(name)
        if field is None:
            return name
        return asked_words(field, value, choices.members if field.kind == FieldKind.MEMBER else ())
    return WORDS[name](value, choices) if name in WORDS else str(value)


def chips(chosen: DealFilter, choices: Choices) -> list[Chip]:
    """Everything chosen, in words, in the order of the URL."""
    return [
        Chip(name, words_for(name, value, choices), chosen.without(name).query)
        for name, value in chosen.asked
    ]


# What a form offers --------------------------------------------------------------------------------------------------


def who_choices(chosen: DealFilter, choices: Choices) -> list[Any]:
    """Owners and teams in one list: "me", "none", a member's id, "team:mine", "team:<id>"."""
    own = [("me", _("My deals")), ("none", _("No owner"))]
    if chosen.reader.team:
        own.insert(1, ("team:mine", _("My team")))
    owner, team = chosen.by_name.get("owner"), chosen.by_name.get("team")
    members = [(str(member.pk), member.display_name) for member in choices.members]
    found_teams = [(f"team:{each.pk}", each.name) for each in choices.teams]
    # Who has left may still be asked for.
    if isinstance(owner, uuid.UUID) and choices.member(owner) is None:
        members.append((str(owner), owner_words(owner, choices)))
    if isinstance(team, uuid.UUID) and choices.team(team) is None:
        found_teams.append((f"team:{team}", team_words(team, choices)))
    if team == "mine" and not chosen.reader.team:
        own.append(("team:mine", _("My team")))
    groups = [(_("Teams"), found_teams)] if found_teams else []
    return [("", _("Everybody")), *own, *groups, (_("Members"), members)]


def close_choices(chosen: DealFilter) -> list[Any]:
    this = clock.month_start(today_here())
    months = [clock.add_months(this, step) for step in MONTHS]
    value = chosen.by_name.get("close")
    if isinstance(value, date) and value not in months:
        months = sorted([*months, value])
    words = [(word, month_words(word)) for word in (THIS, NEXT, PASSED, NO_DATE)]
    named_months = [(f"{month:%Y-%m}", month_name(month, with_year=True)) for month in months]
    return [("", _("Any")), *words, (_("Month"), named_months)]


def outcome_choices() -> list[Any]:
    values = (Outcome.WON.value, Outcome.LOST.value, CLOSED, ALL)
    return [("", _("Open deals")), *((value, outcome_words(value)) for value in values)]


def stage_choices(chosen: DealFilter, choices: Choices) -> list[Any]:
    """Under their pipelines' names; retired ones where they are chosen."""
    wanted = set(chosen.by_name.get("stage", ()))
    groups: dict[str, list[tuple[str, str]]] = {}
    for stage in choices.stages:
        if stage.archived_at is None or stage.pk in wanted:
            groups.setdefault(stage.pipeline.name, []).append((str(stage.pk), stage.name))
    return list(groups.items())
