"""The people in the tests. One of them is always the outsider."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from core import clock
from pipeline.models import Pipeline
from tenancy.models import Membership, MembershipKey, Team, User, Workspace
from tenancy.models.members import Role
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope
from tenancy.services.api_tokens import create_api_token
from tenancy.services.create_workspace import create_workspace
from tenancy.services.members import add_team
from tenancy.services.rates import set_rate
from tests.factories.deals import make_pipeline

PASSWORD = "correct horse battery"


@dataclass(slots=True)
class Cast:
    """Two workspaces. Acme (KRW, Seoul): owner, admin, leader, two reps, a viewer. Rival: Mallory alone."""

    workspace: Workspace
    owner: Membership
    admin: Membership
    leader: Membership
    rep: Membership
    other_rep: Membership
    viewer: Membership
    team: Team
    pipeline: Pipeline
    rival: Workspace
    mallory: Membership
    rival_pipeline: Pipeline

    def actor(self, who: str = "rep") -> Actor:
        return Actor.of(getattr(self, who))

    def token(self, who: str = "rep", scope: str = "write") -> str:
        """A bearer token of the named member."""
        member: Membership = getattr(self, who)
        workspace = self.rival if who == "mallory" else self.workspace
        with workspace_scope(workspace.pk):
            return create_api_token(member=member, name="test", scope=scope)[1]


def make_cast() -> Cast:
    acme, owner = create_workspace(
        slug="acme", name="Acme", owner_email="minjun@acme.test", password=PASSWORD, owner_name="김민준"
    )
    with workspace_scope(acme.pk):
        team = add_team(name="영업 1팀")
        people = make_members(team)
        pipeline = make_pipeline()
    rival, mallory = create_workspace(
        slug="rival",
        name="Rival",
        owner_email="mallory@rival.test",
        password=PASSWORD,
        owner_name="Mallory Outsider",
    )
    with workspace_scope(rival.pk):
        rival_pipeline = make_pipeline()
    return Cast(
        workspace=acme,
        owner=owner,
        team=team,
        pipeline=pipeline,
        rival=rival,
        mallory=mallory,
        rival_pipeline=rival_pipeline,
        **people,
    )


def give_rate(cast: Cast, currency: str, rate: str) -> None:
    """What one unit of the currency is worth in won, from today on. Call inside Acme's scope."""
    today = clock.local_date(clock.now(), cast.workspace.zone)
    set_rate(currency=currency, rate=Decimal(rate), valid_on=today, actor=cast.actor("admin"))


# Who: login, name, role, whether in the team.
MEMBERS = {
    "admin": ("jiho", "박지호", Role.ADMIN, False),
    "leader": ("seoyeon", "이서연", Role.LEADER, True),
    "rep": ("dohyun", "김도현", Role.REP, True),
    "other_rep": ("haeun", "최하은", Role.REP, True),
    "viewer": ("woojin", "정우진", Role.VIEWER, False),
}


def make_members(team: Team) -> dict[str, Membership]:
    """As `add_member` leaves them, in four statements: most tests begin with these five."""
    password = make_password(PASSWORD)
    users = [
        User(email=f"{login}@acme.test", name=login, password=password)
        for login, _name, _role, _in_team in MEMBERS.values()
    ]
    User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    people = {
        who: Membership(user=user, display_name=name, role=role, team=team if in_team else None)
        for user, (who, (_login, name, role, in_team)) in zip(users, MEMBERS.items(), strict=True)
    }
    Membership.objects.bulk_create(people.values())
    MembershipKey.objects.bulk_create(
        MembershipKey(membership_id=member.pk, user_id=member.user_id, workspace_id=team.workspace_id)
        for member in people.values()
    )
    return people
