"""The approval of one deal: what is known of it, and when the buyer can sign at the earliest."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from contacts.models import Contact
from core import clock
from core.formats import day_brief
from deals.models import Deal
from deals.selectors.people import participants_for
from strategy.models import (
    Approval,
    ApprovalAnswer,
    ApprovalDepartment,
    ApprovalMeeting,
    ApprovalQuestion,
)
from strategy.registry import State
from strategy.signature import Held, Known, Plan, earliest
from tenancy.scope import current_zone

PEOPLE = ("approver_on_paper", "approver_in_truth", "signer", "drafter")


@dataclass(frozen=True, slots=True)
class Asked:
    """One of the team's questions with what was answered on the deal."""

    question: ApprovalQuestion
    answer: ApprovalAnswer | None

    @property
    def text(self) -> str:
        return self.answer.text if self.answer else ""

    @property
    def version(self) -> int:
        return self.answer.version if self.answer else 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that is known. `row`: an unsaved one, with what is taken for granted, before anything was written."""

    row: Approval
    meetings: Sequence[ApprovalMeeting]
    departments: Sequence[ApprovalDepartment]

    @property
    def is_begun(self) -> bool:
        """Anything was written down: before that, a day would be made of nothing."""
        return bool(self.row.version or self.meetings or self.departments)

    def person(self, name: str) -> Contact | None:
        """Who it is today: of a merged contact the one that stayed."""
        contact: Contact | None = getattr(self.row, name)
        return contact.merged_into or contact if contact else None


def sheet_of(deal: Deal) -> Sheet:
    """Three queries."""
    people = [part for name in PEOPLE for part in (name, f"{name}__merged_into")]
    row = Approval.objects.filter(deal=deal).select_related("by", *people).first()
    return Sheet(
        row or Approval(deal=deal, version=0),
        list(ApprovalMeeting.objects.filter(deal=deal, removed_at=None).order_by("on", "id")),
        list(ApprovalDepartment.objects.filter(deal=deal, removed_at=None).order_by("id")),
    )


def questions_of(deal: Deal) -> list[Asked]:
    """The team's questions in the order in which they came. Two queries."""
    answers = {row.question_id: row for row in ApprovalAnswer.objects.filter(deal=deal).select_related("by")}
    return [Asked(question, answers.get(question.pk)) for question in questions()]


def questions() -> QuerySet[ApprovalQuestion]:
    return ApprovalQuestion.objects.filter(removed_at=None).select_related("from_deal").order_by("id")


def earliest_signature(deal: Deal, *, today: date | None = None) -> Plan:
    """When the buyer can sign at the earliest, with the walk to it. Three queries."""
    return plan_of(sheet_of(deal), today=today)


def plan_of(sheet: Sheet, *, today: date | None = None) -> Plan:
    """Without a query. `today`: by the workspace's clock unless given."""
    row = sheet.row
    return earliest(
        Known(
            today=today or clock.local_date(clock.now(), current_zone()),
            drafting_days=row.drafting_days,
            signing_days=row.signing_days,
            begun_on=row.begun_on,
            submitted_on=row.submitted_on,
            departments=tuple((each.name, each.days) for each in sheet.departments),
            meetings=tuple(
                Held(each.name, each.on, each.papers_due, each.if_missed, each.next_on, each.missed_days)
                for each in sheet.meetings
            ),
            way=row.way,
            absent_from=row.absent_from,
            absent_to=row.absent_to,
        )
    )


def approval_state(deal: Deal) -> State:
    sheet = sheet_of(deal)
    if not sheet.is_begun:
        return State(_("not asked yet"))
    plan = plan_of(sheet)
    is_late = (
        deal.is_open and deal.expected_close_date is not None and deal.expected_close_date < plan.signed_on
    )
    text = _("not before %(day)s") if plan.gaps else _("%(day)s possible")
    return State(text % {"day": day_brief(plan.signed_on)}, "due" if is_late else "")


def approval_begun(deal_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The deals whose papers are being drafted by somebody known since a day not to come, or are in. One query."""
    today = clock.local_date(clock.now(), current_zone())
    begun = Q(drafter__isnull=False, begun_on__lte=today) | Q(submitted_on__isnull=False)
    return set(Approval.objects.filter(begun, deal__in=deal_ids).values_list("deal_id", flat=True))


def offered_people(deal: Deal, sheet: Sheet) -> QuerySet[Contact]:
    """Who can be chosen: those of the deal and of its company, and who stands there."""
    chosen = [getattr(sheet.row, f"{name}_id") for name in PEOPLE]
    wanted = Q(pk__in=participants_for(deal).order_by().values("pk"))
    wanted |= Q(pk__in=[pk for pk in chosen if pk])
    return Contact.objects.filter(wanted).order_by("name", "id")
