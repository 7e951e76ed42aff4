"""The value case of a deal by REST."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.fields import Amount, Moment, Text, Whole
from api.schema import operation
from api.serializers import Body, Shown
from core.errors import NotFound
from deals.models import Deal
from deals.selectors.visible import get_deal
from strategy.models import Box, Period, ValueGoal
from strategy.selectors.value_case import Line, ValueCase, value_case_of
from strategy.selectors.value_return import return_of
from strategy.services.value_case import add_line, edit_line, move_line, remove_line, restore_line, set_goal
from strategy.services.value_links import link_lines


class GoalShown(Shown):
    """`version`: 0 while nothing is written."""

    text = serializers.CharField()
    version = serializers.IntegerField()


class EntryShown(Shown):
    """`follows_from`: the lines of the box before that it is linked to. `is_loose`: it lacks one."""

    id = serializers.UUIDField(source="entry.pk")
    box = serializers.ChoiceField(Box.choices, source="entry.box")
    text = serializers.CharField(source="entry.text")
    amount = Amount(source="entry.amount", allow_null=True)
    period = serializers.ChoiceField(Period.choices, source="entry.period")
    measure = serializers.CharField(source="entry.measure")
    source = serializers.CharField(source="entry.source")  # type: ignore[assignment]
    follows_from = serializers.SerializerMethodField()
    is_loose = serializers.BooleanField()
    by = serializers.UUIDField(source="entry.by_id", allow_null=True)
    at = Moment(source="entry.at")
    version = serializers.IntegerField(source="entry.version")

    def get_follows_from(self, line: Line) -> list[uuid.UUID]:
        return [entry.pk for entry in line.back]


class ReturnShown(Shown):
    """What the benefits with an amount add up to, in the deal's currency."""

    yearly = Amount()
    once = Amount()
    price = Amount(allow_null=True)
    currency = serializers.CharField()
    payback_months = serializers.IntegerField(allow_null=True)


class ValueCaseShown(Shown):
    """The lines in the order of boxes and places."""

    goal = serializers.SerializerMethodField()
    entries = serializers.SerializerMethodField()
    worth = serializers.SerializerMethodField()
    is_complete = serializers.BooleanField()

    @extend_schema_field(GoalShown)
    def get_goal(self, case: ValueCase) -> Any:
        return GoalShown(case.goal or ValueGoal(version=0)).data

    @extend_schema_field(EntryShown(many=True))
    def get_entries(self, case: ValueCase) -> Any:
        return EntryShown(case.lines, many=True).data

    @extend_schema_field(ReturnShown)
    def get_worth(self, case: ValueCase) -> Any:
        return ReturnShown(self.context["worth"]).data


class GoalBody(Body):
    """`version`: the one you saw; left out: not checked."""

    text = Text(allow_blank=True, max_length=300)
    version = Whole(required=False, min_value=0)


class EntryBody(Body):
    """`after`: the line that it goes below; left out: at the end of the box."""

    box = serializers.ChoiceField(Box.choices)
    text = Text(max_length=300)
    after = serializers.UUIDField(required=False)
    amount = Amount(required=False, allow_null=True)
    period = serializers.ChoiceField(Period.choices, required=False)
    measure = Text(required=False, allow_blank=True, max_length=120)
    source = Text(required=False, allow_blank=True, max_length=200)  # type: ignore[assignment]


class EntryChanges(Body):
    """What is left out stays. `box` and `after` (null: on top) move the line."""

    box = serializers.ChoiceField(Box.choices, required=False)
    after = serializers.UUIDField(required=False, allow_null=True)
    text = Text(required=False, max_length=300)
    amount = Amount(required=False, allow_null=True)
    period = serializers.ChoiceField(Period.choices, required=False)
    measure = Text(required=False, allow_blank=True, max_length=120)
    source = Text(required=False, allow_blank=True, max_length=200)  # type: ignore[assignment]
    version = Whole(required=False, min_value=0)


class ValueView(ApiView):
    def entry(self, deal: Deal, entry_id: uuid.UUID, status: int = 200) -> Response:
        for line in value_case_of(deal).lines:
            if line.entry.pk == entry_id:
                return Response(EntryShown(line).data, status=status)
        raise NotFound

    def current_of(self, row: Any) -> Any:
        return (GoalShown(row) if isinstance(row, ValueGoal) else EntryShown(Line(row))).data


