"""Who may give which role to whom: the table, written out, at the service and at the page."""

from __future__ import annotations

import pytest

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tenancy.models import MembershipVersion
from tenancy.permissions import ROLES, Actor, roles_for
from tenancy.services.members import add_team
from tenancy.services.roles import change_role, change_team
from tenancy.services.teams import archive_team
from tests.factories import Cast
from tests.tenancy.settings.conftest import entries, fresh, path

LESSER = {"viewer", "rep", "leader"}
# (who does it, whose role) → what they may make of it. Everything else is refused.
MAY_GIVE: dict[tuple[str, str], set[str]] = {
    ("owner", "admin"): set(ROLES),
    ("owner", "leader"): set(ROLES),
    ("owner", "rep"): set(ROLES),
    ("owner", "viewer"): set(ROLES),
    ("admin", "admin"): {*LESSER, "admin"},  # oneself: only down
    ("admin", "leader"): LESSER,
    ("admin", "rep"): LESSER,
    ("admin", "viewer"): LESSER,
}
PEOPLE = ("owner", "admin", "leader", "rep", "viewer")


@pytest.mark.parametrize("actor", PEOPLE)
@pytest.mark.parametrize("target", PEOPLE)
def test_the_table(acme: Cast, actor: str, target: str) -> None:
    allowed = MAY_GIVE.get((actor, target), set())
    for role in ROLES:
        who = Actor.of(fresh(getattr(acme, actor)))
        member = fresh(getattr(acme, target))
        was = member.role
        if role in allowed:
            assert change_role(member_id=member.pk, role=role, actor=who).role == role
        elif actor == target == "owner":
            if role != "owner":
                with pytest.raises(Conflict):
                    change_role(member_id=member.pk, role=role, actor=who)
        else:
            with pytest.raises(NotAllowed):
                change_role(member_id=member.pk, role=role, actor=who)
            assert fresh(member).role == was
        type(member).objects.filter(pk=member.pk).update(role=was)


@pytest.mark.parametrize(("actor", "target"), list(MAY_GIVE))
def test_the_page_offers_what_the_service_allows(acme: Cast, actor: str, target: str) -> None:
    offered = roles_for(acme.actor(actor), getattr(acme, target))
    assert set(offered) == MAY_GIVE[(actor, target)]


def test_the_page_offers_nothing_to_those_who_may_not(acme: Cast) -> None:
    assert roles_for(acme.actor("leader"), acme.rep) == ()
    assert roles_for(acme.actor("admin"), acme.owner) == ()


def test_the_last_owner_stays_until_there_is_another(acme: Cast) -> None:
    with pytest.raises(Conflict):
        change_role(member_id=acme.owner.pk, role="admin", actor=acme.actor("owner"))
    change_role(member_id=acme.admin.pk, role="owner", actor=acme.actor("owner"))
    assert change_role(member_id=acme.owner.pk, role="rep", actor=acme.actor("owner")).role == "rep"


def test_an_owner_without_a_login_is_no_other_owner(acme: Cast) -> None:
    type(acme.viewer).objects.filter(pk=acme.viewer.pk).update(role="owner", user=None)
    with pytest.raises(Conflict):
        change_role(member_id=acme.owner.pk, role="admin", actor=acme.actor("owner"))


def test_a_change_is_kept_with_from_and_to_and_leaves_a_version(acme: Cast) -> None:
    before = MembershipVersion.objects.filter(pgh_obj_id=acme.rep.pk).count()
    change_role(member_id=acme.rep.pk, role="leader", actor=acme.actor("admin"))
    (entry,) = entries("member.role")
    assert (entry.actor_id, entry.target_id) == (acme.admin.pk, acme.rep.pk)
    assert entry.detail == {"from": "rep", "to": "leader"}
    assert MembershipVersion.objects.filter(pgh_obj_id=acme.rep.pk).count() == before + 1


def test_a_change_of_nothing_writes_nothing(acme: Cast) -> None:
    change_role(member_id=acme.rep.pk, role="rep", actor=acme.actor("admin"))
    change_team(member_id=acme.rep.pk, team_id=acme.team.pk, actor=acme.actor("admin"))
    assert entries("member.role") == entries("member.team") == []


