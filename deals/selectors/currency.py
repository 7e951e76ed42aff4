"""Whether amounts exist that the workspace's currency speaks for."""

from __future__ import annotations

from django.utils.translation import gettext as _

from deals.models import Deal


def objection_to_another_currency() -> str:
    """Totals and forecasts are sums in the workspace's currency: once there are deals, it stays. One query."""
    if not Deal.objects.exists():
        return ""
    return _(
        "There are deals in this currency. Totals and forecasts would mix two: it can no longer be changed."
    )
