"""Invitations: single use, expiring, hashed, bound to an address and a workspace."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client

from core import clock
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.ids import uuid7
from deals.models import Deal
from tenancy.models import Credential, Invitation, Membership, MembershipKey, User
from tenancy.scope import workspace_scope
from tenancy.services.accept_invitation import find_invitation, join_as, join_as_new_person
from tenancy.services.invite import invite_member, link_secret, resend_invitation, revoke_invitation
from tenancy.services.members import add_member, deactivate_member
from tests.factories import Cast, make_deal
from tests.factories.cast import PASSWORD
from tests.tenancy.settings.conftest import entries, fresh, path

EMAIL = "new@acme.test"


def place(link: str) -> str:
    return link.removeprefix(settings.BASE_URL)


def visitor() -> Client:
    return Client(headers={"Accept-Language": "en"})


def invited(cast: Cast, email: str = EMAIL, **fields) -> tuple[Invitation, str]:
    with workspace_scope(cast.workspace.pk):
        return invite_member(email=email, actor=cast.actor("admin"), **fields)


JOINING = {"name": "신입", "password": PASSWORD}


class TestJoining:
    def test_a_new_person_sets_name_and_password_and_is_in(self, cast: Cast) -> None:
        _invitation, link = invited(cast, role="leader", team_id=cast.team.pk)
        client = visitor()
        page = client.get(place(link))
        assert EMAIL in page.content.decode()
        assert page.headers["Cache-Control"] == "no-store"
        answer = client.post(place(link), JOINING)
        assert answer.headers["Location"] == "/w/acme/board/"
        assert client.get("/w/acme/board/").status_code == 200
        user = User.objects.get(email=EMAIL)
        assert EmailAddress.objects.get(user=user).verified
        with workspace_scope(cast.workspace.pk):
            member = Membership.objects.get(user=user)
            assert (member.display_name, member.role, member.team) == ("신입", "leader", cast.team)
            (entry,) = entries("member.joined")
            assert entry.actor_id == entry.target_id == member.pk
            assert entry.detail["invited_by"] == str(cast.admin.pk)
        assert Client().login(email=EMAIL, password=PASSWORD)

    def test_an_account_that_exists_logs_in_and_joins(self, cast: Cast) -> None:
        _invitation, link = invited(cast, "mallory@rival.test", role="viewer")
        client = visitor()
        page = client.get(place(link)).content.decode()
        assert "has an account already" in page
        assert f"/accounts/login/?next={place(link)}" in page
        client.force_login(User.objects.get(email="mallory@rival.test"))
        assert client.get("/w/acme/board/").status_code == 404
        assert client.get(place(link)).status_code == 200
        assert client.get("/w/acme/board/").status_code == 404, "looking is not joining"
        assert client.post(place(link)).headers["Location"] == "/w/acme/board/"
        assert client.get("/w/acme/board/").status_code == 200
        assert client.get("/w/rival/board/").status_code == 200

    def test_an_account_that_exists_gets_no_new_password(self, cast: Cast) -> None:
        _invitation, link = invited(cast, "mallory@rival.test")
        visitor().post(place(link), {"name": "x", "password": "a new one of mine"})
        assert Client().login(email="mallory@rival.test", password=PASSWORD)
        assert MembershipKey.objects.filter(user__email="mallory@rival.test").count() == 1

    def test_a_person_of_an_import_keeps_their_deals(self, cast: Cast) -> None:
        with workspace_scope(cast.workspace.pk):
            anna = add_member(user=None, display_name="Anna Snelling", role="leader", team=cast.team)
            deal = make_deal(actor=cast.actor(), owner=anna)
        _invitation, link = invited(cast, member_id=anna.pk)
        client = visitor()
        assert "Anna Snelling" in client.get(place(link)).content.decode()
        client.post(place(link), {**JOINING, "name": "Anna"})
        with workspace_scope(cast.workspace.pk):
            anna = fresh(anna)
            assert anna.user is not None
            assert (anna.user.email, anna.display_name, anna.role) == (EMAIL, "Anna Snelling", "leader")
            assert Deal.objects.get(pk=deal.pk).owner == anna
        assert client.get("/w/acme/board/").status_code == 200

    @pytest.mark.parametrize(
        ("field", "value", "reason"),
        [("password", "short", "too short"), ("password", "12345678", "numeric"), ("name", " ", "required")],
    )
    def test_what_will_not_do_is_said_and_the_invitation_stays(
        self, cast: Cast, field: str, value: str, reason: str
    ) -> None:
        _invitation, link = invited(cast)
        answer = visitor().post(place(link), {**JOINING, field: value})
        assert answer.status_code == 200
        assert reason in answer.content.decode()
        assert not User.objects.filter(email=EMAIL).exists()
        assert visitor().post(place(link), JOINING).status_code == 302


class TestTheLink:
    def gone(self, link: str, client: Client | None = None) -> None:
        """Whatever the reason, the same page, and nobody gets in."""
        people = User.objects.count(), MembershipKey.objects.count()
        client = client or visitor()
        for answer in (client.get(place(link)), client.post(place(link), JOINING)):
            assert answer.status_code == 404
            assert "This link no longer works" in answer.content.decode()
        assert (User.objects.count(), MembershipKey.objects.count()) == people

    def test_works_once(self, cast: Cast) -> None:
        _invitation, link = invited(cast)
        visitor().post(place(link), JOINING)
        self.gone(link)

    def test_works_for_seven_days(self, cast: Cast) -> None:
        _invitation, link = invited(cast)
        with clock.frozen_at(clock.now() + timedelta(days=6, hours=23)):
            assert visitor().get(place(link)).status_code == 200
        with clock.frozen_at(clock.now() + timedelta(days=7)):
            self.gone(link)

    def test_is_dead_once_withdrawn(self, cast: Cast) -> None:
        invitation, link = invited(cast)
        with workspace_scope(cast.workspace.pk):
            revoke_invitation(invitation_id=invitation.pk, actor=cast.actor("admin"))
        self.gone(link)

    def test_is_dead_once_a_new_one_was_sent(self, cast: Cast) -> None:
        invitation, link = invited(cast)
        with workspace_scope(cast.workspace.pk):
            _fresh, second = resend_invitation(invitation_id=invitation.pk, actor=cast.actor("admin"))
        self.gone(link)
        assert visitor().post(place(second), JOINING).status_code == 302

    def test_is_dead_once_whoever_sent_it_was_let_go(self, cast: Cast) -> None:
        _invitation, link = invited(cast)
        with workspace_scope(cast.workspace.pk):
            deactivate_member(member=cast.admin)
        self.gone(link)

    @pytest.mark.parametrize("change", ["last", "shorter", "longer", "prefix", "empty"])
    def test_is_dead_when_tampered_with(self, cast: Cast, change: str) -> None:
        _invitation, link = invited(cast)
        secret = place(link).split("/")[2]
        other = {
            "last": secret[:-1] + ("A" if secret[-1] != "A" else "B"),
            "shorter": secret[:-1],
            "longer": secret + "A",
            "prefix": secret.removeprefix("si_"),
            "empty": "si_",
        }[change]
        self.gone(f"/join/{other}/")

    def test_of_another_person_lets_nobody_else_in(self, cast: Cast) -> None:
        _invitation, link = invited(cast, "someone@else.test")
        client = visitor()
        client.force_login(User.objects.get(email="mallory@rival.test"))
        for answer in (client.get(place(link)), client.post(place(link), JOINING)):
            assert "This invitation is for somebody else" in answer.content.decode()
        assert client.get("/w/acme/board/").status_code == 404
        assert not User.objects.filter(email="someone@else.test").exists()

    def test_an_address_that_is_not_proven_does_not_count(self, cast: Cast) -> None:
        invitation, _link = invited(cast, "someone@else.test")
        mallory = User.objects.get(email="mallory@rival.test")
        EmailAddress.objects.create(user=mallory, email="someone@else.test", verified=False)
        with workspace_scope(cast.workspace.pk), pytest.raises(NotAllowed):
            join_as(invitation_id=invitation.pk, user=mallory)

    def test_opens_its_own_workspace_alone(self, cast: Cast) -> None:
        invitation, link = invited(cast)
        visitor().post(place(link), JOINING)
        keys = MembershipKey.objects.filter(user__email=EMAIL)
        assert [key.workspace_id for key in keys] == [cast.workspace.pk]
        with workspace_scope(cast.rival.pk), pytest.raises(NotFound):
            join_as_new_person(invitation_id=invitation.pk, name="x", password=PASSWORD)

    def test_lies_nowhere_in_the_database(self, cast: Cast) -> None:
        invitation, link = invited(cast)
        secret = place(link).split("/")[2]
        assert secret == link_secret(invitation)
        assert find_invitation(secret) == (cast.workspace.pk, invitation.pk)
        (key,) = Credential.objects.filter(kind="invitation")
        assert secret.encode() not in bytes(key.digest)
        with workspace_scope(cast.workspace.pk):
            held = [str(value) for value in Invitation.objects.values_list().get(pk=invitation.pk)]
            assert not any(secret in value for value in held)
            assert not any(secret in str(entry.detail) for entry in entries("invitation.sent"))

    def test_is_no_api_token_and_a_token_is_no_invitation(self, cast: Cast) -> None:
        _invitation, link = invited(cast)
        bearer = {"Authorization": f"Bearer {place(link).split('/')[2]}"}
        assert Client().get("/api/v1/me/", headers=bearer).status_code == 401
        self.gone(f"/join/{cast.token('owner')}/")


class TestInviting:
    def test_the_dialog_shows_the_link_once(self, acme: Cast, door) -> None:
        admin = door("admin")
        assert admin.get("members/invite/").status_code == 200
        answer = admin.post("members/invite/", email="New@Acme.test", role="rep", team="")
        found = re.search(r'value="([^"]*/join/[^"]*)"', answer.content.decode())
        assert found is not None
        assert answer.headers["Cache-Control"] == "no-store"
        assert visitor().get(place(found[1])).status_code == 200
        listed = admin.get("members/").content.decode()
        assert EMAIL in listed
        assert "/join/" not in listed
        assert [entry.detail["role"] for entry in entries("invitation.sent")] == ["rep"]

    @pytest.mark.parametrize("who", ["leader", "rep", "viewer"])
    def test_others_invite_nobody(self, acme: Cast, door, who: str) -> None:
        invitation, _link = invite_member(email=EMAIL, actor=acme.actor("admin"))
        anna = add_member(user=None, display_name="Anna")
        for at in (
            "members/invite/",
            path("members", anna.pk, "invite"),
            path("invitations", invitation.pk, "resend"),
            path("invitations", invitation.pk, "revoke"),
        ):
            assert door(who).post(at, email="x@acme.test", role="viewer").status_code == 403
        assert Invitation.objects.count() == 1
        assert Invitation.objects.get().revoked_at is None
        assert EMAIL not in door(who).get("members/").content.decode()

    @pytest.mark.parametrize("role", ["admin", "owner"])
    def test_an_admin_invites_no_admin(self, acme: Cast, door, role: str) -> None:
        with pytest.raises(NotAllowed):
            invite_member(email=EMAIL, role=role, actor=acme.actor("admin"))
        invitation, _link = invite_member(email=EMAIL, role=role, actor=acme.actor("owner"))
        for part in ("resend", "revoke"):
            assert door("admin").post(path("invitations", invitation.pk, part)).status_code == 403

    def test_an_admin_does_not_invite_over_an_owners_invitation(self, acme: Cast, door) -> None:
        _invitation, link = invite_member(email=EMAIL, role="admin", actor=acme.actor("owner"))
        answer = door("admin").post("members/invite/", email=EMAIL, role="viewer", team="")
        assert "Ask an owner to change that." in answer.content.decode()
        assert visitor().get(place(link)).status_code == 200
        invite_member(email=EMAIL, role="viewer", actor=acme.actor("owner"))
        assert visitor().get(place(link)).status_code == 404

    @pytest.mark.parametrize("email", ["", "nobody", "a@b", "x" * 250 + "@acme.test"])
    def test_what_is_no_address_is_refused(self, acme: Cast, email: str) -> None:
        with pytest.raises(InvalidInput):
            invite_member(email=email, actor=acme.actor("admin"))

    def test_a_member_is_not_invited_and_one_who_left_is_reactivated(self, acme: Cast, door) -> None:
        answer = door("admin").post("members/invite/", email="dohyun@acme.test", role="rep")
        assert "김도현 is a member already." in answer.content.decode()
        deactivate_member(member=acme.rep)
        with pytest.raises(Conflict, match="Reactivate"):
            invite_member(email="dohyun@acme.test", actor=acme.actor("admin"))

    def test_inviting_twice_leaves_one(self, acme: Cast) -> None:
        invite_member(email=EMAIL, actor=acme.actor("admin"))
        invite_member(email=EMAIL, role="leader", actor=acme.actor("owner"))
        (pending,) = Invitation.objects.filter(revoked_at=None)
        assert pending.role == "leader"
        assert Credential.objects.filter(kind="invitation").count() == 1

    def test_another_workspaces_import_person_is_not_found(self, acme: Cast) -> None:
        with workspace_scope(acme.rival.pk):
            theirs = add_member(user=None, display_name="Anna")
        with pytest.raises(NotFound):
            invite_member(email=EMAIL, member_id=theirs.pk, actor=acme.actor("owner"))
        with pytest.raises(NotFound):
            revoke_invitation(invitation_id=uuid7(), actor=acme.actor("owner"))

    def test_the_list_takes_two_statements(self, acme: Cast, query_count) -> None:
        from tenancy.selectors.invitations import pending_invitations

        for number in range(12):
            invite_member(email=f"new{number}@acme.test", actor=acme.actor("admin"), team_id=acme.team.pk)
        with query_count() as counted:
            assert len(pending_invitations()) == 12
        assert counted() == 2
