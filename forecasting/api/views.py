"""`forecast/`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.fields import Amount, Month, Ref
from api.schema import operation
from api.serializers import Query, Shown
from core import clock
from core.errors import InvalidInput
from core.money import plain
from forecasting.selectors.monthly import monthly_forecast
from pipeline.models import Pipeline
from tenancy.scope import current_zone
from tenancy.selectors.members import members
from tenancy.selectors.rates import Rate

DEFAULT_MONTHS = 6
MAX_MONTHS = 36


class ForecastMonthShown(Shown):
    """`weighted`, `open_amount` and `deals` are of open deals; `total` is won + weighted."""

    month = Month()
    won = Amount()
    weighted = Amount()
    open_amount = Amount()
    deals = serializers.IntegerField()
    total = Amount()


class NeedsDateShown(Shown):
    """Open deals whose expected close date has passed or is missing: in no month."""

    deals = serializers.IntegerField(source="needs_date_deals")
    amount = Amount(source="needs_date_amount")


class OtherCurrencyShown(Shown):
    """Deals of these months, won or open, and open ones that need a date, whose amounts are not added up."""

    deals = serializers.IntegerField(source="other_currency_deals")


class RateShown(Shown):
    """One unit of `currency` counts `rate` units of the forecast's currency, by the rate given for `valid_on`."""

    currency = serializers.CharField()
    rate = serializers.SerializerMethodField()
    valid_on = serializers.DateField()

    def get_rate(self, rate: Rate) -> str:
        return plain(rate.rate) or "0"


class ForecastShown(Shown):
    currency = serializers.CharField()
    months = ForecastMonthShown(many=True)
    needs_date = NeedsDateShown(source="*")
    rates = RateShown(many=True)
    other_currency = OtherCurrencyShown(source="*")


class ForecastQuery(Query):
    """`from` and `to`: months, both included, this one and the five after it by default; 36 at most."""

    pipeline = Ref(Pipeline.objects.all, required=False)
    owner = Ref(members, required=False)
    as_of = serializers.DateField(required=False, help_text="As it stood at the end of that day.")

    def get_fields(self) -> dict[str, Any]:
        return {"from": Month(required=False), "to": Month(required=False), **super().get_fields()}


class ForecastView(ApiView):
    queries = {"GET": ForecastQuery}

    @operation("forecast_get", "The forecast by month", answers={200: ForecastShown})
    def get(self, request: Request) -> Response:
        asked = self.query
        today = clock.local_date(clock.now(), current_zone())
        first, last = checked_months(asked.get("from"), asked.get("to"), asked.get("as_of", today))
        forecast = monthly_forecast(
            actor=self.actor,
            first=first,
            last=last,
            pipeline_id=asked["pipeline"].pk if "pipeline" in asked else None,
            owner_id=asked["owner"].pk if "owner" in asked else None,
            as_of=end_of(asked["as_of"], today) if "as_of" in asked else None,
        )
        return Response(ForecastShown(forecast).data)


def checked_months(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """The months asked for. Raises InvalidInput when they are out of order or too many."""
    first = first or clock.month_start(today)
    last = last or clock.add_months(first, DEFAULT_MONTHS - 1)
    if last < first:
        raise InvalidInput.of("to", _("The last month lies before the first."))
    if last > clock.add_months(first, MAX_MONTHS - 1):
        raise InvalidInput.of("to", _("At most %(max)s months at once.") % {"max": MAX_MONTHS})
    return first, last


def end_of(day: date, today: date) -> datetime:
    """The first instant after `day`; nothing is known yet of days to come."""
    if day > today or day.year < 1990:
        raise InvalidInput.of("as_of", _("Choose a past day, or today."))
    return clock.end_of_day(day, current_zone())
