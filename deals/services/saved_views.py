"""Views: a filter with a name, private or shared; the one that a member begins with; the columns of a member's list."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import InvalidInput, NotAllowed, NotFound
from deals.models import DefaultView, ListLayout, SavedView, ViewKind
from deals.selectors.columns import known_names
from deals.services.checks import checked_text
from tenancy.models import Membership
from tenancy.permissions import Actor, Permission

MOST = 100  # views of one member
QUERY = 4000


@transaction.atomic
def save_view(
    *,
    actor: Actor,
    kind: str,
    name: str,
    query: str,
    columns: Sequence[str] = (),
    shared: bool = False,
) -> SavedView:
    """Keep a filter under a name. Raises InvalidInput for a name that the member has already, NotAllowed."""
    member = _member(actor)
    if shared:
        actor.require(Permission.SHARE_VIEWS)
    if SavedView.objects.filter(owner=member, deleted_at=None).count() >= MOST:
        raise InvalidInput.of("name", _("You have a hundred views. Delete one that you no longer need."))
    return _kept(
        SavedView(
            owner=member,
            kind=ViewKind(kind),
            name=_checked_name(name),
            query=_checked_query(query),
            columns=known_names(columns),
            is_shared=shared,
        )
    )


@transaction.atomic
def change_view(*, actor: Actor, view_id: uuid.UUID, **changes: Any) -> SavedView:
    """Set `name`, `query`, `columns`, `shared` of one's own view, or, as an admin, of a shared one."""
    view = _editable(actor, view_id)
    if "name" in changes:
        view.name = _checked_name(changes["name"])
    if "query" in changes:
        view.query = _checked_query(changes["query"])
    if "columns" in changes:
        view.columns = known_names(changes["columns"])
    if changes.get("shared", view.is_shared) != view.is_shared:
        actor.require(Permission.SHARE_VIEWS)
        view.is_shared = not view.is_shared
    return _kept(view)


@transaction.atomic
def delete_view(*, actor: Actor, view_id: uuid.UUID) -> SavedView:
    """Take a view out of the menus; `restore_view` brings it back, for those too who begin with it."""
    view = _editable(actor, view_id)
    view.deleted_at = clock.now()
    view.save(update_fields=["deleted_at"])
    return view


@transaction.atomic
def restore_view(*, actor: Actor, view_id: uuid.UUID) -> SavedView:
    """Undo of `delete_view`. Raises InvalidInput where its name has been given anew."""
    view = _editable(actor, view_id, deleted=True)
    view.deleted_at = None
    return _kept(view)


@transaction.atomic
def begin_with(*, actor: Actor, kind: str, view_id: uuid.UUID | None) -> SavedView | None:
    """Open the member's board or list with that view; None: with all open deals."""
    member = _member(actor)
    if view_id is None:
        DefaultView.objects.filter(member=member, kind=kind).delete()
        return None
    view = SavedView.objects.filter(pk=view_id, kind=kind, deleted_at=None).first()
    if view is None or not (view.is_shared or view.owner_id == member.pk):
        raise NotFound
    DefaultView.objects.update_or_create(member=member, kind=kind, defaults={"view": view})
    return view


@transaction.atomic
def set_columns(*, actor: Actor, columns: Sequence[str]) -> list[str]:
    """The columns of the member's list. Raises InvalidInput for none."""
    found = known_names(columns)
    if not found:
        raise InvalidInput.of("columns", _("Choose at least one column."))
    ListLayout.objects.update_or_create(member=_member(actor), defaults={"columns": found})
    return found


def _member(actor: Actor) -> Membership:
    actor.require(Permission.VIEW)
    if actor.member is None:
        raise NotAllowed(_("Only a member has views of their own."))
    return actor.member


def _editable(actor: Actor, view_id: uuid.UUID, *, deleted: bool = False) -> SavedView:
    """One's own, or a shared one for admins. What somebody else keeps for themselves does not exist."""
    member = _member(actor)
    found = SavedView.objects.select_for_update(no_key=True).filter(pk=view_id)
    view = (found.exclude(deleted_at=None) if deleted else found.filter(deleted_at=None)).first()
    if view is None or not (view.is_shared or view.owner_id == member.pk):
        raise NotFound
    if view.owner_id != member.pk:
        actor.require(Permission.MANAGE_WORKSPACE)
    return view


def _kept(view: SavedView) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise InvalidInput.of(
            "name", _("You have a view of this name. Choose another name."), "unique"
        ) from error
    return view


def _checked_name(name: str) -> str:
    text: str = checked_text(name, field="name", limit=80)
    if not text:
        raise InvalidInput.of("name", _("Give the view a name."), "required")
    return text


def _checked_query(query: str) -> str:
    if len(query) > QUERY:
        raise InvalidInput.of("name", _("Too much is chosen to be kept as a view. Take something out."))
    return query
