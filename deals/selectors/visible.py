"""Where every read of deals, and every total, starts."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from core.errors import NotFound
from core.ids import parse_uuid
from deals.models import Deal
from tenancy.permissions import Actor


def visible_to(actor: Actor) -> QuerySet[Deal]:
    """The deals that the actor may see: today every one of the workspace that is not deleted."""
    return Deal.objects.filter(deleted_at=None)


def get_deal(deal_id: uuid.UUID | str, *, actor: Actor) -> Deal:
    """One visible deal with its stage. Raises NotFound, the same for another workspace's id."""
    wanted = parse_uuid(deal_id) if isinstance(deal_id, str) else deal_id
    if wanted is None:
        raise NotFound
    deals = visible_to(actor).select_related("stage", "pipeline", "company", "owner")
    found = deals.filter(pk=wanted).first()
    if found is None:
        raise NotFound
    return found
