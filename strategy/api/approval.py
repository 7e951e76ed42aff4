"""The approval of a deal, and the team's questions, by REST."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.schema import operation
from api.serializers import Body, Shown
from deals.models import Deal
from deals.selectors.visible import get_deal
from strategy.api.approval_shapes import (
    AnswerBody,
    ApprovalBody,
    ApprovalShown,
    AskedShown,
    DepartmentBody,
    DepartmentShown,
    MeetingBody,
    MeetingShown,
    NewQuestionBody,
    QuestionBody,
    QuestionList,
    QuestionShown,
)
from strategy.models import ApprovalDepartment, ApprovalMeeting
from strategy.selectors.approval import Asked, plan_of, questions, questions_of, sheet_of
from strategy.services.approval import edit_approval
from strategy.services.approval_lines import Department, Meeting, remove_line, write_line
from strategy.services.approval_questions import (
    add_question,
    answer_question,
    change_question,
    remove_question,
)
from tenancy.permissions import Permission


def approval_shown(deal: Deal) -> Any:
    sheet = sheet_of(deal)
    return ApprovalShown(sheet, context={"questions": questions_of(deal), "plan": plan_of(sheet)}).data


class ApprovalView(ApiView):
    @operation(
        "deal_approval",
        "The approval of a deal, with the walk to the earliest signature",
        answers={200: ApprovalShown},
        problems=[404],
    )
    def get(self, request: Request, deal_id: uuid.UUID) -> Response:
        return Response(approval_shown(get_deal(deal_id, actor=self.actor)))

    @operation(
        "deal_approval_edit",
        "Say what is known of a deal's approval",
        body=ApprovalBody,
        answers={200: ApprovalShown},
        problems=[400, 404, 409],
    )
    def patch(self, request: Request, deal_id: uuid.UUID) -> Response:
        values = self.body(ApprovalBody)
        version = values.pop("version", None)
        edit_approval(deal_id=deal_id, changes=values, actor=self.actor, expected_version=version)
        return Response(approval_shown(get_deal(deal_id, actor=self.actor)))

    def current_of(self, row: Any) -> Any:
        return approval_shown(row.deal)


class LineView(ApiView):
    """Of meetings and of departments; the classes below name the operations."""

    kind: ClassVar[Any]
    values: ClassVar[Any]
    body_class: ClassVar[type[Body]]
    shown: ClassVar[type[Shown]]

    def write(self, deal_id: uuid.UUID, line_id: uuid.UUID | None = None) -> Any:
        values = self.body(self.body_class)
        version = values.pop("version", None)
        line = write_line(
            deal_id=deal_id,
            values=self.values(**values),
            actor=self.actor,
            line_id=line_id,
            expected_version=version,
        )
        return self.shown(line).data

    def take_away(self, deal_id: uuid.UUID, line_id: uuid.UUID) -> Response:
        remove_line(deal_id=deal_id, line_id=line_id, kind=self.kind, actor=self.actor)
        return Response(status=204)

    def current_of(self, row: Any) -> Any:
        return self.shown(row).data


class MeetingsView(LineView):
    kind, values, body_class, shown = ApprovalMeeting, Meeting, MeetingBody, MeetingShown

    @operation(
        "deal_approval_meetings_create",
        "Add a meeting that must decide",
        body=MeetingBody,
        answers={201: MeetingShown},
        problems=[400, 404],
    )
    def post(self, request: Request, deal_id: uuid.UUID) -> Response:
        return Response(self.write(deal_id), status=201)


class MeetingView(LineView):
    kind, values, body_class, shown = ApprovalMeeting, Meeting, MeetingBody, MeetingShown

    @operation(
        "deal_approval_meetings_edit",
        "Put another content in place of a meeting's",
        body=MeetingBody,
        answers={200: MeetingShown},
        problems=[400, 404, 409],
    )
    def put(self, request: Request, deal_id: uuid.UUID, line_id: uuid.UUID) -> Response:
        return Response(self.write(deal_id, line_id))

    @operation("deal_approval_meetings_delete", "Take a meeting away", answers={204: None}, problems=[404])
    def delete(self, request: Request, deal_id: uuid.UUID, line_id: uuid.UUID) -> Response:
        return self.take_away(deal_id, line_id)


class DepartmentsView(LineView):
    kind, values, body_class, shown = ApprovalDepartment, Department, DepartmentBody, DepartmentShown

    @operation(
        "deal_approval_departments_create",
        "Add a department with a strong say",
        body=DepartmentBody,
        answers={201: DepartmentShown},
        problems=[400, 404],
    )
    def post(self, request: Request, deal_id: uuid.UUID) -> Response:
        return Response(self.write(deal_id), status=201)


class DepartmentView(LineView):
    kind, values, body_class, shown = ApprovalDepartment, Department, DepartmentBody, DepartmentShown

    @operation(
        "deal_approval_departments_edit",
        "Put another content in place of a department's",
        body=DepartmentBody,
        answers={200: DepartmentShown},
        problems=[400, 404, 409],
    )
    def put(self, request: Request, deal_id: uuid.UUID, line_id: uuid.UUID) -> Response:
        return Response(self.write(deal_id, line_id))

    @operation(
        "deal_approval_departments_delete", "Take a department away", answers={204: None}, problems=[404]
    )
    def delete(self, request: Request, deal_id: uuid.UUID, line_id: uuid.UUID) -> Response:
        return self.take_away(deal_id, line_id)


class AnswerView(ApiView):
    @operation(
        "deal_approval_answer",
        "Answer one of the team's questions on a deal",
        body=AnswerBody,
        answers={200: AskedShown},
        problems=[400, 404, 409],
    )
    def put(self, request: Request, deal_id: uuid.UUID, question_id: uuid.UUID) -> Response:
        values = self.body(AnswerBody)
        row = answer_question(
            deal_id=deal_id,
            question_id=question_id,
            text=values["text"],
            actor=self.actor,
            expected_version=values.get("version"),
        )
        return Response(AskedShown(Asked(row.question, row if row.version else None)).data)

    def current_of(self, row: Any) -> Any:
        return AskedShown(Asked(row.question, row if row.version else None)).data


class QuestionsView(ApiView):
    @operation(
        "approval_questions", "What the team asks of every approval", answers={200: QuestionList}, problems=[]
    )
    def get(self, request: Request) -> Response:
        return Response({"results": QuestionShown(questions(), many=True).data})

    @operation(
        "approval_questions_create",
        "Ask something of every approval from now on",
        body=NewQuestionBody,
        answers={201: QuestionShown},
        problems=[400],
    )
    def post(self, request: Request) -> Response:
        """What is asked already stays as it is."""
        question = add_question(text=self.body(NewQuestionBody)["text"], actor=self.actor)
        return Response(QuestionShown(question).data, status=201)


class QuestionView(ApiView):
    write_permission = Permission.DESIGN_PIPELINES

    @operation(
        "approval_questions_edit",
        "Put a question in other words",
        body=QuestionBody,
        answers={200: QuestionShown},
        problems=[400, 404, 409],
    )
    def put(self, request: Request, question_id: uuid.UUID) -> Response:
        values = self.body(QuestionBody)
        question = change_question(
            question_id=question_id,
            text=values["text"],
            actor=self.actor,
            expected_version=values.get("version"),
        )
        return Response(QuestionShown(question).data)

    @operation("approval_questions_delete", "Ask a question no more", answers={204: None}, problems=[404])
    def delete(self, request: Request, question_id: uuid.UUID) -> Response:
        remove_question(question_id=question_id, actor=self.actor)
        return Response(status=204)

    def current_of(self, row: Any) -> Any:
        return QuestionShown(row).data
