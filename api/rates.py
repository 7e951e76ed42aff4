"""`exchange-rates/`: what one unit of another currency is worth (tenancy itself lies below this floor)."""

from __future__ import annotations

import uuid
from decimal import Decimal

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.fields import Moment, Rate
from api.pagination import ordering_field, orders
from api.schema import operation, page_of
from api.serializers import Body, PageQuery, Shown
from core.money import CURRENCY_DIGITS, plain
from tenancy.models import ExchangeRate
from tenancy.permissions import Permission
from tenancy.selectors.rates import rates_given
from tenancy.services.rates import remove_rate, set_rate

RATE_ORDERS = orders("-valid_on", "valid_on")


class ExchangeRateShown(Shown):
    """From `valid_on` on, one unit of `currency` counts `rate` units of `base`, the workspace's currency."""

    id = serializers.UUIDField()
    base = serializers.CharField()
    currency = serializers.CharField()
    rate = serializers.SerializerMethodField()
    valid_on = serializers.DateField()
    entered_by = serializers.UUIDField(source="entered_by_id", allow_null=True)
    entered_at = Moment()

    def get_rate(self, row: ExchangeRate) -> str:
        return plain(row.rate) or "0"


class ExchangeRateBody(Body):
    currency = serializers.ChoiceField([(code, code) for code in CURRENCY_DIGITS])
    rate = Rate()
    valid_on = serializers.DateField()


class ExchangeRateQuery(PageQuery):
    ordering = ordering_field(RATE_ORDERS)
    currency = serializers.ChoiceField([(code, code) for code in CURRENCY_DIGITS], required=False)


class ExchangeRateListView(ApiView):
    write_permission = Permission.MANAGE_WORKSPACE
    queries = {"GET": ExchangeRateQuery}

    @operation("exchange_rates_list", "Exchange rates", answers={200: page_of(ExchangeRateShown)})
    def get(self, request: Request) -> Response:
        rows = rates_given()
        if currency := self.query.get("currency"):
            rows = rows.filter(currency=currency)
        return self.list_response(self.page(rows, RATE_ORDERS), ExchangeRateShown)

    @operation(
        "exchange_rates_set",
        "Give a rate; one given for that day is corrected",
        body=ExchangeRateBody,
        answers={201: ExchangeRateShown},
        problems=[400],
    )
    def post(self, request: Request) -> Response:
        values = self.body(ExchangeRateBody)
        rate: Decimal = values["rate"]
        found = set_rate(
            currency=values["currency"], rate=rate, valid_on=values["valid_on"], actor=self.actor
        )
        return Response(ExchangeRateShown(found).data, status=201)


class ExchangeRateView(ApiView):
    write_permission = Permission.MANAGE_WORKSPACE

    @operation(
        "exchange_rates_remove",
        "Take a rate away; the one before holds again",
        answers={204: None},
        problems=[404],
    )
    def delete(self, request: Request, rate_id: uuid.UUID) -> Response:
        remove_rate(rate_id=rate_id, actor=self.actor)
        return Response(status=204)
