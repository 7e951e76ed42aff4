"""Stall alerts: who is told, from which day on, and once for each stay."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from automation.models import Notification, OutgoingMail, StallAlert
from automation.services.stall_alerts import sweep_workspace_stalled
from core import clock
from deals.models import Deal, DealEvent, EventKind, StageStay
from deals.services.close_deal import lose_deal
from deals.services.move_deal import move_deal
from deals.services.undo_move import undo_move
from pipeline.models import LossReason, Stage
from tenancy.models import DueWork, Membership
from tenancy.models.members import Role
from tenancy.scope import workspace_scope
from tenancy.services.members import add_member, add_team, deactivate_member
from tests.factories import Cast, make_deal

# Half past nine in the evening of 1 November in Seoul.
ENTERED = datetime(2026, 11, 1, 12, 30, tzinfo=UTC)
# Midnight in Seoul at which 15 November begins: fourteen local days after the 1st.
LIMIT = datetime(2026, 11, 14, 15, 0, tzinfo=UTC)


@pytest.fixture
def stage(cast: Cast):
    """The first open stage, in which a deal stalls after 14 days."""
    with workspace_scope(cast.workspace.pk):
        found = cast.pipeline.stages.filter(kind="open").order_by("position").first()
        Stage.objects.filter(pipeline=cast.pipeline).update(stall_days=0)
        Stage.objects.filter(pk=found.pk).update(stall_days=14)
        yield found


def deal_of(cast: Cast, owner: Membership | None, entered: datetime = ENTERED, **fields) -> Deal:
    with clock.frozen_at(entered):
        return make_deal(actor=cast.actor(), owner=owner, **fields)


def sweep(cast: Cast, at: datetime) -> int:
    with clock.frozen_at(at):
        return sweep_workspace_stalled(workspace_id=cast.workspace.pk).alerts


def told(deal: Deal) -> set[Membership]:
    return {notice.member for notice in Notification.objects.filter(deal=deal).select_related("member")}


def test_the_fourteenth_local_day_is_the_limit_to_the_second(cast: Cast, stage):
    deal = deal_of(cast, cast.rep)
    assert sweep(cast, LIMIT - timedelta(seconds=1)) == 0
    assert sweep(cast, LIMIT) == 1
    alert = StallAlert.objects.get()
    assert (alert.deal_id, alert.stage_id, alert.stalled_since) == (deal.pk, stage.pk, date(2026, 11, 15))
    assert StageStay.objects.get(deal=deal).alerted_at == LIMIT
    event = DealEvent.objects.get(kind=EventKind.STALLED)
    assert event.data == {"stage": str(stage.pk), "since": "2026-11-15"}
    assert event.dispatched_at is None, "it goes the way of every event"


@pytest.mark.parametrize(
    ("entered", "limit"),
    [
        # Just after and just before the same midnight in Seoul: a day apart.
        (datetime(2026, 10, 31, 15, 0, tzinfo=UTC), datetime(2026, 11, 14, 15, 0, tzinfo=UTC)),
        (datetime(2026, 10, 31, 14, 59, 59, tzinfo=UTC), datetime(2026, 11, 13, 15, 0, tzinfo=UTC)),
    ],
)
def test_days_begin_at_seouls_midnight(cast: Cast, stage, entered: datetime, limit: datetime):
    deal_of(cast, cast.rep, entered)
    assert sweep(cast, limit - timedelta(seconds=1)) == 0
    assert sweep(cast, limit) == 1


def test_the_owner_and_the_leader_are_told_once_in_the_app_and_by_mail(cast: Cast, stage):
    deal = deal_of(cast, cast.rep)
    assert sweep(cast, LIMIT) == 1
    assert sweep(cast, LIMIT + timedelta(days=30)) == 0
    assert told(deal) == {cast.rep, cast.leader}
    assert OutgoingMail.objects.count() == Notification.objects.count() == 2
    assert DueWork.objects.filter(workspace_id=cast.workspace.pk, kind="mail").count() == 1


def test_who_is_told(cast: Cast, stage):
    other_team = add_team(name="영업 2팀")
    other_leader = add_member(user=None, display_name="한지민", role=Role.LEADER, team=other_team)
    leaderless = add_team(name="영업 3팀")
    lonely = add_member(user=None, display_name="오세훈", team=leaderless)
    teamless = add_member(user=None, display_name="유재석")
    gone = add_member(user=None, display_name="강하늘", team=cast.team)
    expected = {
        "team": (cast.rep, {cast.rep, cast.leader}),
        "leader's own": (cast.leader, {cast.leader}),
        "no owner": (None, {cast.leader, other_leader}),
        "no team": (teamless, {teamless, cast.leader, other_leader}),
        "team without leader": (lonely, {lonely, cast.leader, other_leader}),
        "owner has left": (gone, {cast.leader}),
    }
    deals = {name: deal_of(cast, owner, name=name) for name, (owner, _) in expected.items()}
    deactivate_member(member=gone)
    assert sweep(cast, LIMIT) == len(expected)
    for name, (_, people) in expected.items():
        assert told(deals[name]) == people, name
    assert not OutgoingMail.objects.filter(notification__member__user=None).exists(), "they have no address"


def test_without_any_leader_the_workspaces_owners_are_told_and_the_deactivated_never(cast: Cast, stage):
    deactivate_member(member=cast.leader)
    deal = deal_of(cast, cast.rep)
    sweep(cast, LIMIT)
    assert told(deal) == {cast.rep, cast.owner}


def test_snoozed_closed_and_deleted_deals_are_left_in_peace(cast: Cast, stage):
    snoozed, lost, deleted = (deal_of(cast, cast.rep, name=name) for name in ("snoozed", "lost", "deleted"))
    Deal.objects.filter(pk=snoozed.pk).update(snoozed_until=date(2026, 11, 20))
    with clock.frozen_at(ENTERED + timedelta(days=1)):
        lose_deal(deal_id=lost.pk, reason=LossReason.objects.first(), actor=cast.actor())
    Deal.objects.filter(pk=deleted.pk).update(deleted_at=ENTERED)
    seoul_20th = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)
    assert sweep(cast, seoul_20th - timedelta(seconds=1)) == 0
    assert sweep(cast, seoul_20th) == 1
    assert StallAlert.objects.get().deal_id == snoozed.pk
    assert StallAlert.objects.get().stalled_since == date(2026, 11, 15)


def test_shorter_stall_days_count_from_the_next_sweep_on(cast: Cast, stage):
    deal_of(cast, cast.rep)
    four_days_later = ENTERED + timedelta(days=4)
    assert sweep(cast, four_days_later) == 0
    Stage.objects.filter(pk=stage.pk).update(stall_days=3)
    assert sweep(cast, four_days_later) == 1
    assert StallAlert.objects.get().stalled_since == date(2026, 11, 4)


def test_a_new_stay_is_a_new_clock_and_undo_brings_the_old_one_back(cast: Cast, stage):
    deal = deal_of(cast, cast.rep)
    assert sweep(cast, LIMIT) == 1
    following = cast.pipeline.stages.filter(position__gt=stage.position).order_by("position").first()
    Stage.objects.filter(pk=following.pk).update(stall_days=2)
    leader = cast.actor("leader")
    with clock.frozen_at(LIMIT):
        move_deal(deal_id=deal.pk, to_stage=following.pk, actor=leader, override_reason="test")
    with clock.frozen_at(LIMIT + timedelta(days=1)):
        undo_move(deal_id=deal.pk, actor=leader)
    assert sweep(cast, LIMIT + timedelta(days=9)) == 0, "the old stay had its alert; the undone one never was"
    with clock.frozen_at(LIMIT + timedelta(days=9)):
        move_deal(deal_id=deal.pk, to_stage=following.pk, actor=leader, override_reason="test")
    assert sweep(cast, LIMIT + timedelta(days=11)) == 1
    assert StallAlert.objects.count() == 2


def test_another_workspaces_deals_are_not_looked_at(cast: Cast, stage):
    deal_of(cast, cast.rep)
    with clock.frozen_at(LIMIT):
        assert sweep_workspace_stalled(workspace_id=cast.rival.pk).alerts == 0
    assert StallAlert.objects.count() == 0


def test_the_statements_do_not_grow_with_the_deals(cast: Cast, stage, query_count):
    counts = []
    for size in (1, 25):
        for number in range(size):
            deal_of(cast, cast.rep, name=f"{size}-{number}")
        with query_count() as counted:
            assert sweep(cast, LIMIT) == size
        counts.append(counted())
    assert counts[0] == counts[1] <= 25


def test_six_sweeps_at_once_over_200_stalled_stays_give_200_alerts(committed_cast: Cast):
    cast = committed_cast
    with workspace_scope(cast.workspace.pk), clock.frozen_at(ENTERED):
        Stage.objects.filter(pipeline=cast.pipeline).update(stall_days=14)
        for number in range(200):
            make_deal(actor=cast.actor(), owner=cast.rep, name=f"{number}")
    barrier = threading.Barrier(6)
    alerts: list[int] = []

    def run() -> None:
        barrier.wait()
        swept = sweep_workspace_stalled(workspace_id=cast.workspace.pk, as_of=LIMIT)
        alerts.append(swept.alerts)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(alerts) == 6, "none of them failed"
    assert sum(alerts) == 200
    with workspace_scope(cast.workspace.pk):
        assert StallAlert.objects.count() == 200
        assert Notification.objects.count() == OutgoingMail.objects.count() == 400
        assert DealEvent.objects.filter(kind=EventKind.STALLED).count() == 200