def test_a_read_token_of_an_owner_changes_nobody(acme: Cast) -> None:
    with pytest.raises(NotAllowed):
        change_role(member_id=acme.rep.pk, role="leader", actor=Actor.of(acme.owner, scope="read"))


@pytest.mark.parametrize("role", ["", "god", "OWNER"])
def test_what_is_no_role_is_refused(acme: Cast, role: str) -> None:
    with pytest.raises(InvalidInput):
        change_role(member_id=acme.rep.pk, role=role, actor=acme.actor("owner"))


def test_another_workspaces_member_is_not_found(acme: Cast) -> None:
    with pytest.raises(NotFound):
        change_role(member_id=acme.mallory.pk, role="viewer", actor=acme.actor("owner"))


class TestTeam:
    def test_into_another_and_into_none(self, acme: Cast) -> None:
        second = add_team(name="영업 2팀")
        change_team(member_id=acme.rep.pk, team_id=second.pk, actor=acme.actor("admin"))
        assert fresh(acme.rep).team == second
        change_team(member_id=acme.rep.pk, team_id=None, actor=acme.actor("admin"))
        assert fresh(acme.rep).team is None
        assert [entry.detail for entry in entries("member.team")] == [
            {"from": str(second.pk), "to": None},
            {"from": str(acme.team.pk), "to": str(second.pk)},
        ]

    def test_an_archived_team_takes_nobody(self, acme: Cast) -> None:
        gone = add_team(name="영업 2팀")
        archive_team(team_id=gone.pk, actor=acme.actor("admin"))
        with pytest.raises(InvalidInput):
            change_team(member_id=acme.rep.pk, team_id=gone.pk, actor=acme.actor("admin"))

    @pytest.mark.parametrize("who", ["leader", "rep", "viewer"])
    def test_others_place_nobody(self, acme: Cast, who: str) -> None:
        with pytest.raises(NotAllowed):
            change_team(member_id=acme.rep.pk, team_id=None, actor=acme.actor(who))


class TestPage:
    def test_a_role_is_changed_in_place(self, acme: Cast, door) -> None:
        answer = door("admin").post(path("members", acme.rep.pk, "role"), role="leader")
        assert answer.status_code == 200
        assert f'id="member-{acme.rep.pk}"' in answer.content.decode()
        assert "김도현 is now Team leader." in answer.headers["HX-Trigger"].encode().decode("unicode_escape")
        assert fresh(acme.rep).role == "leader"

    def test_the_last_owner_reads_why_and_the_row_is_as_it_was(self, acme: Cast, door) -> None:
        answer = door("owner").post(path("members", acme.owner.pk, "role"), role="rep")
        assert answer.status_code == 200
        assert "A workspace needs an owner" in answer.headers["HX-Trigger"]
        assert '<option value="owner" selected>' in answer.content.decode()
        assert fresh(acme.owner).role == "owner"

    @pytest.mark.parametrize("who", ["leader", "rep", "viewer"])
    def test_others_are_refused(self, acme: Cast, door, who: str) -> None:
        for part, data in (
            ("role", {"role": "viewer"}),
            ("team", {"team": ""}),
            ("rename", {"display_name": "x"}),
        ):
            answer = door(who).post(path("members", acme.other_rep.pk, part), **data)
            assert answer.status_code == 403
        assert fresh(acme.other_rep).role == "rep"
        assert fresh(acme.other_rep).team == acme.team

    def test_an_admin_does_not_touch_an_owner(self, acme: Cast, door) -> None:
        answer = door("admin").post(path("members", acme.owner.pk, "role"), role="viewer")
        assert answer.status_code == 403
        assert fresh(acme.owner).role == "owner"

    def test_a_rename_goes_through_a_dialog(self, acme: Cast, door) -> None:
        at = path("members", acme.rep.pk, "rename")
        assert "김도현" in door("admin").get(at).content.decode()
        refused = door("admin").post(at, display_name="  ")
        assert "errorlist" in refused.content.decode()
        door("admin").post(at, display_name=" 김  도현 ")
        assert fresh(acme.rep).display_name == "김 도현"
        (entry,) = entries("member.renamed")
        assert entry.detail == {}, "names of people are not kept where they cannot be erased"
