"""The page of members: who is here, who is known only from an import, who has left."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from tenancy.handover import held_by
from tenancy.models import Membership, Team
from tenancy.models.members import Role
from tenancy.permissions import Actor, may_manage, roles_for
from tenancy.selectors.members import members

PAGE = 100


class Show(StrEnum):
    """In the order of the page's tabs."""

    ACTIVE = "active"
    NO_LOGIN = "no_login"
    LEFT = "left"


CONDITIONS = {
    Show.ACTIVE: Q(deactivated_at=None, user__isnull=False),
    Show.NO_LOGIN: Q(deactivated_at=None, user=None),
    Show.LEFT: Q(deactivated_at__isnull=False),
}


@dataclass(frozen=True, slots=True)
class Person:
    """A row: the member, how many open deals are theirs, and what the reader may make of them: [(role, its label)]."""

    member: Membership
    open_deals: int
    roles: Sequence[tuple[str, str]] = ()
    is_manageable: bool = False

    @property
    def last_login(self) -> datetime | None:
        return self.member.user.last_login if self.member.user else None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """`people` by name; `after` is the id that the next page begins behind, None at the end."""

    show: Show
    people: Sequence[Person]
    counts: dict[Show, int]
    after: uuid.UUID | None
    search: str = ""


def people_page(*, actor: Actor, show: Show, search: str = "", after: uuid.UUID | None = None) -> PeoplePage:
    """A page of members, as `actor` reads it, whose name or address has `search` in it. Three queries, four where a page continues."""
    rows = members().filter(CONDITIONS[show]).filter(_matching(search)).order_by("display_name", "pk")
    mark = Membership.objects.filter(pk=after).values_list("display_name", "pk").first() if after else None
    if mark is not None:
        rows = rows.filter(Q(display_name__gt=mark[0]) | Q(display_name=mark[0], pk__gt=mark[1]))
    found = list(rows[: PAGE + 1])
    return PeoplePage(
        show=show,
        people=as_people(found[:PAGE], actor=actor),
        counts=people_counts(search=search),
        after=found[PAGE - 1].pk if len(found) > PAGE else None,
        search=search,
    )


def as_people(found: Sequence[Membership], *, actor: Actor) -> list[Person]:
    """The members as rows. One query, none for nobody."""
    deals = held_by("deals", [member.pk for member in found])
    return [
        Person(
            member,
            deals.get(member.pk, 0),
            [(role, str(Role(role).label)) for role in roles_for(actor, member)],
            may_manage(actor, member) and member.pk != actor.member_id,
        )
        for member in found
    ]


def people_counts(*, search: str = "") -> dict[Show, int]:
    """How many members each tab has. One query."""
    rows = Membership.objects.filter(_matching(search))
    found = rows.aggregate(**{show.value: Count("pk", filter=CONDITIONS[show]) for show in Show})
    return {show: found[show.value] for show in Show}


def _matching(search: str) -> Q:
    if not search:
        return Q()
    return Q(display_name__icontains=search) | Q(user__email__icontains=search)


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team with its active members by name; the leaders first."""

    team: Team
    people: Sequence[Membership]

    @property
    def leaders(self) -> list[Membership]:
        return [member for member in self.people if member.role == Role.LEADER]

    @property
    def others(self) -> list[Membership]:
        return [member for member in self.people if member.role != Role.LEADER]


def team_rows() -> list[TeamRow]:
    """The teams in use by name. Two queries."""
    people: dict[uuid.UUID | None, list[Membership]] = {}
    placed = Membership.objects.filter(deactivated_at=None, team__isnull=False)
    for member in placed.order_by("display_name", "pk"):
        people.setdefault(member.team_id, []).append(member)
    return [TeamRow(team, people.get(team.pk, [])) for team in teams_in_use()]


def teams_in_use() -> QuerySet[Team]:
    return Team.objects.filter(archived_at=None).order_by("name", "pk")


def archived_teams() -> QuerySet[Team]:
    """The latest first."""
    return Team.objects.exclude(archived_at=None).order_by("-archived_at", "pk")


def possible_heirs(*, leaver: Membership) -> QuerySet[Membership]:
    """Who may take over what the member holds: active, and with the right to edit deals."""
    rows = Membership.objects.filter(deactivated_at=None).exclude(pk=leaver.pk)
    return rows.exclude(role=Role.VIEWER).order_by("display_name", "pk")
