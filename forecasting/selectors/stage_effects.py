"""What changing a stage would do to the forecast, told to the designer before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.formats import money_brief
from core.money import round_to_currency
from deals.models.deal import ON_BOARD
from deals.selectors.visible import visible_to
from pipeline.models import Category, Stage, StageKind
from pipeline.registry import Effect, StageSettings
from tenancy.permissions import Actor
from tenancy.scope import current_workspace, current_zone


@dataclass(frozen=True, slots=True)
class _Counted:
    """Open deals of the stage whose expected close date lies ahead: those that the forecast counts."""

    deals: int
    amount: Decimal
    other_currency: int


def forecast_effects(stage: Stage, proposed: StageSettings, actor: Actor) -> list[Effect]:
    """The weighted amount before and after, all months together, and the layer it is shown in. One query."""
    counted = _counted(stage, actor)
    if not counted.deals:
        return []
    currency = current_workspace().currency
    before = _weighted(counted.amount, StageSettings.of(stage), currency)
    after = _weighted(counted.amount, proposed, currency)
    effects = []
    if before != after or stage.kind != proposed.kind:
        effects.append(
            Effect(
                where=_("Forecast"),
                before=money_brief(before, currency, total=True),
                after=money_brief(after, currency, total=True),
                meaning=_meaning(counted, stage, proposed),
            )
        )
    if stage.category != proposed.category and proposed.kind == StageKind.OPEN and after:
        effects.append(
            Effect(
                where=_("Forecast layer"),
                before=str(Category(stage.category).label),
                after=str(Category(proposed.category).label),
                meaning=_("%(amount)s is shown in another layer.")
                % {"amount": money_brief(after, currency, total=True)},
            )
        )
    return effects


def _counted(stage: Stage, actor: Actor) -> _Counted:
    today = clock.local_date(clock.now(), current_zone())
    rows = (
        visible_to(actor)
        .filter(ON_BOARD, stage=stage, expected_close_date__gte=today)
        .order_by()
        .values("currency")
        .annotate(count=Count("pk"), total=Sum("amount"))
    )
    currency = current_workspace().currency
    deals, amount, other = 0, Decimal(0), 0
    for row in rows:
        deals += row["count"]
        if row["currency"] == currency:
            amount += row["total"] or 0
        else:
            other += row["count"]
    return _Counted(deals, amount, other)


def _weighted(amount: Decimal, settings: StageSettings, currency: str) -> Decimal:
    if settings.kind == StageKind.LEAD:
        return Decimal(0)
    return round_to_currency(amount * settings.win_rate / 100, currency)


def _meaning(counted: _Counted, stage: Stage, proposed: StageSettings) -> str:
    if proposed.kind != stage.kind:
        text = (
            ngettext(
                "%(count)s deal leaves every number: forecast, conversion, win rates.",
                "%(count)s deals leave every number: forecast, conversion, win rates.",
                counted.deals,
            )
            if proposed.kind == StageKind.LEAD
            else ngettext(
                "%(count)s deal begins to count in the forecast.",
                "%(count)s deals begin to count in the forecast.",
                counted.deals,
            )
        )
    else:
        text = ngettext(
            "%(count)s open deal with a date ahead counts with the new win rate at once.",
            "%(count)s open deals with a date ahead count with the new win rate at once.",
            counted.deals,
        )
    said = text % {"count": counted.deals}
    if counted.other_currency:
        more = ngettext(
            "%(count)s of them is in another currency and not added up.",
            "%(count)s of them are in another currency and not added up.",
            counted.other_currency,
        )
        said = f"{said} {more % {'count': counted.other_currency}}"
    return said
