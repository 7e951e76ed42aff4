"""What the triggers write down of each kind of change, and that a cursor finds exactly what is new."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connections

from contacts.models import Company
from core.live import acting_for
from deals.models import Deal
from deals.models.event import EventKind
from deals.services.criteria import check_criterion
from deals.services.dispatch_events import dispatch_events
from deals.services.edit_deal import delete_deal, edit_deal
from deals.services.move_deal import move_deal
from deals.services.notes import add_note
from deals.services.placing import Edge
from deals.services.tasks import add_task
from pipeline.models import ExitCriterion, Stage
from tenancy.models import Change, Membership
from tenancy.scope import workspace_scope
from tenancy.selectors.changes import MOST_DEALS, Changes, changes_since, current_cursor
from tenancy.services.forget_changes import forget_changes
from tests.factories import Cast, make_deal

TAB = "tab-of-the-rep-1"


def told(cast: Cast, act: Callable[[], Any], *, tab: str = "") -> Changes:
    """What a page hears of `act`."""
    with workspace_scope(cast.workspace.pk):
        cursor = current_cursor()
    with acting_for(tab), workspace_scope(cast.workspace.pk):
        act()
    with workspace_scope(cast.workspace.pk):
        return changes_since(cursor)


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:
    """Committed: within one transaction everything is new at every look."""
    return committed_cast


@pytest.fixture
def deal(cast: Cast) -> Deal:
    with workspace_scope(cast.workspace.pk):
        return make_deal(actor=cast.actor())


def stages(cast: Cast) -> list[Stage]:
    with workspace_scope(cast.workspace.pk):
        return list(Stage.objects.filter(pipeline=cast.pipeline).order_by("position"))


def test_a_move_names_both_stages_and_who(cast: Cast, deal: Deal) -> None:
    target = stages(cast)[-1]

    def act() -> None:
        move_deal(
            deal_id=deal.pk,
            to_stage=target.pk,
            actor=cast.actor("leader"),
            expected_version=deal.version,
            override_reason="hurry",
        )

    change = told(cast, act, tab=TAB).deals[deal.pk]
    assert change.stages == {deal.stage_id, target.pk}
    assert change.actor == cast.leader.pk
    assert EventKind.STAGE_CHANGED in change.kinds
    assert change.origins == {TAB}


def test_what_writes_no_event_is_told_as_well(cast: Cast, deal: Deal) -> None:
    with workspace_scope(cast.workspace.pk):
        other = make_deal(actor=cast.actor(), name="other")

    def reorder() -> None:
        move_deal(
            deal_id=other.pk,
            to_stage=other.stage_id,
            actor=cast.actor(),
            expected_version=None,
            place=Edge.TOP,
        )

    def snooze() -> None:
        Deal.objects.filter(pk=deal.pk).update(snoozed_until="2030-01-01")

    assert set(told(cast, reorder).deals) == {other.pk}
    assert set(told(cast, snooze).deals) == {deal.pk}


def test_tasks_ticks_notes_and_deletion_are_told(cast: Cast, deal: Deal) -> None:
    actor = cast.actor()
    with workspace_scope(cast.workspace.pk):
        criterion = ExitCriterion.objects.filter(kind="manual").first()
    assert criterion is not None
    acts: list[Callable[[], Any]] = [
        lambda: add_task(deal_id=deal.pk, name="call", actor=actor),
        lambda: check_criterion(deal_id=deal.pk, criterion_id=criterion.pk, met=True, actor=actor),
        lambda: add_note(deal_id=deal.pk, body="hello", actor=actor),
        lambda: edit_deal(deal_id=deal.pk, changes={"source": "fair"}, actor=actor, expected_version=None),
        lambda: delete_deal(deal_id=deal.pk, actor=actor),
    ]
    for act in acts:
        found = told(cast, act).deals
        assert set(found) == {deal.pk}
        assert found[deal.pk].actor == cast.rep.pk or "criterion" in found[deal.pk].kinds


def test_tasks_made_by_the_worker_are_told_without_an_origin(cast: Cast, deal: Deal) -> None:
    found = told(cast, lambda: dispatch_events(workspace_id=cast.workspace.pk))
    assert found.deals[deal.pk].origins == {""}


def test_designing_a_pipeline_and_renaming_concern_whole_boards(cast: Cast, deal: Deal) -> None:
    stage = stages(cast)[0]
    with workspace_scope(cast.workspace.pk):
        company = Company.objects.create(name="before")

    designed = told(cast, lambda: Stage.objects.filter(pk=stage.pk).update(name="another name"))
    assert designed.designs == {cast.pipeline.pk}
    assert not designed.deals
    reviewed = told(cast, lambda: Stage.objects.filter(pk=stage.pk).update(is_essential=True))
    assert not reviewed
    assert told(cast, lambda: Company.objects.filter(pk=company.pk).update(name="after")).names
    assert told(cast, lambda: Membership.objects.filter(pk=cast.rep.pk).update(display_name="new")).names


def test_many_deals_in_one_statement_name_their_columns_only(cast: Cast, deal: Deal) -> None:
    def act() -> None:
        for number in range(60):
            make_deal(actor=cast.actor(), name=f"deal {number}")

    with workspace_scope(cast.workspace.pk):
        act()
    found = told(cast, lambda: Deal.objects.update(source="import"))
    assert not found.deals
    assert found.stages == {deal.stage_id}
    assert not found.missed
    assert MOST_DEALS > 60


def test_another_workspace_hears_nothing(cast: Cast, deal: Deal) -> None:
    with workspace_scope(cast.rival.pk):
        cursor = current_cursor()
    with workspace_scope(cast.workspace.pk):
        add_note(deal_id=deal.pk, body="hello", actor=cast.actor())
    with workspace_scope(cast.rival.pk):
        assert not changes_since(cursor)


@pytest.mark.parametrize(
    "cursor", ["", "x", "1.2:3:", "99999999999.1:1:", "0.1:1:1'; DROP TABLE x", "1.9:1:"]
)
def test_a_cursor_that_cannot_be_read_or_is_too_old_means_everything(cast: Cast, cursor: str) -> None:
    with workspace_scope(cast.workspace.pk):
        found = changes_since(cursor)
        assert found.missed
        assert not changes_since(found.cursor).missed


def test_a_change_that_began_before_a_look_and_ends_after_it_is_not_missed(cast: Cast) -> None:
    """The reason for snapshots: by any counter, the second look would begin behind it."""
    with workspace_scope(cast.workspace.pk):
        slow, quick = (make_deal(actor=cast.actor(), name=name) for name in ("slow", "quick"))
        cursor = current_cursor()
    written, go = Event(), Event()

    def work() -> None:
        with workspace_scope(cast.workspace.pk):
            Deal.objects.filter(pk=slow.pk).update(source="slow")
            written.set()
            go.wait(10)
        connections.close_all()

    with workspace_scope(cast.workspace.pk):
        cursor = current_cursor()
    thread = Thread(target=work)
    thread.start()
    assert written.wait(10)
    with workspace_scope(cast.workspace.pk):
        Deal.objects.filter(pk=quick.pk).update(source="quick")
    with workspace_scope(cast.workspace.pk):
        first = changes_since(cursor)
    go.set()
    thread.join()
    with workspace_scope(cast.workspace.pk):
        second = changes_since(first.cursor)
    assert set(first.deals) == {quick.pk}
    assert set(second.deals) == {slow.pk}


def test_what_no_page_can_ask_for_any_more_is_forgotten(cast: Cast, deal: Deal) -> None:
    with workspace_scope(cast.workspace.pk):
        first = Change.objects.first()
        kept = Change.objects.count() - 1
        Change.objects.filter(pk=first.pk).update(at="2020-01-01T00:00Z")
    assert forget_changes(workspace_id=cast.workspace.pk) == 1
    with workspace_scope(cast.workspace.pk):
        assert Change.objects.count() == kept


def test_a_look_is_one_query(cast: Cast, deal: Deal, query_count: Any) -> None:
    with workspace_scope(cast.workspace.pk):
        cursor = current_cursor()
        with query_count() as counted:
            changes_since(cursor)
        assert counted() == 1
