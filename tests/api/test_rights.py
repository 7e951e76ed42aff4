"""Who may do what: role × scope × endpoint, from the one table of permissions. And the walls between workspaces."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from contacts.models import Company, Contact
from deals.models import Activity, Deal, Note, Tag, Task
from deals.services.files import add_file
from tenancy.models import ExchangeRate
from tenancy.permissions import MINIMUM_ROLE as MINIMUM
from tenancy.permissions import ROLES, SCOPE_CAPS, Actor, Permission, smaller_role
from tenancy.scope import workspace_scope
from tests.api.conftest import Api, fields_of, problem_of
from tests.factories import Cast, make_deal

WHO = {"viewer": "viewer", "rep": "rep", "leader": "leader", "admin": "admin", "owner": "owner"}
NOWHERE = "01a20949-b58d-7167-a355-0e13c57c7962"

READS = [
    "me/",
    "members/",
    "members/{member}/",
    "pipelines/",
    "pipelines/{pipeline}/",
    "stages/",
    "stages/{stage}/",
    "loss-reasons/",
    "companies/",
    "companies/{company}/",
    "contacts/",
    "custom-fields/",
    "exchange-rates/",
    "contacts/{contact}/",
    "deals/",
    "deals/{deal}/",
    "deals/{deal}/criteria/",
    "deals/{deal}/stays/",
    "deals/{deal}/timeline/",
    "deals/{deal}/notes/",
    "deals/{deal}/activities/",
    "deals/{deal}/contacts/",
    "deals/{deal}/tags/",
    "deals/{deal}/bant/",
    "deals/{deal}/files/",
    "deals/{deal}/files/{file}/",
    "tasks/",
    "tasks/{task}/",
    "alerts/",
    "forecast/",
]
# Bodies are empty: what is refused is refused before they are looked at, what passes answers anything but 403.
WRITES = [
    ("POST", "companies/"),
    ("PATCH", "companies/{company}/"),
    ("DELETE", "companies/{company}/"),
    ("POST", "companies/{company}/merge/"),
    ("POST", "companies/{company}/unmerge/"),
    ("POST", "contacts/"),
    ("PATCH", "contacts/{contact}/"),
    ("POST", "contacts/{contact}/merge/"),
    ("POST", "contacts/{contact}/unmerge/"),
    ("DELETE", "contacts/{contact}/"),
    ("POST", "deals/"),
    ("PATCH", "deals/{deal}/"),
    ("DELETE", "deals/{deal}/"),
    ("POST", "deals/{deal}/move/"),
    ("POST", "deals/{deal}/win/"),
    ("POST", "deals/{deal}/lose/"),
    ("POST", "deals/{deal}/reopen/"),
    ("POST", "deals/{deal}/undo/"),
    ("PUT", "deals/{deal}/criteria/{criterion}/"),
    ("POST", "deals/{deal}/notes/"),
    ("POST", "deals/{deal}/activities/"),
    ("POST", "deals/{deal}/contacts/"),
    ("DELETE", "deals/{deal}/contacts/{contact}/"),
    ("POST", "deals/{deal}/tags/"),
    ("DELETE", "deals/{deal}/tags/{tag}/"),
    ("PUT", "deals/{deal}/bant/{part}/"),
    ("POST", "deals/{deal}/files/"),
    ("DELETE", "deals/{deal}/files/{file}/"),
    ("POST", "tasks/"),
    ("PATCH", "tasks/{task}/"),
]
# The same of what an admin alone may write.
ADMINS_WRITES = [("POST", "exchange-rates/"), ("DELETE", "exchange-rates/{rate}/")]
# What only its author may write: nobody here is the author.
AUTHORS_WRITES = [
    ("PATCH", "deals/{deal}/notes/{note}/"),
    ("DELETE", "deals/{deal}/notes/{note}/"),
    ("PATCH", "deals/{deal}/activities/{activity}/"),
    ("DELETE", "deals/{deal}/activities/{activity}/"),
]
SECRET = "극비 이름"


def things_of(cast: Cast, rival: bool = False) -> dict[str, str]:
    """The id of one thing of each kind, of Acme's or of Rival's."""
    workspace, pipeline = (cast.rival, cast.rival_pipeline) if rival else (cast.workspace, cast.pipeline)
    member = cast.mallory if rival else cast.rep
    with workspace_scope(workspace.pk):
        deal = make_deal(actor=cast.actor("mallory" if rival else "rep"), name=SECRET, pipeline=pipeline)
        rows: dict[str, Any] = {
            "member": member,
            "pipeline": pipeline,
            "stage": deal.stage,
            "criterion": deal.stage.exit_criteria.first(),
            "company": Company.objects.create(name=SECRET),
            "contact": Contact.objects.create(name=SECRET),
            "deal": deal,
            "task": Task.objects.create(deal=deal, name=SECRET),
            "note": Note.objects.create(deal=deal, body=SECRET),
            "activity": Activity.objects.create(
                deal=deal, kind="call", body=SECRET, occurred_at=deal.created_at
            ),
            "file": add_file(deal_id=deal.pk, name="a.txt", chunks=[b"a"], actor=Actor.system()),
            "tag": Tag.objects.create(name=SECRET),
            "rate": ExchangeRate.objects.create(
                base="KRW", currency="USD", rate=1300, valid_on=date(2026, 1, 2)
            ),
        }
    return {name: str(row.pk) for name, row in rows.items()} | {"part": "budget"}


@pytest.fixture
def things(cast: Cast) -> dict[str, str]:
    return things_of(cast)


@pytest.mark.parametrize("scope", list(SCOPE_CAPS))
@pytest.mark.parametrize("role", ROLES)
def test_the_table_of_rights(
    cast: Cast, api_of: Callable[..., Api], things: dict[str, str], role: str, scope: str
):
    api = api_of(WHO[role], scope)
    effective = smaller_role(role, SCOPE_CAPS[scope])
    may_write = ROLES.index(effective) >= ROLES.index(MINIMUM[Permission.EDIT_DEALS])
    for path in READS:
        assert api.get(path.format(**things)).status_code == 200, path
    for method, path in AUTHORS_WRITES:
        problem_of(api.call(method, path.format(**things), {"body": "x"}), 403, "not-allowed")
    may_manage = ROLES.index(effective) >= ROLES.index(MINIMUM[Permission.MANAGE_WORKSPACE])
    for method, path in [*WRITES, *ADMINS_WRITES]:
        reply = api.call(method, path.format(**things), {})
        if may_manage if (method, path) in ADMINS_WRITES else may_write:
            assert reply.status_code != 403, (method, path)
        else:
            problem_of(reply, 403, "not-allowed")


def test_a_refusal_comes_before_anything_is_looked_at(api_of: Callable[..., Api]):
    """Even before whether the object exists or the body can be read."""
    reader = api_of("owner", "read")
    problem_of(reader.patch(f"deals/{NOWHERE}/", "{"), 403, "not-allowed")


def test_every_route_is_walked():
    from config.api_router import urlpatterns

    declared = set(READS) | {path for _method, path in [*WRITES, *ADMINS_WRITES, *AUTHORS_WRITES]}
    routes = {
        re.sub(r"<\w+:(\w+?)(_id)?>", r"{\1}", str(pattern.pattern))
        for pattern in urlpatterns
        if str(pattern.pattern)
    }
    # Those of the strategy tools are walked with every other route (tests/architecture), and tried in tests/strategy.
    tools = (
        "value-case/",
        "comparison/",
        "stakeholders/",
        "approval/",
        "competitors/",
        "approval-questions/",
    )
    rest = {route for route in routes - declared if not any(tool in route for tool in tools)}
    assert rest == {"openapi.json", "docs/"}


# Isolation -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"), [*(("GET", path) for path in READS if "{" in path), *WRITES, *AUTHORS_WRITES]
)
def test_another_workspaces_ids_are_ids_that_do_not_exist(
    mallory: Api, things: dict[str, str], method: str, path: str
):
    if "{" not in path:
        return
    reply = mallory.call(method, path.format(**things), None if method == "GET" else {})
    nothing = mallory.call(
        method, path.format(**dict.fromkeys(things, NOWHERE)), None if method == "GET" else {}
    )
    problem_of(reply, 404, "not-found")
    assert reply.content == nothing.content
    assert dict(reply.headers) == dict(nothing.headers)


@pytest.mark.parametrize("path", [path for path in READS if "{" not in path])
def test_lists_hold_nothing_of_another_workspace(mallory: Api, things: dict[str, str], path: str):
    text = mallory.get(path).content.decode()
    assert SECRET not in text
    assert not [name for name, ident in things.items() if ident in text]


FILTERS = [
    *(("deals/", name) for name in ("pipeline", "stage", "owner")),
    *(("tasks/", name) for name in ("deal", "assignee")),
    ("stages/", "pipeline"),
    ("alerts/", "deal"),
    ("contacts/", "company"),
    *(("forecast/", name) for name in ("pipeline", "owner")),
]


@pytest.mark.parametrize(("path", "name"), FILTERS)
def test_foreign_ids_in_filters(cast: Cast, mallory: Api, things: dict[str, str], path: str, name: str):
    foreign = things["member" if name in ("owner", "assignee") else name]
    replies = [mallory.get(f"{path}?{name}={ident}") for ident in (foreign, NOWHERE)]
    assert fields_of(problem_of(replies[0], 400, "invalid")) == {name: "does_not_exist"}
    assert replies[0].content == replies[1].content


BODIES = [
    ("POST", "deals/", "pipeline"),
    ("POST", "deals/", "stage"),
    ("POST", "deals/", "owner"),
    ("POST", "deals/", "company"),
    ("PATCH", "deals/{deal}/", "owner"),
    ("PATCH", "deals/{deal}/", "company"),
    ("POST", "companies/", "owner"),
    ("POST", "contacts/", "company"),
    ("POST", "contacts/", "owner"),
    ("PATCH", "contacts/{contact}/", "company"),
    ("POST", "tasks/", "deal"),
    ("POST", "tasks/", "assignee"),
    ("PATCH", "tasks/{task}/", "assignee"),
]


@pytest.mark.parametrize(("method", "path", "name"), BODIES)
def test_foreign_ids_in_bodies(
    cast: Cast, mallory: Api, things: dict[str, str], method: str, path: str, name: str
):
    own = things_of(cast, rival=True)
    least = {
        "deals/": {"name": "x", "pipeline": own["pipeline"]},
        "tasks/": {"name": "x", "deal": own["deal"]},
    }
    body = {
        **least.get(path, {"name": "x"}),
        name: things["member" if name in ("owner", "assignee") else name],
    }
    foreign = mallory.call(method, path.format(**own), body)
    nothing = mallory.call(method, path.format(**own), {**body, name: NOWHERE})
    assert fields_of(problem_of(foreign, 400, "invalid")) == {name: "does_not_exist"}
    assert foreign.content == nothing.content


def test_a_foreign_loss_reason(cast: Cast, api: Api, mallory: Api, deal: Deal):
    foreign = mallory.get("loss-reasons/").json()["results"][0]["id"]
    replies = [api.post(f"deals/{deal.pk}/lose/", {"reason": ident}) for ident in (foreign, NOWHERE)]
    assert fields_of(problem_of(replies[0], 400, "invalid")) == {"reason": "does_not_exist"}
    assert replies[0].content == replies[1].content
