"""API tokens as their owners and admins see them; the secret is nowhere."""

from __future__ import annotations

from django.db.models import F, QuerySet

from tenancy.models import ApiToken
from tenancy.permissions import Actor, Permission

MOST = 200


def own_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """The actor's own that are not revoked, the latest first."""
    return _alive().filter(member_id=actor.member_id)


def others_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """Everybody else's that are not revoked, by person, MOST at most; for those who manage the workspace."""
    if not actor.can(Permission.MANAGE_WORKSPACE):
        return ApiToken.objects.none()
    rows = _alive().exclude(member_id=actor.member_id)
    return rows.order_by(F("member__display_name"), "-created_at", "pk")[:MOST]


def _alive() -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(revoked_at=None).select_related("member").order_by("-created_at", "pk")
