"""Which views a member has."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.errors import NotFound
from deals.models import DefaultView, ListLayout, SavedView
from tenancy.permissions import Actor, Permission


def views_of(actor: Actor) -> QuerySet[SavedView]:
    """The member's own views and the shared ones."""
    return SavedView.objects.filter(deleted_at=None).filter(Q(is_shared=True) | Q(owner_id=actor.member_id))


def get_view(view_id: uuid.UUID, *, actor: Actor) -> SavedView:
    """One view that the member may change. Raises NotFound for what they cannot see, NotAllowed."""
    view = views_of(actor).filter(pk=view_id).first()
    if view is None:
        raise NotFound
    if not may_change(view, actor):
        actor.require(Permission.MANAGE_WORKSPACE)
    return view


@dataclass(frozen=True, slots=True)
class ViewMenu:
    """What the menu of views shows. `active`: the one that the URL names."""

    views: list[SavedView]
    active: SavedView | None
    default: SavedView | None
    actor: Actor

    @property
    def own(self) -> list[SavedView]:
        return [view for view in self.views if view.owner_id == self.actor.member_id]

    @property
    def shared(self) -> list[SavedView]:
        return [view for view in self.views if view.owner_id != self.actor.member_id]

    @property
    def may_change(self) -> bool:
        return self.active is not None and may_change(self.active, self.actor)


def may_change(view: SavedView, actor: Actor) -> bool:
    return view.owner_id == actor.member_id or actor.can(Permission.MANAGE_WORKSPACE)


def view_menu(*, actor: Actor, kind: str, active: uuid.UUID | None) -> ViewMenu:
    """One query."""
    mine = DefaultView.objects.filter(member_id=actor.member_id, kind=kind, view=OuterRef("pk"))
    found: list[Any] = list(
        views_of(actor).filter(kind=kind).annotate(is_default=Exists(mine)).order_by("name", "pk")
    )
    return ViewMenu(
        found,
        next((view for view in found if view.pk == active), None),
        next((view for view in found if view.is_default), None),
        actor,
    )


def default_view(*, actor: Actor, kind: str) -> SavedView | None:
    """The view with which the member begins, where it is still there for them. One query."""
    chosen = DefaultView.objects.filter(member_id=actor.member_id, kind=kind).values("view_id")
    return views_of(actor).filter(kind=kind, pk__in=chosen).first()


def columns_of(actor: Actor) -> list[str]:
    """The columns that the member chose for the list; none: the usual ones. One query."""
    found = ListLayout.objects.filter(member_id=actor.member_id).values_list("columns", flat=True).first()
    return list(found or ())
