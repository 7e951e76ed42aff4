"""The comparison of a deal by REST, and what comes of it over all deals."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.fields import Amount, Text, Whole
from api.schema import operation
from api.serializers import Body, Shown
from core.errors import NotFound
from deals.selectors.visible import get_deal
from strategy.models import BuyerCriterion
from strategy.selectors.comparison import Comparison, CriterionRow, comparison_of
from strategy.selectors.competitors import competitors_met
from strategy.services import comparison as services
from strategy.services.selection import record_selection, withdraw_selection


class RivalShown(Shown):
    id = serializers.UUIDField(source="rival.pk")
    competitor = serializers.UUIDField(source="rival.competitor_id")
    name = serializers.CharField()


class RatingShown(Shown):
    """`standing`: −2 (they, clearly) to 2 (we, clearly); null: not known. `verdict`: the quadrant."""

    rival = serializers.UUIDField(source="facing.rival.pk")
    standing = serializers.IntegerField(allow_null=True)
    verdict = serializers.ChoiceField(["build", "prepare", "idle", "leave", ""])


class BuyerCriterionShown(Shown):
    """`contact` or `role`: whose criterion it is. `matters`: 0 (not) to 4 (decides); null: not known."""

    id = serializers.UUIDField(source="criterion.pk")
    text = serializers.CharField(source="criterion.text")
    contact = serializers.UUIDField(source="criterion.contact_id", allow_null=True)
    role = serializers.CharField(source="criterion.role")
    matters = serializers.IntegerField(source="criterion.matters", allow_null=True)
    ratings = RatingShown(source="points", many=True)
    version = serializers.IntegerField(source="criterion.version")


class SelectionShown(Shown):
    said_by = serializers.CharField()
    on = serializers.DateField()
    by = serializers.UUIDField(source="by_id", allow_null=True)


class ComparisonShown(Shown):
    rivals = RivalShown(source="facing", many=True)
    criteria = BuyerCriterionShown(source="rows", many=True)
    selection = SelectionShown(allow_null=True)


class RivalBody(Body):
    """A name that the workspace does not know yet goes on its list."""

    name = Text(max_length=80)


class RatingBody(Body):
    rival = serializers.UUIDField()
    standing = Whole(min_value=-2, max_value=2, allow_null=True)


class BuyerCriterionBody(Body):
    text = Text(max_length=200)
    contact = serializers.UUIDField(required=False, allow_null=True)
    role = Text(required=False, allow_blank=True, max_length=80)
    matters = Whole(required=False, allow_null=True, min_value=0, max_value=4)


class CriterionChanges(Body):
    """What is left out stays, ratings against other rivals too. `version`: the one you saw; left out: not checked."""

    text = Text(required=False, max_length=200)
    contact = serializers.UUIDField(required=False, allow_null=True)
    role = Text(required=False, allow_blank=True, max_length=80)
    matters = Whole(required=False, allow_null=True, min_value=0, max_value=4)
    ratings = RatingBody(many=True, required=False)
    version = Whole(required=False, min_value=0)


class SelectionBody(Body):
    said_by = Text(max_length=120)
    on = serializers.DateField()


class TallyShown(Shown):
    """`amount` in the workspace's currency; `without_rate`: deals whose amounts have no exchange rate."""

    deals = serializers.IntegerField()
    amount = Amount()
    without_rate = serializers.IntegerField()


