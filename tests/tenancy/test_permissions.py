"""The table of rights, and that the services ask it."""

from __future__ import annotations

from itertools import product

import pytest

from core.errors import NotAllowed
from deals.models import Deal
from deals.services.close_deal import lose_deal, reopen_deal, win_deal
from deals.services.create_deal import Past, create_deal
from deals.services.criteria import check_criterion
from deals.services.edit_deal import delete_deal, edit_deal, restore_deal
from deals.services.move_deal import move_deal
from deals.services.notes import add_note
from deals.services.tasks import add_task, change_task
from deals.services.undo_move import undo_move
from pipeline.models import LossReason, Pipeline
from tenancy.models.members import Role
from tenancy.models.tokens import TokenScope
from tenancy.permissions import MINIMUM_ROLE, ROLES, SCOPE_CAPS, Actor, Permission, smaller_role
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal

# Who may what, written out: a change of the table must be meant.
MAY = {
    "viewer": {"view"},
    "rep": {"view", "edit_deals", "export_deals"},
    "leader": {"view", "edit_deals", "export_deals", "override_gate", "share_views"},
    "admin": {
        "view",
        "edit_deals",
        "export_deals",
        "override_gate",
        "share_views",
        "design_pipelines",
        "import_history",
        "manage_members",
        "manage_workspace",
    },
    "owner": {
        "view",
        "edit_deals",
        "export_deals",
        "override_gate",
        "share_views",
        "design_pipelines",
        "import_history",
        "manage_members",
        "manage_workspace",
        "manage_admins",
    },
}
SCOPE_IS_AT_MOST = {"read": "viewer", "write": "leader", "admin": "owner"}


def test_the_table_names_every_role_scope_and_permission() -> None:
    assert tuple(Role.values) == ROLES == tuple(MAY)
    assert set(TokenScope.values) == set(SCOPE_CAPS)
    assert set(MINIMUM_ROLE) == set(Permission)
    assert SCOPE_CAPS == SCOPE_IS_AT_MOST


@pytest.mark.parametrize(("role", "scope"), list(product(ROLES, SCOPE_CAPS)))
def test_an_effective_right_is_the_smaller_of_role_and_scope(cast: Cast, role: str, scope: str) -> None:
    cast.rep.role = role
    actor = Actor.of(cast.rep, scope=scope)
    allowed = MAY[role] & MAY[SCOPE_IS_AT_MOST[scope]]
    assert {permission.value for permission in Permission if actor.can(permission)} == allowed
    for permission in Permission:
        if permission.value in allowed:
            actor.require(permission)
        else:
            with pytest.raises(NotAllowed):
                actor.require(permission)


@pytest.mark.parametrize(("first", "second"), list(product(ROLES, ROLES)))
def test_the_smaller_role(first: str, second: str) -> None:
    smaller = smaller_role(first, second)
    assert smaller in (first, second)
    assert smaller == smaller_role(second, first)
    assert MAY[smaller] <= MAY[first]
    assert MAY[smaller] <= MAY[second]


def test_the_system_may_do_everything() -> None:
    assert all(Actor.system().can(permission) for permission in Permission)
    assert Actor.system().member_id is None


def attempts(cast: Cast, deal: Deal, actor: Actor) -> dict[str, object]:
    """Every service of deals, as `actor` would call it."""
    pipeline = Pipeline.objects.get(is_default=True)
    second = pipeline.stages.order_by("position")[1]
    criterion = deal.stage.exit_criteria.order_by("position")[0]
    task = add_task(deal_id=deal.pk, name="전화", actor=Actor.system())
    return {
        "create": lambda: create_deal(actor=actor, name="x", pipeline=pipeline),
        "edit": lambda: edit_deal(deal_id=deal.pk, changes={"name": "x"}, actor=actor),
        "move": lambda: move_deal(deal_id=deal.pk, to_stage=second.pk, actor=actor),
        "win": lambda: win_deal(deal_id=deal.pk, actor=actor),
        "lose": lambda: lose_deal(deal_id=deal.pk, reason=LossReason.objects.first(), actor=actor),
        "reopen": lambda: reopen_deal(deal_id=deal.pk, actor=actor),
        "undo": lambda: undo_move(deal_id=deal.pk, actor=actor),
        "delete": lambda: delete_deal(deal_id=deal.pk, actor=actor),
        "restore": lambda: restore_deal(deal_id=deal.pk, actor=actor),
        "check": lambda: check_criterion(deal_id=deal.pk, criterion_id=criterion.pk, met=True, actor=actor),
        "add_task": lambda: add_task(deal_id=deal.pk, name="x", actor=actor),
        "change_task": lambda: change_task(task_id=task.pk, done=True, actor=actor),
        "add_note": lambda: add_note(deal_id=deal.pk, body="x", actor=actor),
    }


def test_a_viewer_changes_nothing(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        deal = make_deal(actor=cast.actor())
        for attempt in attempts(cast, deal, cast.actor("viewer")).values():
            with pytest.raises(NotAllowed):
                attempt()  # type: ignore[operator]


def test_an_owners_read_token_changes_nothing(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        deal = make_deal(actor=cast.actor())
        for attempt in attempts(cast, deal, Actor.of(cast.owner, scope="read")).values():
            with pytest.raises(NotAllowed):
                attempt()  # type: ignore[operator]


@pytest.mark.parametrize(("who", "scope"), [("leader", "admin"), ("owner", "write"), ("rep", "admin")])
def test_history_is_moved_in_by_admins_alone(cast: Cast, who: str, scope: str) -> None:
    with workspace_scope(cast.workspace.pk):
        pipeline = Pipeline.objects.get(is_default=True)
        actor = Actor.of(getattr(cast, who), scope=scope)
        with pytest.raises(NotAllowed):
            create_deal(actor=actor, name="x", pipeline=pipeline, past=Past())
        create_deal(actor=cast.actor("admin"), name="x", pipeline=pipeline, past=Past())
