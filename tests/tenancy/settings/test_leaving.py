"""Letting a member go: what they hold goes on, history stays true, nothing of theirs opens a door any more."""

from __future__ import annotations

import pytest

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from deals.models import Deal, Outcome, Task
from deals.services.close_deal import lose_deal
from deals.services.tasks import add_task, change_task
from pipeline.models import LossReason
from tenancy.models import Membership, MembershipKey
from tenancy.services.let_go import let_go, take_back
from tenancy.services.members import add_member
from tests.factories import Cast, make_deal
from tests.tenancy.settings.conftest import entries, fresh, path

PEOPLE = ("owner", "admin", "leader", "rep", "viewer")
MAY_LET_GO = {("owner", who) for who in ("admin", "leader", "rep", "viewer")} | {
    ("admin", who) for who in ("leader", "rep", "viewer")
}


def everything_to(heir: Membership | None) -> dict[str, object]:
    return {"deals": heir.pk if heir else None, "tasks": heir.pk if heir else None}


@pytest.mark.parametrize("actor", PEOPLE)
@pytest.mark.parametrize("target", PEOPLE)
def test_who_may_let_whom_go(acme: Cast, actor: str, target: str) -> None:
    member = getattr(acme, target)

    def go() -> Membership:
        return let_go(member_id=member.pk, heirs={}, actor=acme.actor(actor))

    if (actor, target) in MAY_LET_GO:
        assert not go().is_active
    else:
        with pytest.raises((NotAllowed, Conflict)):
            go()
        assert fresh(member).is_active


