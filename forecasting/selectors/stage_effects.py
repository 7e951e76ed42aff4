"""What changing a stage would do to the forecast, told to the designer before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum
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
    """Open deals of the stage: `all`, and `deals` of them whose expected close date lies ahead, which the forecast counts."""

    all: int
    deals: int
    amount: Decimal
    other_currency: int


def forecast_effects(stage: Stage, proposed: StageSettings, actor: Actor) -> list[Effect]:
    """The weighted amount before and after, all months together, and the layer it is shown in. One query."""
    counted = _counted(stage, actor)
    # What becomes a lead leaves every number, those that count deals without a date too.
    becomes_lead = proposed.kind == StageKind.LEAD != stage.kind
    touched = counted.all if becomes_lead else counted.deals
    if not touched:
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
                meaning=_meaning(touched, counted.other_currency, stage, proposed),
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
    ahead = Q(expected_close_date__gte=today)
    rows = (
        visible_to(actor)
        .filter(ON_BOARD, stage=stage)
        .order_by()
        .values("currency")
        .annotate(all=Count("pk"), count=Count("pk", filter=ahead), total=Sum("amount", filter=ahead))
    )
    currency = current_workspace().currency
    every, deals, amount, other = 0, 0, Decimal(0), 0
    for row in rows:
        every += row["all"]
        deals += row["count"]
        if row["currency"] == currency:
            amount += row["total"] or 0
        else:
            other += row["count"]
    return _Counted(every, deals, amount, other)


def _weighted(amount: Decimal, settings: StageSettings, currency: str) -> Decimal:
    if settings.kind == StageKind.LEAD:
        return Decimal(0)
    return round_to_currency(amount * settings.win_rate / 100, currency)


def _meaning(touched: int, other_currency: int, stage: Stage, proposed: StageSettings) -> str:
    if proposed.kind != stage.kind:
        text = (
            ngettext(
                "%(count)s deal leaves every number: forecast, conversion, win rates.",
                "%(count)s deals leave every number: forecast, conversion, win rates.",
                touched,
            )
            if proposed.kind == StageKind.LEAD
            else ngettext(
                "%(count)s deal begins to count in the forecast.",
                "%(count)s deals begin to count in the forecast.",
                touched,
            )
        )
    else:
        text = ngettext(
            "%(count)s open deal with a date ahead counts with the new win rate at once.",
            "%(count)s open deals with a date ahead count with the new win rate at once.",
            touched,
        )
    said = text % {"count": touched}
    if other_currency:
        more = ngettext(
            "%(count)s of them is in another currency and not added up.",
            "%(count)s of them are in another currency and not added up.",
            other_currency,
        )
        said = f"{said} {more % {'count': other_currency}}"
    return said
