"""What hangs on a deal: criteria, stays, timeline, and `tasks/`."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.fields import Flag, Moment, Ref, Text
from api.pagination import ordering_field, orders
from api.schema import operation, page_of
from api.serializers import Body, PageQuery, Shown
from deals.api.bodies import CriterionBody, assignable_members
from deals.models import Deal, EventKind, Task, TaskSource
from deals.selectors.criteria import criteria_of
from deals.selectors.deal_records import events_of, get_task, stays_of, task_list
from deals.selectors.visible import get_deal
from deals.services.criteria import check_criterion
from deals.services.tasks import add_task, change_task
from pipeline.models import CriterionKind
from pipeline.models.criteria import Question
from tenancy.selectors.members import members

STAY_ORDERS = orders("entered_at", "-entered_at")
EVENT_ORDERS = orders("-at", "at")
TASK_ORDERS = orders("due_on", "id", "-id", nullable=("due_on",))


def deals_in_use() -> Any:
    return Deal.objects.filter(deleted_at=None)


class CriterionStateShown(Shown):
    """`computed`: the system evaluates it; it cannot be ticked."""

    id = serializers.UUIDField()
    name = serializers.CharField(source="criterion.name")
    question = serializers.ChoiceField(Question.choices, source="criterion.question")
    kind = serializers.ChoiceField(CriterionKind.choices, source="criterion.kind")
    required = serializers.BooleanField(source="criterion.required")  # type: ignore[assignment]
    stage = serializers.UUIDField(source="criterion.stage_id")
    met = serializers.BooleanField()
    computed = serializers.BooleanField()
    checked_by_name = serializers.CharField(source="checked_by")
    checked_at = Moment(allow_null=True)


class StayShown(Shown):
    id = serializers.UUIDField()
    stage = serializers.UUIDField(source="stage_id")
    stage_name = serializers.CharField(source="stage.name")
    entered_at = Moment()
    left_at = Moment(allow_null=True)
    entered_by = serializers.UUIDField(source="entered_by_id", allow_null=True)
    override_reason = serializers.CharField()


class EventShown(Shown):
    """`data` holds ids and from/to values, by kind."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(EventKind.choices)
    at = Moment()
    actor = serializers.UUIDField(source="actor_id", allow_null=True)
    actor_name = serializers.CharField(source="actor.display_name", allow_null=True, default=None)
    data = serializers.DictField()  # type: ignore[assignment]


class TaskShown(Shown):
    """`source` "stage_entry": entering `stage` made it."""

    id = serializers.UUIDField()
    deal = serializers.UUIDField(source="deal_id")
    name = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    assignee = serializers.UUIDField(source="assignee_id", allow_null=True)
    source = serializers.ChoiceField(TaskSource.choices)  # type: ignore[assignment]
    stage = serializers.UUIDField(source="stage_id", allow_null=True)
    entry_task = serializers.UUIDField(source="entry_task_id", allow_null=True)
    done = serializers.SerializerMethodField()
    done_at = Moment(allow_null=True)
    done_by = serializers.UUIDField(source="done_by_id", allow_null=True)
    created_at = Moment()

    def get_done(self, task: Task) -> bool:
        return task.done_at is not None


class StayQuery(PageQuery):
    ordering = ordering_field(STAY_ORDERS)


class EventQuery(PageQuery):
    ordering = ordering_field(EVENT_ORDERS)


class TaskQuery(PageQuery):
    ordering = ordering_field(TASK_ORDERS)
    deal = Ref(deals_in_use, required=False)
    assignee = Ref(members, required=False)
    done = Flag(required=False)


class TaskEditBody(Body):
    name = Text(max_length=200, required=False)
    due_on = serializers.DateField(required=False, allow_null=True)
    assignee = Ref(assignable_members, required=False, allow_null=True)
    done = Flag(required=False)


class TaskBody(Body):
    """`assignee`: the token's member when absent."""

    deal = Ref(deals_in_use)
    name = Text(max_length=200)
    due_on = serializers.DateField(required=False, allow_null=True)
    assignee = Ref(assignable_members, required=False)


class CriteriaView(ApiView):
    @operation(
        "deals_criteria",
        "Every criterion of the deal's pipeline",
        answers={200: page_of(CriterionStateShown)},
    )
    def get(self, request: Request, deal_id: uuid.UUID) -> Response:
        states = criteria_of(get_deal(deal_id, actor=self.actor))
        shown = CriterionStateShown(states, many=True).data
        return Response({"next": None, "previous": None, "results": shown})


class CriterionView(ApiView):
    @operation(
        "deals_criterion_check",
        "Tick a criterion, or take the tick away",
        body=CriterionBody,
        answers={200: CriterionStateShown},
        problems=[409],
    )
    def put(self, request: Request, deal_id: uuid.UUID, criterion_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        met = self.body(CriterionBody)["met"]
        deal = check_criterion(deal_id=deal_id, criterion_id=criterion_id, met=met, actor=self.actor)
        state = next(state for state in criteria_of(deal) if state.id == criterion_id)
        return Response(CriterionStateShown(state).data)


class StayListView(ApiView):
    queries = {"GET": StayQuery}

    @operation("deals_stays", "The deal's way through the stages", answers={200: page_of(StayShown)})
    def get(self, request: Request, deal_id: uuid.UUID) -> Response:
        rows = stays_of(get_deal(deal_id, actor=self.actor))
        return self.list_response(self.page(rows, STAY_ORDERS), StayShown)


class TimelineView(ApiView):
    queries = {"GET": EventQuery}

    @operation("deals_timeline", "What happened to the deal", answers={200: page_of(EventShown)})
    def get(self, request: Request, deal_id: uuid.UUID) -> Response:
        rows = events_of(get_deal(deal_id, actor=self.actor))
        return self.list_response(self.page(rows, EVENT_ORDERS), EventShown)


class TaskListView(ApiView):
    queries = {"GET": TaskQuery}

    @operation("tasks_list", "Tasks", answers={200: page_of(TaskShown)})
    def get(self, request: Request) -> Response:
        asked = {name: self.query.get(name) for name in ("deal", "assignee", "done")}
        rows = task_list(actor=self.actor, **asked)
        return self.list_response(self.page(rows, TASK_ORDERS), TaskShown)

    @operation("tasks_create", "Add a task by hand", body=TaskBody, answers={201: TaskShown})
    def post(self, request: Request) -> Response:
        body = self.body(TaskBody)
        task = add_task(deal_id=body.pop("deal").pk, actor=self.actor, **body)
        shown = TaskShown(task).data
        return Response(shown, status=201, headers={"Location": f"{request.path}{task.pk}/"})


class TaskView(ApiView):
    @operation("tasks_get", "One task", answers={200: TaskShown})
    def get(self, request: Request, task_id: uuid.UUID) -> Response:
        return Response(TaskShown(get_task(task_id, actor=self.actor)).data)

    @operation("tasks_edit", "Do or change a task", body=TaskEditBody, answers={200: TaskShown})
    def patch(self, request: Request, task_id: uuid.UUID) -> Response:
        get_task(task_id, actor=self.actor)
        task = change_task(task_id=task_id, actor=self.actor, **self.body(TaskEditBody))
        return Response(TaskShown(task).data)