class ValueCaseView(ValueView):
    @operation("deal_value_case", "The value case of a deal", answers={200: ValueCaseShown}, problems=[404])
    def get(self, request: Request, deal_id: uuid.UUID) -> Response:
        deal = get_deal(deal_id, actor=self.actor)
        case = value_case_of(deal)
        return Response(ValueCaseShown(case, context={"worth": return_of(deal, case)}).data)


class ValueGoalView(ValueView):
    @operation(
        "deal_value_goal",
        "Say what the buyer wants to reach",
        body=GoalBody,
        answers={200: GoalShown},
        problems=[400, 404, 409],
    )
    def put(self, request: Request, deal_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        values = self.body(GoalBody)
        goal = set_goal(
            deal_id=deal_id, text=values["text"], actor=self.actor, expected_version=values.get("version")
        )
        return Response(GoalShown(goal).data)


class ValueEntryListView(ValueView):
    @operation(
        "deal_value_entry_add",
        "Add a line to a value case",
        body=EntryBody,
        answers={201: EntryShown},
        problems=[400, 404],
    )
    def post(self, request: Request, deal_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        values = self.body(EntryBody)
        line = {name: values.pop(name) for name in ("box", "text", "after") if name in values}
        entry = add_line(deal_id=deal_id, actor=self.actor, **line)
        if values:
            edit_line(deal_id=deal_id, entry_id=entry.pk, changes=values, actor=self.actor)
        return self.entry(get_deal(deal_id, actor=self.actor), entry.pk, status=201)


class ValueEntryView(ValueView):
    @operation(
        "deal_value_entry_edit",
        "Change or move a line of a value case",
        body=EntryChanges,
        answers={200: EntryShown},
        problems=[400, 404, 409],
    )
    def patch(self, request: Request, deal_id: uuid.UUID, value_entry_id: uuid.UUID) -> Response:
        self.entry(get_deal(deal_id, actor=self.actor), value_entry_id)
        values = self.body(EntryChanges)
        version = values.pop("version", None)
        moves = {name: values.pop(name) for name in ("box", "after") if name in values}
        entry = edit_line(
            deal_id=deal_id,
            entry_id=value_entry_id,
            changes=values,
            actor=self.actor,
            expected_version=version,
        )
        if moves:
            move_line(
                deal_id=deal_id,
                entry_id=value_entry_id,
                box=moves.get("box", entry.box),
                after=moves.get("after"),
                actor=self.actor,
            )
        return self.entry(get_deal(deal_id, actor=self.actor), value_entry_id)

    @operation(
        "deal_value_entry_remove", "Take a line out of a value case", answers={204: None}, problems=[404]
    )
    def delete(self, request: Request, deal_id: uuid.UUID, value_entry_id: uuid.UUID) -> Response:
        remove_line(deal_id=deal_id, entry_id=value_entry_id, actor=self.actor)
        return Response(status=204)


class ValueEntryRestoreView(ValueView):
    @operation(
        "deal_value_entry_restore",
        "Bring back a line that was taken out",
        answers={200: EntryShown},
        problems=[400, 404],
    )
    def post(self, request: Request, deal_id: uuid.UUID, value_entry_id: uuid.UUID) -> Response:
        restore_line(deal_id=deal_id, entry_id=value_entry_id, actor=self.actor)
        return self.entry(get_deal(deal_id, actor=self.actor), value_entry_id)


class ValueLinkView(ValueView):
    @operation(
        "deal_value_link",
        "Link two lines of neighbouring boxes",
        answers={200: EntryShown},
        problems=[400, 404],
    )
    def put(
        self, request: Request, deal_id: uuid.UUID, value_entry_id: uuid.UUID, other_entry_id: uuid.UUID
    ) -> Response:
        return self.linked(deal_id, value_entry_id, other_entry_id, linked=True)

    @operation("deal_value_unlink", "Part two linked lines", answers={200: EntryShown}, problems=[400, 404])
    def delete(
        self, request: Request, deal_id: uuid.UUID, value_entry_id: uuid.UUID, other_entry_id: uuid.UUID
    ) -> Response:
        return self.linked(deal_id, value_entry_id, other_entry_id, linked=False)

    def linked(self, deal_id: uuid.UUID, one: uuid.UUID, other: uuid.UUID, *, linked: bool) -> Response:
        link_lines(deal_id=deal_id, one=one, other=other, actor=self.actor, linked=linked)
        return self.entry(get_deal(deal_id, actor=self.actor), one)
