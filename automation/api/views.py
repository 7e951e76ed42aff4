"""`alerts/`."""

from __future__ import annotations

import uuid

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.fields import Moment, Ref
from api.pagination import ordering_field, orders
from api.schema import operation, page_of
from api.serializers import PageQuery, Shown
from automation.models import NotificationKind, StallAlert
from automation.selectors.alert_list import stall_alerts
from deals.models import Deal

ALERT_ORDERS = orders("-created_at", "created_at")


class AlertShown(Shown):
    """`stalled_since`: the local day on which the stall days were reached; `notified`: members' ids."""

    id = serializers.UUIDField()
    kind = serializers.SerializerMethodField()
    deal = serializers.UUIDField(source="deal_id")
    stage = serializers.UUIDField(source="stage_id")
    stalled_since = serializers.DateField()
    notified = serializers.SerializerMethodField()
    created_at = Moment()

    def get_kind(self, alert: StallAlert) -> str:
        return NotificationKind.STALL

    def get_notified(self, alert: StallAlert) -> list[uuid.UUID]:
        return [notification.member_id for notification in alert.notifications.all()]


class AlertQuery(PageQuery):
    ordering = ordering_field(ALERT_ORDERS)
    kind = serializers.ChoiceField(NotificationKind.choices, default=NotificationKind.STALL)
    deal = Ref(lambda: Deal.objects.filter(deleted_at=None), required=False)


class AlertListView(ApiView):
    queries = {"GET": AlertQuery}

    @operation("alerts_list", "Stall alerts", answers={200: page_of(AlertShown)})
    def get(self, request: Request) -> Response:
        rows = stall_alerts(actor=self.actor)
        if deal := self.query.get("deal"):
            rows = rows.filter(deal=deal)
        return self.list_response(self.page(rows, ALERT_ORDERS), AlertShown)
