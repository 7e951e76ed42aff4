"""Tag many deals, or take a tag off them: the set-based sibling of `services/tags.py`, with the way back.

A tag is no field: versions stay, so what others edit meanwhile does not stand in the way of either.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from core import clock
from core.errors import NotFound
from deals.models import BulkKind, Deal, DealTag, EventKind, Tag
from deals.selectors.bulk import BulkPlan, Seen
from deals.selectors.bulk_tags import plan_tag, plan_untag, tag_name, tag_named
from deals.services.many import BulkResult, held_deals, keep_bulk, record_events
from deals.services.tags import checked_tag_name, get_or_create_tag
from tenancy.permissions import Actor, Permission

if TYPE_CHECKING:
    from deals.services.undo_bulk import Undone


@transaction.atomic
def tag_deals(*, seen: Seen, name: str, actor: Actor) -> BulkResult:
    """All of them have the tag of that name, whatever its case. Raises InvalidInput with the field."""
    actor.require(Permission.EDIT_DEALS)
    name = checked_tag_name(tag_name(name))
    plan = BulkPlan()
    deals = held_deals(seen=seen, actor=actor, plan=plan)
    plan = plan_tag(deals, tag_named(name), plan=plan)
    if not plan.goes:
        return BulkResult(plan, None, frozenset())
    tag = get_or_create_tag(name)
    _put(plan.goes, tag.pk)
    return _told(plan, BulkKind.TAG, EventKind.TAG_ADDED, tag, actor)


@transaction.atomic
def untag_deals(*, seen: Seen, tag_id: uuid.UUID, actor: Actor) -> BulkResult:
    """None of them has it any more. Raises NotFound where there is no such tag."""
    actor.require(Permission.EDIT_DEALS)
    tag = Tag.objects.filter(pk=tag_id).first()
    if tag is None:
        raise NotFound
    plan = BulkPlan()
    deals = held_deals(seen=seen, actor=actor, plan=plan)
    plan = plan_untag(deals, tag, plan=plan)
    if not plan.goes:
        return BulkResult(plan, None, frozenset())
    _take(plan.goes, tag.pk)
    return _told(plan, BulkKind.UNTAG, EventKind.TAG_REMOVED, tag, actor)


def _told(plan: BulkPlan, kind: BulkKind, event: str, tag: Tag, actor: Actor) -> BulkResult:
    rows = [{"deal": str(deal.pk), "version": deal.version, "tag": str(tag.pk)} for deal in plan.goes]
    change = keep_bulk(kind=kind, actor=actor, rows=rows)
    _record(plan.goes, event, tag.pk, actor)
    return BulkResult(plan, change, frozenset(deal.stage_id for deal in plan.goes))


def undo_tag(deals: Sequence[Deal], rows: Mapping[uuid.UUID, Any], actor: Actor, undone: Undone) -> None:
    """Off those that still have it."""
    tag = _tag_of(rows)
    back = plan_untag(_there(deals), tag).goes
    if tag and back:
        _take(back, tag.pk)
        _record(back, EventKind.TAG_REMOVED, tag.pk, actor)
    undone.deals = back


def undo_untag(deals: Sequence[Deal], rows: Mapping[uuid.UUID, Any], actor: Actor, undone: Undone) -> None:
    """On again where it is not, and where there is room."""
    tag = _tag_of(rows)
    back = plan_tag(_there(deals), tag).goes if tag else []
    if tag and back:
        _put(back, tag.pk)
        _record(back, EventKind.TAG_ADDED, tag.pk, actor)
    undone.deals = back


def _there(deals: Sequence[Deal]) -> list[Deal]:
    return [deal for deal in deals if deal.deleted_at is None]


def _tag_of(rows: Mapping[uuid.UUID, Any]) -> Tag | None:
    return Tag.objects.filter(pk__in={row["tag"] for row in rows.values()}).first()


def _put(deals: Sequence[Deal], tag_id: uuid.UUID) -> None:
    DealTag.objects.bulk_create(DealTag(deal=deal, tag_id=tag_id) for deal in deals)


def _take(deals: Sequence[Deal], tag_id: uuid.UUID) -> None:
    DealTag.objects.filter(deal__in=[deal.pk for deal in deals], tag=tag_id).delete()


def _record(deals: Sequence[Deal], event: str, tag_id: uuid.UUID, actor: Actor) -> None:
    record_events(deals, kind=event, actor=actor, at=clock.now(), data=lambda _deal: {"tag": str(tag_id)})
