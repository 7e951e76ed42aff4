"""Teams: made, renamed, archived with their people moved, brought back."""

from __future__ import annotations

import pytest

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tenancy.models import Membership, Team
from tenancy.scope import workspace_scope
from tenancy.selectors.people import team_rows
from tenancy.services.invite import invite_member
from tenancy.services.members import add_member, add_team
from tenancy.services.teams import archive_team, create_team, rename_team, restore_team
from tests.factories import Cast
from tests.tenancy.settings.conftest import entries, fresh, path


def test_a_team_is_made_and_renamed(acme: Cast) -> None:
    team = create_team(name="  영업  2팀 ", actor=acme.actor("admin"))
    assert team.name == "영업 2팀"
    rename_team(team_id=team.pk, name="대기업팀", actor=acme.actor("admin"))
    assert [entry.detail["name"] for entry in entries("team.created")] == ["영업 2팀"]
    (entry,) = entries("team.renamed")
    assert (entry.detail["from"], entry.detail["to"]) == ("영업 2팀", "대기업팀")


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b", "영업 1팀"])
def test_a_name_that_will_not_do(acme: Cast, name: str) -> None:
    second = add_team(name="영업 2팀")
    for attempt in (
        lambda: create_team(name=name, actor=acme.actor("admin")),
        lambda: rename_team(team_id=second.pk, name=name, actor=acme.actor("admin")),
    ):
        with pytest.raises(InvalidInput):
            attempt()
    assert set(Team.objects.values_list("name", flat=True)) == {"영업 1팀", "영업 2팀"}


def test_the_same_name_in_another_workspace_is_free(acme: Cast) -> None:
    with workspace_scope(acme.rival.pk):
        assert create_team(name="영업 1팀", actor=acme.actor("mallory")).name == "영업 1팀"


class TestArchiving:
    def test_an_empty_team_goes(self, acme: Cast) -> None:
        team = add_team(name="영업 2팀")
        archive_team(team_id=team.pk, actor=acme.actor("admin"))
        assert [row.team for row in team_rows()] == [acme.team]

    def test_a_team_with_people_asks_where_they_go(self, acme: Cast) -> None:
        with pytest.raises(Conflict):
            archive_team(team_id=acme.team.pk, actor=acme.actor("admin"))
        assert fresh(acme.rep).team == acme.team

    def test_its_people_move_and_their_moves_are_kept(self, acme: Cast) -> None:
        second = add_team(name="영업 2팀")
        invitation, _link = invite_member(
            email="new@acme.test", team_id=acme.team.pk, actor=acme.actor("admin")
        )
        archive_team(team_id=acme.team.pk, move_to=second.pk, actor=acme.actor("admin"))
        (row,) = team_rows()
        assert {member.pk for member in row.people} == {acme.leader.pk, acme.rep.pk, acme.other_rep.pk}
        assert [member.pk for member in row.leaders] == [acme.leader.pk]
        assert len(entries("member.team")) == 3
        assert len(entries("team.archived")) == 1
        invitation.refresh_from_db()
        assert invitation.team == second

    def test_into_no_team(self, acme: Cast) -> None:
        archive_team(team_id=acme.team.pk, move_to=None, actor=acme.actor("admin"))
        assert not Membership.objects.filter(team__isnull=False).exists()

    def test_into_itself_is_refused(self, acme: Cast) -> None:
        with pytest.raises(InvalidInput):
            archive_team(team_id=acme.team.pk, move_to=acme.team.pk, actor=acme.actor("admin"))

    def test_it_comes_back_unless_its_name_was_taken(self, acme: Cast) -> None:
        team = add_team(name="영업 2팀")
        archive_team(team_id=team.pk, actor=acme.actor("admin"))
        taken = create_team(name="영업 2팀", actor=acme.actor("admin"))
        with pytest.raises(InvalidInput):
            restore_team(team_id=team.pk, actor=acme.actor("admin"))
        rename_team(team_id=taken.pk, name="영업 3팀", actor=acme.actor("admin"))
        restore_team(team_id=team.pk, actor=acme.actor("admin"))
        assert Team.objects.get(pk=team.pk).archived_at is None

    def test_what_is_in_use_is_not_restored_and_what_is_archived_not_renamed(self, acme: Cast) -> None:
        team = add_team(name="영업 2팀")
        with pytest.raises(NotFound):
            restore_team(team_id=team.pk, actor=acme.actor("admin"))
        archive_team(team_id=team.pk, actor=acme.actor("admin"))
        with pytest.raises(NotFound):
            rename_team(team_id=team.pk, name="x", actor=acme.actor("admin"))


class TestPage:
    def test_everybody_reads_it_admins_change_it(self, acme: Cast, door) -> None:
        for who in ("viewer", "admin"):
            page = door(who).get("teams/").content.decode()
            assert "영업 1팀" in page
            assert ("Add team" in page) is (who == "admin")
            assert ("Archive…" in page) is (who == "admin")

    def test_a_team_is_added_and_a_taken_name_is_said(self, acme: Cast, door) -> None:
        assert door("admin").post("teams/", htmx=False, name="영업 2팀").status_code == 302
        refused = door("admin").post("teams/", htmx=False, name="영업 2팀")
        assert "There is a team “영업 2팀” already." in refused.content.decode()

    def test_archiving_asks_and_the_empty_one_can_be_undone(self, acme: Cast, door) -> None:
        admin = door("admin")
        assert "3 members are in it" in admin.get(path("teams", acme.team.pk, "archive")).content.decode()
        team = add_team(name="영업 2팀")
        answer = admin.post(path("teams", team.pk, "archive"), team="")
        assert answer.headers["HX-Redirect"] == "/w/acme/settings/teams/"
        page = admin.get("teams/").content.decode()
        assert f'data-extra="/w/acme/settings/teams/{team.pk}/restore/"' in page
        assert "1 archived team" in page
        admin.post(path("teams", team.pk, "restore"))
        assert Team.objects.get(pk=team.pk).archived_at is None

    @pytest.mark.parametrize("who", ["leader", "rep", "viewer"])
    def test_others_are_refused(self, acme: Cast, door, who: str) -> None:
        archived = add_team(name="영업 2팀")
        archive_team(team_id=archived.pk, actor=acme.actor("admin"))
        for at in (
            "teams/",
            path("teams", acme.team.pk, "rename"),
            path("teams", acme.team.pk, "archive"),
            path("teams", archived.pk, "restore"),
        ):
            assert door(who).post(at, name="x", team="").status_code == 403
        with pytest.raises(NotAllowed):
            create_team(name="x", actor=acme.actor(who))
        assert Team.objects.filter(archived_at=None).count() == 1

    def test_the_number_of_statements_does_not_grow(self, acme: Cast, query_count) -> None:
        for number in range(20):
            team = add_team(name=f"팀 {number}")
            add_member(user=None, display_name="x", team=team)
        with query_count() as counted:
            assert len(team_rows()) == 21
        assert counted() == 2
