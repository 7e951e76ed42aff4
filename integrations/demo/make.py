"""Make the demo workspace: people, pipelines, and deals with eighteen months of past."""

from __future__ import annotations

import uuid
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction

from core import clock
from integrations.demo.access import PASSWORD, SLUG, address
from integrations.demo.alerts import add_alerts
from integrations.demo.calendar import Calendar
from integrations.demo.lives.frame import World
from integrations.demo.lives.life import SEED, life_of
from integrations.demo.people import OWNER, PEOPLE, TEAMS, WORKSPACE, Person
from integrations.demo.plan import FUNNELS, sketches
from integrations.demo.rows import DealWriter, OwnedStay
from integrations.demo.tables import Rows, rank_deals
from integrations.demo.upkeep import keep_up
from integrations.demo.words import Words
from pipeline.models import Stage
from pipeline.selectors.stages import loss_reasons, stages_of
from pipeline.services.create_from_template import create_pipeline_from_template
from tenancy.models import Membership, User
from tenancy.models.members import Role
from tenancy.scope import workspace_scope
from tenancy.services.create_workspace import create_workspace, user_for_email
from tenancy.services.members import add_member, add_team

COMPANIES = 260
WORK_THERE = (1, 2, 2, 3, 4)  # whom we know at a company
CURRENCIES = {"ko": "KRW", "en": "USD"}
ZONES = {"ko": "Asia/Seoul", "en": "America/New_York"}


@transaction.atomic
def make_demo(*, language: str) -> uuid.UUID:
    """The demo's workspace id. All or nothing. Whatever the hour, two made on one day tell the same."""
    calendar = Calendar(now=clock.now(), zone=ZoneInfo(ZONES[language]))
    random = Random(SEED)  # noqa: S311 - decoration, the same each time
    with clock.frozen_at(calendar.beginning):
        workspace, owner = create_workspace(
            slug=SLUG,
            name=WORKSPACE.text(language),
            owner_email=address(OWNER.key),
            password=PASSWORD,
            owner_name=OWNER.name.text(language),
            language=language,
            currency=CURRENCIES[language],
            timezone=ZONES[language],
        )
    rows = Rows()
    with workspace_scope(workspace.pk):
        with clock.frozen_at(calendar.beginning):
            people = {OWNER.key: owner} | _add_people(language, like=owner)
            stages = _add_pipelines(language)
        # A seed of its own: what an admin does leaves the deals' stories as they are.
        keep_up(
            people=people,
            stages=stages,
            calendar=calendar,
            random=Random(SEED),  # noqa: S311 - decoration, the same each time
            language=language,
        )
        world = _world(rows, calendar, random, language=language, people=people, stages=stages)
        _tell(rows, world, random, currency=workspace.currency)
        rows.insert()
    return workspace.pk


def _add_people(language: str, *, like: Membership) -> dict[str, Membership]:
    teams = [add_team(name=name.text(language)) for name in TEAMS]
    return {
        person.key: add_member(
            user=_user(person, language, like),
            display_name=person.name.text(language),
            role=person.role,
            team=None if person.team is None else teams[person.team],
        )
        for person in PEOPLE
        if person is not OWNER
    }


def _user(person: Person, language: str, like: Membership) -> User:
    """With the password of `like`, hashed once: each hashing takes a third of a second."""
    email, name = address(person.key), person.name.text(language)
    hashed = like.user.password if like.user else ""
    User.objects.get_or_create(email=email, defaults={"name": name, "password": hashed})
    return user_for_email(email=email, password=PASSWORD, name=name)


def _add_pipelines(language: str) -> dict[str, list[Stage]]:
    """The stages of each funnel's pipeline; the first is the workspace's default."""
    return {
        funnel.key: stages_of(
            create_pipeline_from_template(
                template=funnel.template,
                language=language,
                is_default=funnel is FUNNELS[0],
                name=funnel.name.text(language),
            ).pk
        )
        for funnel in FUNNELS
    }


def _world(
    rows: Rows,
    calendar: Calendar,
    random: Random,
    *,
    language: str,
    people: dict[str, Membership],
    stages: dict[str, list[Stage]],
) -> World:
    words = Words(language)
    rows.companies = words.companies(COMPANIES, random=random, calendar=calendar)
    known = []
    for company in rows.companies:
        there = [
            words.contact(company, random=random, calendar=calendar) for _ in range(random.choice(WORK_THERE))
        ]
        rows.people += there
        known.append((company, there))
    twice = words.duplicates(rows.companies, calendar=calendar)
    rows.companies += twice
    rows.people += [words.known_twice(one, known) for one in twice]
    leads = {person.team: person.key for person in PEOPLE if person.role == Role.LEADER}
    return World(
        calendar=calendar,
        words=words,
        language=language,
        stages=stages,
        people=people,
        leaders={person.key: people[leads[person.team]] for person in PEOPLE if person.team in leads},
        reasons=list(loss_reasons()),
        companies=known,
    )


def _tell(rows: Rows, world: World, random: Random, *, currency: str) -> None:
    stays: list[OwnedStay] = []
    for sketch in sketches(random=random, calendar=world.calendar):
        writer = DealWriter(rows, currency=currency, calendar=world.calendar)
        writer.write(life_of(sketch, world))
        stays += writer.stays
    rank_deals(rows.deals, random=random)
    add_alerts(rows, stays, calendar=world.calendar)