class TestHandingOver:
    @pytest.fixture
    def held(self, acme: Cast) -> dict[str, Deal | Task]:
        """Two open deals and a lost one of the rep; a task to do and a done one; a task on a colleague's deal."""
        actor = acme.actor()
        lost = make_deal(actor=actor, owner=acme.rep, name="잃은 딜")
        lose_deal(deal_id=lost.pk, reason=LossReason.objects.first(), actor=actor)
        mine = make_deal(actor=actor, owner=acme.rep)
        theirs = make_deal(actor=actor, owner=acme.other_rep)
        done = add_task(deal_id=mine.pk, name="끝난 일", actor=actor)
        change_task(task_id=done.pk, done=True, actor=actor)
        return {
            "lost": lost,
            "first": mine,
            "second": make_deal(actor=actor, owner=acme.rep),
            "theirs": theirs,
            "task": add_task(deal_id=mine.pk, name="전화", actor=actor),
            "elsewhere": add_task(deal_id=theirs.pk, name="메일", actor=actor),
            "done": done,
        }

    def test_open_deals_and_tasks_go_closed_ones_stay(self, acme: Cast, held) -> None:
        let_go(member_id=acme.rep.pk, heirs=everything_to(acme.other_rep), actor=acme.actor("admin"))
        owners = {deal.pk: deal.owner_id for deal in Deal.objects.all()}
        assert owners[held["first"].pk] == owners[held["second"].pk] == acme.other_rep.pk
        assert owners[held["lost"].pk] == acme.rep.pk
        assert Deal.objects.get(pk=held["lost"].pk).outcome == Outcome.LOST
        assignees = {task.pk: task.assignee_id for task in Task.objects.all()}
        assert assignees[held["task"].pk] == assignees[held["elsewhere"].pk] == acme.other_rep.pk
        assert assignees[held["done"].pk] == acme.rep.pk

    def test_it_is_one_entry_with_what_went_to_whom(self, acme: Cast, held) -> None:
        heirs = {"deals": acme.leader.pk, "tasks": None}
        let_go(member_id=acme.rep.pk, heirs=heirs, actor=acme.actor("admin"))
        (entry,) = entries("member.deactivated")
        assert (entry.actor_id, entry.target_id) == (acme.admin.pk, acme.rep.pk)
        assert entry.detail["handed"] == {
            "deals": {"count": 2, "to": str(acme.leader.pk)},
            "tasks": {"count": 2, "to": None},
        }

    def test_nobody_is_asked_in_vain(self, acme: Cast, held) -> None:
        with pytest.raises(InvalidInput) as problem:
            let_go(member_id=acme.rep.pk, heirs={"deals": acme.leader.pk}, actor=acme.actor("admin"))
        assert [error.field for error in problem.value.errors] == ["tasks"]
        assert fresh(acme.rep).is_active

    @pytest.mark.parametrize("heir", ["viewer", "gone", "rep"])
    def test_who_cannot_take_over_does_not(self, acme: Cast, held, heir: str) -> None:
        """A viewer, somebody who has left, the leaver."""
        let_go(member_id=acme.other_rep.pk, heirs=everything_to(acme.leader), actor=acme.actor("admin"))
        chosen = acme.other_rep if heir == "gone" else getattr(acme, heir)
        with pytest.raises(InvalidInput):
            let_go(member_id=acme.rep.pk, heirs=everything_to(chosen), actor=acme.actor("admin"))
        assert fresh(acme.rep).is_active
        assert Deal.objects.filter(owner=acme.rep, outcome=Outcome.OPEN).count() == 2

    def test_another_workspaces_heir_is_not_found(self, acme: Cast, held) -> None:
        with pytest.raises(NotFound):
            let_go(member_id=acme.rep.pk, heirs=everything_to(acme.mallory), actor=acme.actor("admin"))

    def test_all_or_nothing(self, acme: Cast, held, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(**_kwargs: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr("tenancy.services.let_go.deactivate_member", broken)
        with pytest.raises(ZeroDivisionError):
            let_go(member_id=acme.rep.pk, heirs=everything_to(acme.leader), actor=acme.actor("admin"))
        assert Deal.objects.filter(owner=acme.rep, outcome=Outcome.OPEN).count() == 2

    def test_through_the_dialog(self, acme: Cast, held, door) -> None:
        at = path("members", acme.rep.pk, "deactivate")
        asked = door("admin").get(at).content.decode()
        assert "Open deals (2)" in asked
        assert "Open tasks (2)" in asked
        assert f'value="{acme.viewer.pk}"' not in asked
        refused = door("admin").post(at, deals="", tasks="same")
        assert "Choose who takes over" in refused.content.decode()
        forged = door("admin").post(at, deals=str(acme.viewer.pk), tasks="same")
        assert "errorlist" in forged.content.decode()
        assert fresh(acme.rep).is_active
        answer = door("admin").post(at, deals=str(acme.leader.pk), tasks="same")
        assert answer.headers["HX-Redirect"] == "/w/acme/settings/members/"
        assert Deal.objects.filter(owner=acme.leader).count() == 2
        assert Task.objects.filter(assignee=acme.leader).count() == 2

    def test_left_unassigned(self, acme: Cast, held, door) -> None:
        door("admin").post(path("members", acme.rep.pk, "deactivate"), deals="nobody", tasks="same")
        assert Deal.objects.filter(owner=None).count() == 2
        assert Task.objects.filter(assignee=None).count() == 2

    @pytest.mark.parametrize("who", ["leader", "rep", "viewer"])
    def test_others_are_refused(self, acme: Cast, held, door, who: str) -> None:
        at = path("members", acme.other_rep.pk, "deactivate")
        assert door(who).get(at).status_code == 403
        assert door(who).post(at, deals="nobody", tasks="same").status_code == 403
        assert fresh(acme.other_rep).is_active

    def test_an_admin_lets_no_owner_go(self, acme: Cast, door) -> None:
        assert door("admin").post(path("members", acme.owner.pk, "deactivate")).status_code == 403


def test_doors_close_at_once(acme: Cast, door) -> None:
    rep, token = door("rep"), acme.token("rep")
    bearer = {"Authorization": f"Bearer {token}"}
    assert rep.client.get("/w/acme/board/").status_code == 200
    door("admin").post(path("members", acme.rep.pk, "deactivate"))
    assert rep.client.get("/w/acme/board/").status_code == 404
    assert rep.client.get("/api/v1/me/", headers=bearer).status_code == 401


class TestComingBack:
    def test_in_the_old_role_and_with_nothing_taken_back(self, acme: Cast, door) -> None:
        deal = make_deal(actor=acme.actor(), owner=acme.rep)
        let_go(member_id=acme.rep.pk, heirs=everything_to(acme.leader), actor=acme.actor("admin"))
        assert door("admin").get("members/", show="left").content.decode().count("data-member-id") == 1
        door("admin").post(path("members", acme.rep.pk, "reactivate"))
        back = fresh(acme.rep)
        assert (back.is_active, back.role, back.team) == (True, "rep", acme.team)
        assert MembershipKey.objects.filter(membership_id=acme.rep.pk).exists()
        assert Deal.objects.get(pk=deal.pk).owner == acme.leader
        assert door("rep").client.get("/w/acme/board/").status_code == 200
        assert len(entries("member.reactivated")) == 1

    def test_who_has_not_left_does_not_come_back(self, acme: Cast) -> None:
        with pytest.raises(Conflict):
            take_back(member_id=acme.rep.pk, actor=acme.actor("admin"))

    @pytest.mark.parametrize("who", ["leader", "rep", "viewer"])
    def test_others_are_refused(self, acme: Cast, door, who: str) -> None:
        let_go(member_id=acme.other_rep.pk, heirs={}, actor=acme.actor("admin"))
        assert door(who).post(path("members", acme.other_rep.pk, "reactivate")).status_code == 403
        assert not fresh(acme.other_rep).is_active

    def test_an_admin_brings_no_admin_back(self, acme: Cast) -> None:
        let_go(member_id=acme.admin.pk, heirs={}, actor=acme.actor("owner"))
        type(acme.leader).objects.filter(pk=acme.leader.pk).update(role="admin")
        with pytest.raises(NotAllowed):
            take_back(member_id=acme.admin.pk, actor=acme.actor("leader").__class__.of(fresh(acme.leader)))

    def test_a_person_without_a_login_comes_back_without_one(self, acme: Cast) -> None:
        anna = add_member(user=None, display_name="Anna")
        let_go(member_id=anna.pk, heirs={}, actor=acme.actor("admin"))
        assert take_back(member_id=anna.pk, actor=acme.actor("admin")).is_active
        assert not MembershipKey.objects.filter(membership_id=anna.pk).exists()
