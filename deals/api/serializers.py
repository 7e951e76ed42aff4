"""Deals as the API shows them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from rest_framework import serializers

from api.fields import Amount, Moment
from api.serializers import Shown
from core import clock
from core.money import plain, round_to_currency
from deals.models import Deal, Outcome
from deals.models.deal import RevenueType
from deals.selectors.custom_values import deal_values
from fields.api.values import CustomFieldsShown
from pipeline.models import StageKind
from tenancy.scope import current_zone


class DealShown(Shown):
    """`days_in_stage` and `is_stalled` are counted in the workspace's days."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    pipeline = serializers.UUIDField(source="pipeline_id")
    stage = serializers.UUIDField(source="stage_id")
    owner = serializers.UUIDField(source="owner_id", allow_null=True)
    owner_name = serializers.SerializerMethodField()
    company = serializers.UUIDField(source="company_id", allow_null=True)
    company_name = serializers.SerializerMethodField()
    amount = Amount(allow_null=True)
    currency = serializers.CharField()
    weighted_amount = serializers.SerializerMethodField(
        help_text="amount × the stage's win rate, rounded to the currency's unit; the full amount when won, "
        "0 when lost; null without an amount and in a lead stage."
    )
    revenue_type = serializers.ChoiceField(RevenueType.choices)
    expected_close_date = serializers.DateField(allow_null=True)
    outcome = serializers.ChoiceField(Outcome.choices)
    loss_reason = serializers.UUIDField(source="loss_reason_id", allow_null=True)
    loss_note = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    stage_entered_at = Moment()
    qualified_at = Moment(allow_null=True)
    days_in_stage = serializers.SerializerMethodField()
    is_stalled = serializers.SerializerMethodField()
    snoozed_until = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()
    created_at = Moment()
    closed_at = Moment(allow_null=True)
    closed_on = serializers.DateField(allow_null=True)
    external_source = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    custom_fields = CustomFieldsShown("deal", deal_values)

    def get_owner_name(self, deal: Deal) -> str | None:
        return named(deal, "owner", "display_name")

    def get_company_name(self, deal: Deal) -> str | None:
        return named(deal, "company", "name")

    def get_weighted_amount(self, deal: Deal) -> str | None:
        return plain(weighted_amount(deal))

    def get_days_in_stage(self, deal: Deal) -> int:
        return deal.days_in_stage(**self.context["day"])

    def get_is_stalled(self, deal: Deal) -> bool:
        return deal.is_stalled(**self.context["day"])


def named(deal: Deal, relation: str, attribute: str) -> str | None:
    """The name that a list brought along (`deal_list`), or that of the object."""
    if f"{relation}_name" in vars(deal):
        return cast("str | None", vars(deal)[f"{relation}_name"])
    return getattr(getattr(deal, relation), attribute, None)


def weighted_amount(deal: Deal) -> Decimal | None:
    """What the deal counts for, in its currency; None where that is unknown or, in a lead stage, no question."""
    if deal.amount is None:
        return None
    if deal.outcome == Outcome.WON:
        return deal.amount
    if deal.outcome == Outcome.LOST:
        return Decimal(0)
    if deal.stage.kind == StageKind.LEAD:
        return None
    return round_to_currency(deal.amount * deal.stage.win_rate / 100, deal.currency)


def today_context() -> dict[str, Any]:
    """The serializer's context: which day it is in the workspace."""
    zone = current_zone()
    return {"day": {"today": clock.local_date(clock.now(), zone), "zone": zone}}


def show_deal(deal: Deal) -> dict[str, Any]:
    return dict(DealShown(deal, context=today_context()).data)
