"""The stakeholder map of a deal by REST. Who is on it: deals/{deal}/contacts/."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.fields import Moment, Whole
from api.schema import operation
from api.serializers import Body, Shown
from core import clock
from core.errors import NotFound
from deals.models import Deal
from deals.selectors.visible import get_deal
from strategy.models import DecisionRole, Sign, Stance
from strategy.models.stakeholder import HIGHEST
from strategy.selectors.map_warnings import map_warnings
from strategy.selectors.stakeholders import Placed, counted_stage, stakeholders_of
from strategy.services.stakeholders import place_stakeholder
from strategy.standing import influence_of
from tenancy.scope import current_zone


class StakeholderShown(Shown):
    """`rank` and `influence`: 0 to 100, null while not placed; `proposed_influence`: what `signs` speak for. `version`: 0
    while nothing is known."""

    contact = serializers.UUIDField(source="contact.pk")
    name = serializers.CharField(source="contact.name")
    title = serializers.CharField(source="contact.title")
    rank = serializers.IntegerField(allow_null=True)
    influence = serializers.IntegerField(allow_null=True)
    stance = serializers.ChoiceField(Stance.choices)
    roles = serializers.ListField(source="row.roles", default=list)
    signs = serializers.ListField(source="row.signs", default=list)
    proposed_influence = serializers.SerializerMethodField()
    last_heard_at = Moment(source="person.heard_at", allow_null=True)
    version = serializers.IntegerField()

    def get_proposed_influence(self, placed: Placed) -> int | None:
        return influence_of(placed.row.signs) if placed.row else None


class WarnedShown(Shown):
    """`text` and `advice` are in the language of the token's member."""

    code = serializers.CharField()
    text = serializers.CharField()
    advice = serializers.CharField()


class StakeholderBody(Body):
    """What is left out stays as it is. `rank` and `influence` are given together; null takes the person off the map.
    `version`: the one you saw; left out: not checked."""

    rank = Whole(required=False, allow_null=True, min_value=0, max_value=HIGHEST)
    influence = Whole(required=False, allow_null=True, min_value=0, max_value=HIGHEST)
    stance = serializers.ChoiceField(Stance.choices, required=False)
    roles = serializers.ListField(
        child=serializers.ChoiceField(DecisionRole.choices), required=False, max_length=len(DecisionRole)
    )
    signs = serializers.ListField(
        child=serializers.ChoiceField(Sign.choices), required=False, max_length=len(Sign)
    )
    version = Whole(required=False, min_value=0)


class StakeholderMap(Shown):
    results = StakeholderShown(many=True)
    warnings = WarnedShown(many=True)


class StakeholdersView(ApiView):
    @operation(
        "deal_stakeholders",
        "The stakeholder map of a deal, with what it warns of",
        answers={200: StakeholderMap},
        problems=[404],
    )
    def get(self, request: Request, deal_id: uuid.UUID) -> Response:
        deal = get_deal(deal_id, actor=self.actor)
        people = people_of(deal)
        warned = map_warnings(people, counted_stage(deal))
        shown = StakeholderShown(people, many=True).data
        return Response({"results": shown, "warnings": WarnedShown(warned, many=True).data})


class StakeholderView(ApiView):
    @operation(
        "deal_stakeholders_edit",
        "Place a person on the map, and say what is known of them",
        body=StakeholderBody,
        answers={200: StakeholderShown},
        problems=[400, 404, 409],
    )
    def patch(self, request: Request, deal_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
        values = self.body(StakeholderBody)
        version = values.pop("version", None)
        place_stakeholder(
            deal_id=deal_id, contact_id=contact_id, changes=values, actor=self.actor, expected_version=version
        )
        return Response(shown_of(get_deal(deal_id, actor=self.actor), contact_id))

    def current_of(self, row: Any) -> Any:
        return shown_of(row.deal, row.contact_id)


def shown_of(deal: Deal, contact_id: uuid.UUID) -> Any:
    for placed in people_of(deal):
        if placed.contact.pk == contact_id:
            return StakeholderShown(placed).data
    raise NotFound


def people_of(deal: Deal) -> list[Placed]:
    zone = current_zone()
    return stakeholders_of(deal, today=clock.local_date(clock.now(), zone), zone=zone)
