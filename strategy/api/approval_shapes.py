"""How an approval reads and is written by REST."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import Ref, Text, Whole
from api.serializers import Body, Shown
from deals.api.log_views import contacts_in_use
from strategy.models import IfMissed, PassedBefore, Way
from strategy.models.approval import MAX_DAYS
from strategy.services.approval_questions import MAX_ANSWER, MAX_TEXT
from strategy.signature import Gap, Kind, Reason


def ident(source: str) -> serializers.UUIDField:
    return serializers.UUIDField(source=source, allow_null=True)


class StepShown(Shown):
    """One wait of the walk. `days`: working days that it was given; `due`: when its papers are due, or the travel ends."""

    kind = serializers.ChoiceField([(each.value, each.value) for each in Kind])
    reason = serializers.ChoiceField([(each.value, each.value) for each in Reason])
    name = serializers.CharField()
    starts = serializers.DateField()
    ends = serializers.DateField()
    days = serializers.IntegerField()
    due = serializers.DateField(allow_null=True)


class PlanShown(Shown):
    """`signed_on`: the earliest day; where `gaps` is not empty, only a "not before". Working days are Monday to Friday."""

    signed_on = serializers.DateField()
    gaps = serializers.ListField(child=serializers.ChoiceField([(each.value, each.value) for each in Gap]))
    steps = StepShown(many=True)


class MeetingShown(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()
    on = serializers.DateField()
    papers_due = serializers.DateField(allow_null=True)
    if_missed = serializers.CharField()
    next_on = serializers.DateField(allow_null=True)
    missed_days = serializers.IntegerField()
    version = serializers.IntegerField()


class DepartmentShown(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()
    days = serializers.IntegerField()
    version = serializers.IntegerField()


class AskedShown(Shown):
    """`version`: of the answer, 0 before the first one."""

    question = serializers.UUIDField(source="question.pk")
    text = serializers.CharField(source="question.text")
    answer = serializers.CharField(source="text")
    version = serializers.IntegerField()


class ApprovalShown(Shown):
    """`version`: 0 while nothing was written down: days are then what is taken for granted, and `plan` is null."""

    approver_on_paper = ident("row.approver_on_paper_id")
    approver_in_truth = ident("row.approver_in_truth_id")
    signer = ident("row.signer_id")
    drafter = ident("row.drafter_id")
    way = serializers.CharField(source="row.way")
    passed_before = serializers.CharField(source="row.passed_before")
    drafting_days = serializers.IntegerField(source="row.drafting_days")
    signing_days = serializers.IntegerField(source="row.signing_days")
    begun_on = serializers.DateField(source="row.begun_on", allow_null=True)
    submitted_on = serializers.DateField(source="row.submitted_on", allow_null=True)
    absent_from = serializers.DateField(source="row.absent_from", allow_null=True)
    absent_to = serializers.DateField(source="row.absent_to", allow_null=True)
    version = serializers.IntegerField(source="row.version")
    meetings = MeetingShown(many=True)
    departments = DepartmentShown(many=True)
    questions = serializers.SerializerMethodField()
    plan = serializers.SerializerMethodField()

    def get_questions(self, sheet: Any) -> list[dict[str, Any]]:
        return list(AskedShown(self.context["questions"], many=True).data)

    def get_plan(self, sheet: Any) -> dict[str, Any] | None:
        return dict(PlanShown(self.context["plan"]).data) if sheet.is_begun else None


def days_whole() -> Whole:
    return Whole(required=False, min_value=0, max_value=MAX_DAYS)


def day() -> serializers.DateField:
    return serializers.DateField(required=False, allow_null=True)


class ApprovalBody(Body):
    """What is left out stays as it is. People are contacts of the deal or of its company. An empty `way` or `passed_before`:
    not known. `version`: the one you saw; left out: not checked."""

    approver_on_paper = Ref(contacts_in_use, required=False, allow_null=True)
    approver_in_truth = Ref(contacts_in_use, required=False, allow_null=True)
    signer = Ref(contacts_in_use, required=False, allow_null=True)
    drafter = Ref(contacts_in_use, required=False, allow_null=True)
    way = serializers.ChoiceField(Way.choices, required=False, allow_blank=True)
    passed_before = serializers.ChoiceField(PassedBefore.choices, required=False, allow_blank=True)
    drafting_days = days_whole()
    signing_days = days_whole()
    begun_on = day()
    submitted_on = day()
    absent_from = day()
    absent_to = day()
    version = Whole(required=False, min_value=0)


class MeetingBody(Body):
    """`missed_days`: working days that an extraordinary one, or briefing the members, takes."""

    name = Text(max_length=120)
    on = serializers.DateField()
    papers_due = day()
    if_missed = serializers.ChoiceField(IfMissed.choices, required=False, allow_blank=True)
    next_on = day()
    missed_days = days_whole()
    version = Whole(required=False, min_value=0)


class DepartmentBody(Body):
    name = Text(max_length=120)
    days = days_whole()
    version = Whole(required=False, min_value=0)


class AnswerBody(Body):
    """An empty text takes the answer back."""

    text = Text(max_length=MAX_ANSWER, allow_blank=True)
    version = Whole(required=False, min_value=0)


class QuestionBody(Body):
    text = Text(max_length=MAX_TEXT)
    version = Whole(required=False, min_value=0)


class NewQuestionBody(Body):
    text = Text(max_length=MAX_TEXT)


class QuestionShown(Shown):
    """`from_deal`: the lost deal that left it."""

    id = serializers.UUIDField()
    text = serializers.CharField()
    from_deal = serializers.UUIDField(source="from_deal_id", allow_null=True)
    version = serializers.IntegerField()


class QuestionList(Shown):
    results = QuestionShown(many=True)
