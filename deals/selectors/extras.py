"""A deal's tags and files, and members to call by name."""

from __future__ import annotations

import uuid

from django.db.models import Count

from core.errors import NotFound
from deals.models import Deal, DealFile, Tag
from deals.selectors.visible import visible_to
from tenancy.models import Membership
from tenancy.permissions import Actor
from tenancy.selectors.members import active_members

SUGGESTIONS = 8


def tags_of(deal: Deal) -> list[Tag]:
    return list(Tag.objects.filter(deal_tags__deal=deal).order_by("name"))


def tags_to_add(deal: Deal, *, search: str) -> list[Tag]:
    """SUGGESTIONS tags that the deal has not, those used most first."""
    rows = Tag.objects.exclude(deal_tags__deal=deal)
    if search:
        rows = rows.filter(name__icontains=search)
    return list(rows.annotate(uses=Count("deal_tags")).order_by("-uses", "name")[:SUGGESTIONS])


def files_of(deal: Deal) -> list[DealFile]:
    """The newest first."""
    rows = DealFile.objects.filter(deal=deal, deleted_at=None).select_related("uploaded_by")
    return list(rows.order_by("-created_at", "-id"))


def get_file(deal_id: uuid.UUID, file_id: uuid.UUID, *, actor: Actor) -> DealFile:
    """One file of a visible deal. Raises NotFound, the same for another deal's and another workspace's id."""
    rows = DealFile.objects.filter(deal__in=visible_to(actor), deal_id=deal_id, deleted_at=None)
    found = rows.filter(pk=file_id).first()
    if found is None:
        raise NotFound
    return found


def members_called(search: str) -> list[Membership]:
    """SUGGESTIONS active members with `search` in their name."""
    rows = active_members()
    if search:
        rows = rows.filter(display_name__icontains=search)
    return list(rows[:SUGGESTIONS])
