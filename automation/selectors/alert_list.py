"""Alerts, as a list."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from automation.models import Notification, StallAlert
from deals.selectors.visible import visible_to
from tenancy.permissions import Actor


def stall_alerts(*, actor: Actor) -> QuerySet[StallAlert]:
    """Of visible deals, each with the notifications that went out for it. Two queries."""
    return StallAlert.objects.filter(deal__in=visible_to(actor)).prefetch_related(
        Prefetch("notifications", Notification.objects.order_by("id"))
    )
