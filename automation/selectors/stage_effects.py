"""What changing a stage's stall days would do to alerts, told to the designer before it is saved."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.formats import days_short
from deals.models import Outcome, StageStay
from pipeline.models import Stage
from pipeline.registry import Effect, StageSettings
from tenancy.permissions import Actor
from tenancy.scope import current_zone


def alert_effects(stage: Stage, proposed: StageSettings, actor: Actor) -> list[Effect]:
    """How many deals count as stalled before and after, and how many alerts go out. Three queries at most."""
    if proposed.stall_days == stage.stall_days:
        return []
    before, after = _stalled(stage, stage.stall_days), _stalled(stage, proposed.stall_days)
    if before == after == 0:
        return []
    return [
        Effect(
            where=_("Stalled deals"),
            before=_told(before, stage.stall_days),
            after=_told(after, proposed.stall_days),
            meaning=_meaning(_to_tell(stage, proposed.stall_days)),
        )
    ]


def _told(count: int, stall_days: int) -> str:
    if not stall_days:
        return _("never stalled")
    return _("%(count)s at %(days)s") % {"count": count, "days": days_short(stall_days)}


def _meaning(alerts: int) -> str:
    if not alerts:
        return _("No new alert goes out. Alerts that were sent stay.")
    return ngettext(
        "%(count)s alert goes to the owner and the leader with the next sweep.",
        "%(count)s alerts go to owners and leaders with the next sweep.",
        alerts,
    ) % {"count": alerts}


def _stalled(stage: Stage, stall_days: int) -> int:
    return StageStay.objects.filter(_reached(stage, stall_days)).count() if stall_days else 0


def _to_tell(stage: Stage, stall_days: int) -> int:
    """Those among them of whom nobody has been told: an alert goes once for each stay."""
    if not stall_days:
        return 0
    return StageStay.objects.filter(_reached(stage, stall_days), alerted_at=None).count()


def _reached(stage: Stage, stall_days: int) -> Q:
    zone = current_zone()
    today: date = clock.local_date(clock.now(), zone)
    awake = Q(deal__snoozed_until=None) | Q(deal__snoozed_until__lte=today)
    return awake & Q(
        stage=stage,
        entered_at__lt=clock.entered_before(stall_days, today, zone),
        left_at=None,
        voided_at=None,
        deal__outcome=Outcome.OPEN,
        deal__deleted_at=None,
    )
