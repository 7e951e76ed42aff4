"""BANT of a deal by REST."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.fields import Amount, Moment, Text, Whole
from api.schema import operation
from api.serializers import Body, Shown
from core.errors import NotFound
from deals.selectors.visible import get_deal
from strategy.models import Certainty, Part
from strategy.selectors.bant import BantRow, bant_of, bant_row
from strategy.services.bant import Known, answer_bant


class BantShown(Shown):
    """`questions`: what is left to ask, in the language of the token's member. `version`: 0 while nothing is known."""

    part = serializers.ChoiceField(Part.choices)
    certainty = serializers.ChoiceField(Certainty.choices)
    text = serializers.CharField(source="answer.text", default="")
    source = serializers.CharField(source="answer.source", default="")  # type: ignore[assignment]
    amount = Amount(source="answer.amount", default=None, allow_null=True)
    day = serializers.DateField(source="answer.day", default=None, allow_null=True)
    by = serializers.UUIDField(source="answer.by_id", default=None, allow_null=True)
    at = Moment(source="answer.at", default=None, allow_null=True)
    questions = serializers.SerializerMethodField()
    version = serializers.IntegerField()

    def get_questions(self, row: BantRow) -> list[str]:
        return [str(question) for question in row.questions]


class BantBody(Body):
    """`amount` belongs to the budget alone, `day` to the timeframe. `version`: the one you saw; left out: not checked."""

    certainty = serializers.ChoiceField(Certainty.choices)
    text = Text(required=False, allow_blank=True, max_length=1000, default="")
    source = Text(required=False, allow_blank=True, max_length=200, default="")  # type: ignore[assignment]
    amount = Amount(required=False, allow_null=True, default=None)
    day = serializers.DateField(required=False, allow_null=True, default=None)
    version = Whole(required=False, min_value=0)


class BantList(Shown):
    results = BantShown(many=True)


class BantView(ApiView):
    @operation("deal_bant", "BANT of a deal: its four parts", answers={200: BantList}, problems=[404])
    def get(self, request: Request, deal_id: uuid.UUID) -> Response:
        deal = get_deal(deal_id, actor=self.actor)
        return Response({"results": BantShown(bant_of(deal), many=True).data})


class BantPartView(ApiView):
    @operation(
        "deal_bant_answer",
        "Say what is known of one part",
        body=BantBody,
        answers={200: BantShown},
        problems=[400, 404, 409],
    )
    def put(self, request: Request, deal_id: uuid.UUID, part: str) -> Response:
        if part not in Part.values:
            raise NotFound
        get_deal(deal_id, actor=self.actor)
        values = self.body(BantBody)
        version = values.pop("version", None)
        answer_bant(
            deal_id=deal_id, part=part, known=Known(**values), actor=self.actor, expected_version=version
        )
        return Response(BantShown(bant_row(get_deal(deal_id, actor=self.actor), part)).data)

    def current_of(self, row: Any) -> Any:
        return BantShown(BantRow(Part(row.part), row if row.version else None)).data
