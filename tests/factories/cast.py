"""The people in the tests. One of them is always the outsider."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.models import Pipeline
from tenancy.models import Membership, Team, User, Workspace
from tenancy.models.members import Role
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope
from tenancy.services.api_tokens import create_api_token
from tenancy.services.create_workspace import create_workspace, user_for_email
from tenancy.services.members import add_member, add_team
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
        people = {
            "admin": add_member(user=_user("jiho"), display_name="박지호", role=Role.ADMIN),
            "leader": add_member(user=_user("seoyeon"), display_name="이서연", role=Role.LEADER, team=team),
            "rep": add_member(user=_user("dohyun"), display_name="김도현", role=Role.REP, team=team),
            "other_rep": add_member(user=_user("haeun"), display_name="최하은", role=Role.REP, team=team),
            "viewer": add_member(user=_user("woojin"), display_name="정우진", role=Role.VIEWER),
        }
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


def _user(name: str) -> User:
    return user_for_email(email=f"{name}@acme.test", password=PASSWORD, name=name)