class CompetitorShown(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()
    won = TallyShown()
    lost = TallyShown()
    open = TallyShown()
    win_percent = serializers.IntegerField(allow_null=True)


class CompetitorList(Shown):
    results = CompetitorShown(many=True)


class ComparisonApiView(ApiView):
    def row(self, deal_id: uuid.UUID, criterion_id: uuid.UUID, status: int = 200) -> Response:
        for row in comparison_of(get_deal(deal_id, actor=self.actor)).rows:
            if row.criterion.pk == criterion_id:
                return Response(BuyerCriterionShown(row).data, status=status)
        raise NotFound

    def rival(self, deal_id: uuid.UUID, rival_id: uuid.UUID, status: int = 200) -> Response:
        for each in comparison_of(get_deal(deal_id, actor=self.actor)).facing:
            if each.rival.pk == rival_id:
                return Response(RivalShown(each).data, status=status)
        raise NotFound

    def current_of(self, row: BuyerCriterion) -> Any:
        found: Comparison = comparison_of(row.deal)
        rows = [each for each in found.rows if each.criterion.pk == row.pk]
        return BuyerCriterionShown(rows[0] if rows else CriterionRow(0, row, [])).data


def renamed(values: dict[str, Any]) -> dict[str, Any]:
    return {("contact_id" if name == "contact" else name): value for name, value in values.items()}


class ComparisonView(ComparisonApiView):
    @operation("deal_comparison", "The comparison of a deal", answers={200: ComparisonShown}, problems=[404])
    def get(self, request: Request, deal_id: uuid.UUID) -> Response:
        return Response(ComparisonShown(comparison_of(get_deal(deal_id, actor=self.actor))).data)


class RivalListView(ComparisonApiView):
    @operation(
        "deal_rival_add",
        "Put a competitor on a deal",
        body=RivalBody,
        answers={201: RivalShown},
        problems=[400, 404],
    )
    def post(self, request: Request, deal_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        rival = services.add_rival(deal_id=deal_id, actor=self.actor, **self.body(RivalBody))
        return self.rival(deal_id, rival.pk, status=201)


class RivalView(ComparisonApiView):
    @operation("deal_rival_remove", "Take a competitor off a deal", answers={204: None}, problems=[404])
    def delete(self, request: Request, deal_id: uuid.UUID, rival_id: uuid.UUID) -> Response:
        services.remove_rival(deal_id=deal_id, rival_id=rival_id, actor=self.actor)
        return Response(status=204)


class RivalRestoreView(ComparisonApiView):
    @operation(
        "deal_rival_restore",
        "Bring back a competitor with its ratings",
        answers={200: RivalShown},
        problems=[400, 404],
    )
    def post(self, request: Request, deal_id: uuid.UUID, rival_id: uuid.UUID) -> Response:
        services.restore_rival(deal_id=deal_id, rival_id=rival_id, actor=self.actor)
        return self.rival(deal_id, rival_id)


class BuyerCriterionListView(ComparisonApiView):
    @operation(
        "deal_buyer_criterion_add",
        "Write down by what the buyer chooses",
        body=BuyerCriterionBody,
        answers={201: BuyerCriterionShown},
        problems=[400, 404],
    )
    def post(self, request: Request, deal_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        made = services.add_criterion(
            deal_id=deal_id, actor=self.actor, **renamed(self.body(BuyerCriterionBody))
        )
        return self.row(deal_id, made.pk, status=201)


class BuyerCriterionView(ComparisonApiView):
    @operation(
        "deal_buyer_criterion_edit",
        "Change a criterion, or who is stronger by it",
        body=CriterionChanges,
        answers={200: BuyerCriterionShown},
        problems=[400, 404, 409],
    )
    def patch(self, request: Request, deal_id: uuid.UUID, buyer_criterion_id: uuid.UUID) -> Response:
        self.row(deal_id, buyer_criterion_id)
        values = self.body(CriterionChanges)
        version = values.pop("version", None)
        standings = {each["rival"]: each["standing"] for each in values.pop("ratings", [])}
        services.edit_criterion(
            deal_id=deal_id,
            criterion_id=buyer_criterion_id,
            changes=renamed(values),
            standings=standings,
            actor=self.actor,
            expected_version=version,
        )
        return self.row(deal_id, buyer_criterion_id)

    @operation("deal_buyer_criterion_remove", "Take a criterion out", answers={204: None}, problems=[404])
    def delete(self, request: Request, deal_id: uuid.UUID, buyer_criterion_id: uuid.UUID) -> Response:
        services.remove_criterion(deal_id=deal_id, criterion_id=buyer_criterion_id, actor=self.actor)
        return Response(status=204)


class BuyerCriterionRestoreView(ComparisonApiView):
    @operation(
        "deal_buyer_criterion_restore",
        "Bring back a criterion that was taken out",
        answers={200: BuyerCriterionShown},
        problems=[400, 404],
    )
    def post(self, request: Request, deal_id: uuid.UUID, buyer_criterion_id: uuid.UUID) -> Response:
        services.restore_criterion(deal_id=deal_id, criterion_id=buyer_criterion_id, actor=self.actor)
        return self.row(deal_id, buyer_criterion_id)


class SelectionView(ComparisonApiView):
    @operation(
        "deal_selection_record",
        "Record that the buyer has chosen us",
        body=SelectionBody,
        answers={200: SelectionShown},
        problems=[400, 404, 409],
    )
    def put(self, request: Request, deal_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        made = record_selection(deal_id=deal_id, actor=self.actor, **self.body(SelectionBody))
        return Response(SelectionShown(made).data)

    @operation(
        "deal_selection_withdraw",
        "Take back that the buyer has chosen us",
        answers={204: None},
        problems=[404],
    )
    def delete(self, request: Request, deal_id: uuid.UUID) -> Response:
        withdraw_selection(deal_id=deal_id, actor=self.actor)
        return Response(status=204)


class CompetitorListView(ApiView):
    @operation(
        "competitor_list",
        "Against whom we win and lose, the most often met first, 100 at most",
        answers={200: CompetitorList},
    )
    def get(self, request: Request) -> Response:
        return Response({"results": CompetitorShown(competitors_met(self.actor), many=True).data})
