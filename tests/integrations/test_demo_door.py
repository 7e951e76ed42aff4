"""The demo's one-click entrance: open in a demo, and nowhere else, for nobody else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from integrations.demo.access import DOMAIN, LOGINS, PASSWORD, SLUG, address
from tenancy.models import Membership, User
from tenancy.models.members import Role
from tenancy.scope import workspace_scope
from tenancy.services.create_workspace import create_workspace, user_for_email
from tenancy.services.members import add_member, deactivate_member
from tests.factories import Cast

DOOR, LOGIN = "/accounts/demo/", "/accounts/login/"


@pytest.fixture
def demo(cast: Cast, tmp_path: Path, settings: Any) -> Any:
    """The demo's workspace with one member of each role, in an instance that is a demo, beside other workspaces."""
    cache.clear()
    workspace, _owner = create_workspace(
        slug=SLUG, name="Demo", owner_email=address("owner"), password=PASSWORD, owner_name="한지원"
    )
    with workspace_scope(workspace.pk):
        for role in LOGINS[1:]:
            user = user_for_email(email=address(role), password=PASSWORD)
            add_member(user=user, display_name=f"데모 {role}", role=role)
    settings.DATA_DIR, settings.DEMO = tmp_path, True
    (tmp_path / "demo.json").write_text(json.dumps({"workspace": str(workspace.pk)}))
    return workspace


def who(client: Client) -> str | None:
    """The address of whoever is logged in."""
    user_id = client.session.get("_auth_user_id")
    return User.objects.get(pk=user_id).email if user_id else None


def press(client: Client, role: str, **more: str) -> Any:
    return client.post(DOOR, {"as": role, **more})


def is_shut(client: Client, role: str = "rep") -> bool:
    """No way in, and none shown."""
    statuses = {press(client, role).status_code, client.get(DOOR).status_code}
    return statuses == {404} and who(client) is None and DOOR not in client.get(LOGIN).content.decode()


@pytest.mark.parametrize("role", LOGINS)
def test_each_role_is_one_click_away(demo: Any, client: Client, role: str) -> None:
    page = client.get(LOGIN).content.decode()
    assert f'action="{DOOR}"' in page
    assert f'name="as" value="{role}"' in page
    answer = press(client, role)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert who(client) == address(role)
    with workspace_scope(demo.pk):
        assert Membership.objects.get(user__email=address(role)).role == role
    assert client.get("/").headers["Location"] == "/w/demo/board/"


def test_elsewhere_there_is_no_such_door(demo: Any, client: Client, settings: Any) -> None:
    assert not is_shut(Client())
    settings.DEMO = False
    assert is_shut(client)


def test_no_instance_is_a_demo_by_itself() -> None:
    from django.conf import settings

    assert settings.DEMO is False


@pytest.mark.parametrize(
    "content", [None, "{}", "no json", '{"workspace": "01a20940-b17f-70ee-a071-f1d15618c894"}']
)
def test_a_workspace_that_this_instance_did_not_make_is_no_demo(
    demo: Any, client: Client, settings: Any, content: str | None
) -> None:
    """Whatever it is called, and although the operator set DEMO."""
    path: Path = settings.DATA_DIR / "demo.json"
    path.unlink()
    if content is not None:
        path.write_text(content)
    assert is_shut(client)


@pytest.mark.parametrize(
    "role", ["", "dohyun", "dohyun@acme.test", "mallory", "stranger", f"rep@{DOMAIN}", "OWNER", "rep\x00"]
)
def test_nobody_else_is_let_in(demo: Any, client: Client, role: str) -> None:
    """Other workspaces' people, and further members of the demo."""
    with workspace_scope(demo.pk):
        add_member(user=user_for_email(email=address("stranger"), password=PASSWORD), display_name="손님")
    assert press(client, role).status_code == 404
    assert who(client) is None


def test_whoever_is_in_another_workspace_too_is_not_let_in(demo: Any, cast: Cast, client: Client) -> None:
    with workspace_scope(cast.workspace.pk):
        add_member(user=User.objects.get(email=address("rep")), display_name="김도윤", role=Role.ADMIN)
    assert press(client, "rep").status_code == 404
    assert who(client) is None
    assert 'value="rep"' not in client.get(LOGIN).content.decode()
    assert press(client, "leader").status_code == 302


def test_whoever_has_left_the_demo_is_not_let_in(demo: Any, client: Client) -> None:
    with workspace_scope(demo.pk):
        deactivate_member(member=Membership.objects.get(user__email=address("rep")))
    assert press(client, "rep").status_code == 404
    assert who(client) is None


def test_a_changed_password_shuts_the_door(demo: Any, client: Client) -> None:
    user = User.objects.get(email=address("owner"))
    user.set_password("correct horse battery")
    user.save()
    answer = press(client, "owner")
    assert (answer.status_code, answer.headers["Location"]) == (302, LOGIN)
    assert who(client) is None
    assert (
        "password of this demo user was changed"
        in client.get(LOGIN, headers={"Accept-Language": "en"}).content.decode()
    )
    statuses = [press(client, "owner").status_code for _ in range(9)]
    assert statuses[-1] == 429  # the limit of wrong passwords holds here too


def test_looking_does_not_log_in(demo: Any, client: Client) -> None:
    assert client.get(f"{DOOR}?as=rep").status_code == 405
    assert who(client) is None


def test_without_a_csrf_token_nobody_is_logged_in(demo: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    assert press(client, "rep").status_code == 403
    assert who(client) is None
    page = client.get(LOGIN).content.decode()
    form = page[page.index(f'action="{DOOR}"') :]
    token = re.findall(r'csrfmiddlewaretoken" value="(\w+)"', form)
    assert press(client, "rep", csrfmiddlewaretoken=token[0]).status_code == 302
    assert who(client) == address("rep")


def test_the_session_is_a_new_one(demo: Any, client: Client) -> None:
    session = client.session
    session["seen"] = True
    session.save()
    client.cookies["session"] = before = session.session_key or ""
    press(client, "rep")
    assert client.session.session_key not in (None, "", before)
    rep = client.session.session_key
    press(client, "leader")
    assert client.session.session_key != rep
    assert who(client) == address("leader")


def test_next_leads_back_to_the_page_asked_for(demo: Any, client: Client) -> None:
    page = client.get(f"{LOGIN}?next=/w/demo/forecast/").content.decode()
    form = page[page.index(f'action="{DOOR}"') : page.index("</form>")]
    assert 'name="next" value="/w/demo/forecast/"' in form
    assert press(client, "rep", next="/w/demo/forecast/").headers["Location"] == "/w/demo/forecast/"


@pytest.mark.parametrize(
    "target", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", "/\\evil.test"]
)
def test_next_stays_on_the_site(demo: Any, client: Client, target: str) -> None:
    assert press(client, "rep", next=target).headers["Location"] == "/"
