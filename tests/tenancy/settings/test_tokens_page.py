"""API tokens: one's own made and revoked, others' seen by admins, the secret in one answer only."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from core import clock
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tenancy.models import ApiToken
from tenancy.permissions import Actor, useful_scopes
from tenancy.services import api_tokens
from tenancy.services.api_tokens import create_api_token, create_own_token, revoke_token
from tests.factories import Cast
from tests.tenancy.settings.conftest import entries, path

SECRET = re.compile(r"sc_[\w-]{43}")
MAY_ASK_FOR = {
    "viewer": ("read",),
    "rep": ("read", "write"),
    "leader": ("read", "write"),
    "admin": ("read", "write", "admin"),
    "owner": ("read", "write", "admin"),
}


def me(secret: str) -> int:
    return Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"}).status_code


@pytest.mark.parametrize("role", MAY_ASK_FOR)
def test_scopes_reach_as_far_as_the_role(acme: Cast, role: str) -> None:
    assert useful_scopes(role) == MAY_ASK_FOR[role]
    member = {"viewer": acme.viewer, "rep": acme.rep, "leader": acme.leader, "admin": acme.admin}
    actor = Actor.of(member.get(role, acme.owner))
    for scope in ("read", "write", "admin"):
        if scope in MAY_ASK_FOR[role]:
            assert create_own_token(actor=actor, name="x", scope=scope)[0].scope == scope
        else:
            with pytest.raises(InvalidInput):
                create_own_token(actor=actor, name="x", scope=scope)


def test_a_token_makes_no_token_and_neither_does_the_system(acme: Cast) -> None:
    token, _secret = create_api_token(member=acme.owner, name="x", scope="admin")
    by_token = Actor.of(acme.owner, token_id=token.pk)
    for actor in (by_token, Actor.system()):
        with pytest.raises(NotAllowed):
            create_own_token(actor=actor, name="x", scope="read")


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x00"])
def test_a_name_that_will_not_do(acme: Cast, name: str) -> None:
    with pytest.raises(InvalidInput):
        create_own_token(actor=acme.actor(), name=name, scope="read")


def test_there_is_an_end_to_them(acme: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_tokens, "MAX_TOKENS", 1)
    create_own_token(actor=acme.actor(), name="x", scope="read")
    with pytest.raises(Conflict):
        create_own_token(actor=acme.actor(), name="y", scope="read")


def test_a_token_works_until_it_expires(acme: Cast) -> None:
    _token, secret = create_own_token(actor=acme.actor(), name="x", scope="read", days=30)
    assert me(secret) == 200
    with clock.frozen_at(clock.now() + timedelta(days=29, hours=23)):
        assert me(secret) == 200
    with clock.frozen_at(clock.now() + timedelta(days=30, minutes=1)):
        assert me(secret) == 401


class TestPage:
    def test_the_secret_is_in_the_answer_that_made_it_and_nowhere_else(self, acme: Cast, door) -> None:
        rep = door("rep")
        answer = rep.post("tokens/", name="야간 내보내기", scope="read", days="30")
        (secret,) = set(SECRET.findall(answer.content.decode()))
        assert answer.headers["Cache-Control"] == "no-store"
        assert me(secret) == 200
        later = rep.get("tokens/")
        assert later.headers["Cache-Control"] == "no-store"
        page = later.content.decode()
        assert SECRET.findall(page) == []
        assert "야간 내보내기" in page
        assert secret[:9] in page
        (entry,) = entries("token.created")
        assert secret not in str(entry.detail)

    def test_without_htmx_it_is_a_page(self, acme: Cast, door) -> None:
        answer = door("rep").post("tokens/", htmx=False, name="x", scope="read", days="")
        assert len(set(SECRET.findall(answer.content.decode()))) == 1
        assert "<html" in answer.content.decode()
        assert ApiToken.objects.get().expires_at is None

    def test_a_scope_beyond_the_role_is_refused(self, acme: Cast, door) -> None:
        answer = door("viewer").post("tokens/", name="x", scope="write", days="30")
        assert "errorlist" in answer.content.decode()
        assert not ApiToken.objects.exists()

    def test_revoking(self, acme: Cast, door) -> None:
        token, secret = create_api_token(member=acme.rep, name="mine")
        assert me(secret) == 200
        door("rep").post(path("tokens", token.pk, "revoke"))
        assert me(secret) == 401
        assert "mine" not in re.sub(r"data-extra.*", "", door("admin").get("tokens/").content.decode())
        (entry,) = entries("token.revoked")
        assert (entry.actor_id, entry.target_id) == (acme.rep.pk, token.pk)
        door("rep").post(path("tokens", token.pk, "revoke"))
        assert len(entries("token.revoked")) == 1

    @pytest.mark.parametrize("who", ["leader", "other_rep", "viewer"])
    def test_others_tokens_are_not_there(self, acme: Cast, door, who: str) -> None:
        token, secret = create_api_token(member=acme.rep, name="geheim")
        assert "geheim" not in door(who).get("tokens/").content.decode()
        assert door(who).post(path("tokens", token.pk, "revoke")).status_code == 404
        with pytest.raises(NotFound):
            revoke_token(token_id=token.pk, actor=acme.actor(who))
        assert me(secret) == 200

    def test_admins_see_and_revoke_everybodys(self, acme: Cast, door) -> None:
        token, secret = create_api_token(member=acme.owner, name="nightly")
        page = door("admin").get("tokens/").content.decode()
        assert "nightly" in page
        assert "김민준" in page
        door("admin").post(path("tokens", token.pk, "revoke"))
        assert me(secret) == 401

    def test_the_number_of_statements_does_not_grow(self, acme: Cast, door, query_count) -> None:
        def counted() -> int:
            with query_count() as count:
                assert door("admin").get("tokens/").status_code == 200
            return count()

        create_api_token(member=acme.admin, name="x")
        create_api_token(member=acme.rep, name="x")
        few = counted()
        for member in (acme.admin, acme.rep, acme.leader) * 5:
            create_api_token(member=member, name="x")
        assert counted() == few
