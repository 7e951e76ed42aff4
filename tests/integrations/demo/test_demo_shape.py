"""The demo shows what a sales team has on its desks, and every page something to everybody who can log in."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.test import Client

from automation.models import Notification
from automation.services.stall_alerts import sweep_workspace_stalled
from core import clock
from deals.models import Activity, Deal, DealEvent, Note, StageStay, Task
from deals.models.task import PENDING
from deals.selectors.talk import close_date_pushes, talk_about
from forecasting.selectors.cycle import median_cycle_days
from forecasting.selectors.monthly import monthly_forecast
from integrations.demo.make import address
from pipeline.models import Pipeline, Stage
from pipeline.selectors.review import Severity, stage_findings
from tenancy.models import AuditEntry, Membership, User
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope
from tests.integrations.demo.conftest import MONDAY

ROLES = ("owner", "admin", "leader", "rep", "viewer")


def opened() -> list[Deal]:
    return list(Deal.objects.filter(outcome="open").select_related("stage", "pipeline"))


def test_two_pipelines_with_long_and_short_columns(on_monday: uuid.UUID) -> None:
    with workspace_scope(on_monday):
        assert list(Pipeline.objects.order_by("-is_default").values_list("name", flat=True)) == [
            "신규 영업",
            "엔터프라이즈",
        ]
        columns = Counter((deal.pipeline.name, deal.stage.position) for deal in opened())
        new, big = (
            [columns[name, position] for position in range(5)] for name in ("신규 영업", "엔터프라이즈")
        )
        assert 380 <= sum(new) + sum(big) <= 420
        assert max(new) >= 4 * min(new) > 0
        assert max(big) >= 4 * min(big) > 0
        leads = [deal for deal in opened() if deal.stage.is_lead]
        assert len(leads) == big[0] >= 30


def test_twelve_reps_in_three_teams_with_a_leader_each(on_monday: uuid.UUID) -> None:
    with workspace_scope(on_monday):
        logins = Membership.objects.filter(user__isnull=False)
        seats = Counter(logins.values_list("team__name", "role"))
        teams = {team for team, _role in seats} - {None}
        assert len(teams) == 3
        for team in teams:
            assert (seats[team, "leader"], seats[team, "rep"]) == (1, 4)
        assert (seats[None, "owner"], seats[None, "admin"], seats[None, "viewer"]) == (1, 1, 1)
        for rep in Membership.objects.filter(role="rep", user__isnull=False):
            assert Deal.objects.filter(owner=rep, outcome="open").count() >= 20
            assert Deal.objects.filter(owner=rep, outcome="won").count() >= 5


def test_amounts_are_written_as_a_rep_writes_them(on_monday: uuid.UUID) -> None:
    with workspace_scope(on_monday):
        amounts = [deal.amount for deal in Deal.objects.exclude(amount=None)]
        assert all(amount % 100_000 == 0 for amount in amounts)
        assert len(set(amounts)) > 100
        for deal in Deal.objects.filter(name__regex=r"\d석", amount__isnull=False):
            seats = int(re.findall(r"(\d+)석", deal.name)[-1])
            assert Decimal(200_000) <= deal.amount / seats <= Decimal(450_000), deal.name


def test_something_is_the_matter_with_some_deals(on_monday: uuid.UUID) -> None:
    with workspace_scope(on_monday) as scope:
        today, zone = clock.local_date(clock.now(), scope.workspace.zone), scope.workspace.zone
        found = opened()
        counted = [deal for deal in found if not deal.stage.is_lead]
        pending = Task.objects.filter(PENDING, deal__outcome="open")
        numbers = {
            "stalled": sum(deal.is_stalled(today=today, zone=zone) for deal in found),
            "snoozed": sum(deal.snoozed_until is not None for deal in found),
            "no date": sum(deal.expected_close_date is None for deal in counted),
            "date passed": sum((deal.expected_close_date or today) < today for deal in counted),
            "no task": len(found) - pending.values("deal").distinct().count(),
            "late": pending.filter(due_on__lt=today).count(),
            "today": pending.filter(due_on=today).count(),
            "unowned": sum(deal.owner_id is None for deal in found),
            "no amount": sum(deal.amount is None for deal in found),
            "overridden": StageStay.objects.exclude(override_reason="").count(),
        }
        assert min(numbers.values()) >= 6, numbers
        assert 40 <= numbers["stalled"] <= 70
        assert numbers["no task"] < len(found) / 3


def test_eighteen_months_were_won_and_lost(on_monday: uuid.UUID) -> None:
    with workspace_scope(on_monday) as scope:
        today = clock.local_date(clock.now(), scope.workspace.zone)
        for outcome in ("won", "lost"):
            months = Counter(
                day.replace(day=1)
                for day in Deal.objects.filter(outcome=outcome).values_list("closed_on", flat=True)
            )
            assert all(months[clock.add_months(today, -back)] >= 4 for back in range(1, 18)), months
        reasons = Counter(Deal.objects.filter(outcome="lost").values_list("loss_reason__name", flat=True))
        assert len(reasons) == 8
        assert None not in reasons
        assert max(reasons.values()) < sum(reasons.values()) / 3


def test_the_coming_months_look_like_the_past_ones(on_monday: uuid.UUID) -> None:
    with workspace_scope(on_monday) as scope:
        actor, today = Actor.system(), clock.local_date(clock.now(), scope.workspace.zone)
        past = monthly_forecast(
            actor=actor, first=clock.add_months(today, -6), last=clock.add_months(today, -1)
        )
        coming = monthly_forecast(
            actor=actor, first=clock.add_months(today, 1), last=clock.add_months(today, 4)
        )
        usual = sum(month.won for month in past.months) / 6
        assert all(usual / 4 < month.weighted < usual * 2 for month in coming.months)
        assert coming.months[0].weighted > coming.months[3].weighted
        assert 30 <= coming.needs_date_deals <= 70
        assert median_cycle_days(actor=actor, as_of=clock.now()) in range(30, 100)


def test_the_forecast_of_a_past_day_can_be_read(on_monday: uuid.UUID) -> None:
    with workspace_scope(on_monday) as scope:
        today = clock.local_date(clock.now(), scope.workspace.zone)
        then = clock.now() - timedelta(days=60)
        month = clock.add_months(clock.local_date(then, scope.workspace.zone), 1)
        seen, came = (
            monthly_forecast(actor=Actor.system(), first=month, last=month, as_of=moment).months[0]
            for moment in (then, None)
        )
        assert month < clock.month_start(today)
        assert (seen.won, came.weighted) == (0, 0)
        assert seen.weighted > 0
        assert came.won > 0


def test_deals_have_a_story(on_monday: uuid.UUID) -> None:
    with workspace_scope(on_monday):
        pushes = Counter(len(close_date_pushes(deal)) for deal in opened())
        assert {0, 2, 3, 4} <= set(pushes)  # the dates through which it was pushed: one push has two
        kinds = Counter(Activity.objects.values_list("kind", "direction"))
        assert {"call", "meeting", "email", "message"} == {kind for kind, _direction in kinds}
        assert {"in", "out", "both"} == {direction for _kind, direction in kinds}
        assert Note.objects.count() > 200
        edits = DealEvent.objects.filter(kind="edited", data__fields__has_key="amount")
        assert edits.count() > 100
        back = skipped = 0
        for stages in stages_passed().values():
            back += any(later < earlier for earlier, later in pairwise(stages))
            skipped += any(later > earlier + 1 for earlier, later in pairwise(stages))
        assert min(back, skipped) >= 20
        stalled = Deal.objects.filter(outcome="open", stage__position=1, pipeline__is_default=True).first()
        assert talk_about(stalled, actor=Actor.system()).like.count >= 20


def stages_passed() -> dict[uuid.UUID, list[int]]:
    passed: dict[uuid.UUID, list[int]] = {}
    for deal, position in StageStay.objects.order_by("entered_at").values_list("deal_id", "stage__position"):
        passed.setdefault(deal, []).append(position)
    return passed


@pytest.mark.parametrize("role", ROLES)
def test_every_page_has_something_to_show_to_everybody(on_monday: uuid.UUID, role: str) -> None:
    client = Client(headers={"Accept-Language": "ko"})
    client.force_login(User.objects.get(email=address(role)))
    board = client.get("/w/demo/board/").content.decode()
    assert board.count("data-deal-id=") >= 100
    assert 'data-stalled="true"' in board
    assert client.get("/w/demo/stalled/").content.decode().count('id="stalled-') >= 40
    forecast = client.get("/w/demo/forecast/").content.decode()
    months = re.findall(r'data-month="[\d-]+"', forecast)
    assert len(months) >= 3
    with workspace_scope(on_monday):
        deal = Deal.objects.filter(outcome="open").first().pk
    assert client.get(f"/w/demo/deals/{deal}/").status_code == 200
    if role == "viewer":
        return  # has no deals, so nobody tells them what to do
    tasks = client.get("/w/demo/tasks/").content.decode()
    assert tasks.count('id="task-') >= 3
    with workspace_scope(on_monday) as scope:
        me = Membership.objects.get(user__email=address(role))
        today = clock.local_date(clock.now(), scope.workspace.zone)
        mine = Task.objects.filter(PENDING, assignee=me)
        assert mine.filter(due_on__lt=today).exists()
        assert mine.filter(due_on=today).exists()
        assert Notification.objects.filter(member=me, read_at=None).exists()
        unread = Notification.objects.filter(member=me, read_at=None).select_related("deal").first()
    assert unread.deal.name in client.get("/w/demo/notifications/").content.decode()


def test_the_reps_own_board_is_full(on_monday: uuid.UUID) -> None:
    client = Client()
    client.force_login(User.objects.get(email=address("rep")))
    with workspace_scope(on_monday):
        me = Membership.objects.get(user__email=address("rep"))
    board = client.get(f"/w/demo/board/?owner={me.pk}").content.decode()
    assert board.count("data-deal-id=") >= 20


def test_nothing_follows_from_the_past(on_monday: uuid.UUID) -> None:
    with workspace_scope(on_monday):
        assert not DealEvent.objects.filter(dispatched_at=None).exists()
    assert sweep_workspace_stalled(workspace_id=on_monday, as_of=MONDAY).alerts == 0
    # The day after, some deals have newly stalled, as in life.
    assert sweep_workspace_stalled(workspace_id=on_monday, as_of=MONDAY + timedelta(days=4)).alerts > 0


def test_the_settings_have_a_past(on_monday: uuid.UUID) -> None:
    with workspace_scope(on_monday):
        told = Counter(AuditEntry.objects.values_list("action", flat=True))
        assert told["stage.changed"] == 6
        assert {"journey.started", "journey.begins_deal", "stage.answered", "member.deactivated"} <= set(told)
        doubted = [stage for stage in Stage.objects.all() if stage.is_verifiable is False]
        assert [stage_findings(stage)[0].severity for stage in doubted] == [Severity.FAIL]
        assert Membership.objects.filter(user=None, deactivated_at=None).exists()
