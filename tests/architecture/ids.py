"""One row of everything in a workspace: what stands for each name in a route's pattern."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from automation.models import Notification
from contacts.models import Change, Company, Contact
from contacts.services.companies import edit_company
from core.ids import uuid7
from deals.models import BulkChange, BulkKind, Deal, Task
from deals.services.activities import log_activity
from deals.services.files import add_file
from deals.services.notes import add_note
from deals.services.people import add_person
from deals.services.saved_views import save_view
from deals.services.tags import add_tag
from deals.services.tasks import add_task
from fields.models import FieldChoice
from fields.services.definitions import add_field
from pipeline.models import JourneyStep, LossReason
from strategy.services.comparison import add_criterion, add_rival
from strategy.services.value_case import add_line
from tenancy.models import ExchangeRate, Membership, Team
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope
from tenancy.services.api_tokens import create_api_token
from tenancy.services.invite import invite_member
from tenancy.services.members import add_team
from tests.factories import make_deal


@dataclass(frozen=True, slots=True)
class Ids:
    """What stands for each name in a pattern."""

    values: dict[str, Any]

    def fill(self, route: str, **more: str) -> str:
        path = route
        for name, value in (self.values | more).items():
            for kind in ("uuid", "slug", "int", "str"):
                path = path.replace(f"<{kind}:{name}>", str(value))
        if "<" in path:
            raise KeyError(f"ids.py does not know what to put into {path}")
        return "/" + path


def ids_of(workspace_id: Any, member: Membership) -> Ids:
    """One row of everything in the workspace, made where it is missing."""
    with workspace_scope(workspace_id):
        actor = Actor.system()
        deal = Deal.objects.first() or make_deal(actor=actor, owner=member)
        task = Task.objects.first() or add_task(deal_id=deal.pk, name="전화", actor=actor, assignee=member)
        contact = Contact.objects.create(name="강서윤")
        add_person(deal_id=deal.pk, contact=contact, actor=actor)
        notice = Notification.objects.create(member=member, kind="stall", deal=deal)
        step = JourneyStep.objects.create(pipeline=deal.pipeline, position=0, buyer_does="연락처를 남깁니다")
        criterion = deal.stage.exit_criteria.order_by("position")[0]
        return Ids(
            {
                "pipeline_id": deal.pipeline_id,
                "stage_id": deal.stage_id,
                "deal_id": deal.pk,
                "criterion_id": criterion.pk,
                "entry_task_id": deal.stage.entry_tasks.order_by("position")[0].pk,
                "reason_id": LossReason.objects.order_by("position")[0].pk,
                "step_id": step.pk,
                "task_id": task.pk,
                "notice_id": notice.pk,
                "member_id": member.pk,
                "company_id": Company.objects.create(name="한결모터스").pk,
                "contact_id": contact.pk,
                "note_id": add_note(deal_id=deal.pk, body="메모", actor=actor).pk,
                "activity_id": log_activity(deal_id=deal.pk, kind="call", actor=actor).pk,
                "tag_id": add_tag(deal_id=deal.pk, name="전시회", actor=actor).pk,
                "file_id": add_file(deal_id=deal.pk, name="a.txt", chunks=[b"a"], actor=actor).pk,
                "invitation_id": invite_member(email=f"new@{workspace_id}.test", actor=actor)[0].pk,
                "team_id": (Team.objects.first() or add_team(name="영업 1팀")).pk,
                "token_id": create_api_token(member=member, name="test")[0].pk,
                "bulk_id": BulkChange.objects.create(kind=BulkKind.OWNER).pk,
                "view_id": save_view(actor=Actor.of(member), kind="list", name="내 딜", query="owner=me").pk,
                "rate_id": ExchangeRate.objects.create(
                    base="KRW", currency="USD", valid_on=date(2026, 1, 2), rate=1380
                ).pk,
                **field_ids(actor),
                **strategy_ids(deal, actor),
                "subject": "deal",
                "field": "amount",
                "kind": "owner",
                "group": "no_task",
                "part": "budget",
                "change_id": edited_company(actor).pk,
                "fact": "name",
            }
        )


def field_ids(actor: Actor) -> dict[str, Any]:
    field = add_field(subject="deal", name="경로", kind="choice", choices=["소개", "검색"], actor=actor)
    return {"custom_field_id": field.pk, "choice_id": FieldChoice.objects.filter(field=field)[0].pk}


def strategy_ids(deal: Deal, actor: Actor) -> dict[str, Any]:
    one, other = (
        add_line(deal_id=deal.pk, box=box, text="줄", actor=actor).pk for box in ("issue", "problem")
    )
    return {
        "value_entry_id": one,
        "other_entry_id": other,
        "rival_id": add_rival(deal_id=deal.pk, name="다른 회사", actor=actor).pk,
        "buyer_criterion_id": add_criterion(deal_id=deal.pk, text="한글 품의 연동", actor=actor).pk,
    }


def edited_company(actor: Actor) -> Change:
    company = Company.objects.create(name="세진정밀")
    edited = edit_company(company_id=company.pk, changes={"domain": "sejin.example"}, actor=actor)
    assert edited.last_change is not None
    return edited.last_change


def nobodys_ids(like: Ids) -> Ids:
    """Ids under which nothing exists anywhere."""
    words = {"subject", "field", "fact", "kind", "group", "part"}
    return Ids({name: value if name in words else uuid7() for name, value in like.values.items()})
