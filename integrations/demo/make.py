"""Make the demo workspace: people, pipeline, deals with a past."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from core import clock
from deals.models import DealEvent
from integrations.demo.calendar import Calendar
from integrations.demo.stories import (
    OWNER_NAME,
    PEOPLE,
    TEAMS,
    WORKSPACE,
    Person,
    closed_stories,
    open_stories,
)
from integrations.demo.tell import Teller
from pipeline.selectors.stages import loss_reasons, stages_of
from pipeline.services.create_from_template import create_pipeline_from_template
from tenancy.models import Membership, User
from tenancy.scope import workspace_scope
from tenancy.services.create_workspace import create_workspace, user_for_email
from tenancy.services.members import add_member, add_team

SLUG = "demo"
PASSWORD = "stagecraft-demo"  # noqa: S105 - printed at each start; the data are invented
DOMAIN = "demo.example"  # reserved by RFC 2606: no mail can reach anybody
BEGAN = 300  # days before today


@transaction.atomic
def make_demo(*, language: str) -> uuid.UUID:
    """The demo's workspace id. All or nothing."""
    now = clock.now()
    with clock.frozen_at(now - timedelta(days=BEGAN)):
        workspace, owner = create_workspace(
            slug=SLUG,
            name=WORKSPACE.text(language),
            owner_email=address("owner"),
            password=PASSWORD,
            owner_name=OWNER_NAME.text(language),
            language=language,
            currency="KRW" if language == "ko" else "USD",
            timezone="Asia/Seoul" if language == "ko" else "America/New_York",
        )
    with workspace_scope(workspace.pk):
        with clock.frozen_at(now - timedelta(days=BEGAN)):
            people = {"owner": owner} | _add_people(language, like=owner)
            pipeline = create_pipeline_from_template(template="salesmap", language=language, is_default=True)
        teller = Teller(
            calendar=Calendar(now=now, zone=workspace.zone),
            stages=stages_of(pipeline.pk),
            people=people,
            reasons=list(loss_reasons()),
            unit=10_000 if language == "ko" else 8,
        )
        for story in (*closed_stories(language), *open_stories(language)):
            teller.tell(story)
        # The past has had its effects; nothing follows from it a second time.
        DealEvent.objects.filter(dispatched_at=None).update(dispatched_at=F("at"))
    return workspace.pk


def address(key: str) -> str:
    return f"{key}@{DOMAIN}"


def _add_people(language: str, *, like: Membership) -> dict[str, Membership]:
    teams = [add_team(name=name.text(language)) for name in TEAMS]
    return {
        person.key: add_member(
            user=_user(person, language, like),
            display_name=person.name.text(language),
            role=person.role,
            team=teams[person.team],
        )
        for person in PEOPLE
    }


def _user(person: Person, language: str, like: Membership) -> User:
    """With the password of `like`, hashed once: each hashing takes a third of a second."""
    email, name = address(person.key), person.name.text(language)
    hashed = like.user.password if like.user else ""
    User.objects.get_or_create(email=email, defaults={"name": name, "password": hashed})
    return user_for_email(email=email, password=PASSWORD, name=name)
