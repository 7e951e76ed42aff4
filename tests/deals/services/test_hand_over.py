"""Handing over is many ordinary changes of owner, made at once."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput, NotAllowed
from deals.models import Deal, DealEvent, DealVersion, EventKind
from deals.services.edit_deal import delete_deal, edit_deal
from deals.services.hand_over import hand_over_deals, hand_over_tasks
from tenancy.models import DueWork
from tenancy.scope import workspace_scope
from tenancy.services.let_go import let_go
from tenancy.services.members import deactivate_member
from tests.factories import Cast, make_deal

CEILING = 30


@pytest.fixture
def acme(cast: Cast):
    with workspace_scope(cast.workspace.pk):
        yield cast


def test_each_deal_gets_what_an_edit_would_give_it(acme: Cast) -> None:
    by_hand = make_deal(actor=acme.actor(), owner=acme.rep)
    at_once = make_deal(actor=acme.actor(), owner=acme.rep)
    edit_deal(deal_id=by_hand.pk, changes={"owner": acme.leader}, actor=acme.actor("admin"))
    assert hand_over_deals(holder=acme.rep, heir=acme.leader, actor=acme.actor("admin")) == 1
    by_hand.refresh_from_db()
    at_once.refresh_from_db()
    assert (by_hand.owner_id, by_hand.version) == (at_once.owner_id, at_once.version)

    def traces(deal: Deal) -> tuple[object, ...]:
        event = DealEvent.objects.filter(deal=deal).latest("at", "pk")
        versions = DealVersion.objects.filter(pgh_obj_id=deal.pk).order_by("pgh_id")
        return (
            (event.kind, event.actor_id, event.data, event.dispatched_at),
            [(version.pgh_label, version.owner_id) for version in versions],
        )

    assert traces(by_hand) == traces(at_once)


def test_a_deal_that_is_out_of_sight_stays(acme: Cast) -> None:
    gone = make_deal(actor=acme.actor(), owner=acme.rep)
    delete_deal(deal_id=gone.pk, actor=acme.actor())
    assert hand_over_deals(holder=acme.rep, heir=acme.leader, actor=acme.actor("admin")) == 0
    assert Deal.objects.get(pk=gone.pk).owner == acme.rep


def test_the_dispatcher_hears_of_it(acme: Cast) -> None:
    make_deal(actor=acme.actor(), owner=acme.rep)
    DueWork.objects.all().delete()
    hand_over_deals(holder=acme.rep, heir=None, actor=acme.actor("admin"))
    assert DueWork.objects.filter(workspace_id=acme.workspace.pk, kind="events").exists()


def test_a_viewer_hands_nothing_over(acme: Cast) -> None:
    for hand_over in (hand_over_deals, hand_over_tasks):
        with pytest.raises(NotAllowed):
            hand_over(holder=acme.rep, heir=acme.leader, actor=acme.actor("viewer"))


def test_nothing_goes_to_somebody_who_has_left(acme: Cast) -> None:
    deactivate_member(member=acme.leader)
    for hand_over in (hand_over_deals, hand_over_tasks):
        with pytest.raises(InvalidInput):
            hand_over(holder=acme.rep, heir=acme.leader, actor=acme.actor("admin"))


def test_five_hundred_deals_in_a_fixed_number_of_statements(acme: Cast, query_count) -> None:
    first = make_deal(actor=acme.actor(), owner=acme.rep)
    copies = [
        Deal(
            pipeline_id=first.pipeline_id,
            stage_id=first.stage_id,
            owner=acme.rep,
            name=f"딜 {number}",
            currency="KRW",
            rank=f"{first.rank}{number:04}1",
        )
        for number in range(499)
    ]
    Deal.objects.bulk_create(copies)
    with query_count() as counted:
        let_go(
            member_id=acme.rep.pk,
            heirs={"deals": acme.other_rep.pk, "tasks": acme.other_rep.pk},
            actor=acme.actor("admin"),
        )
    assert counted() <= CEILING
    assert Deal.objects.filter(owner=acme.other_rep).count() == 500
    assert set(Deal.objects.values_list("version", flat=True)) == {2}
    assert DealEvent.objects.filter(kind=EventKind.EDITED).count() == 500
    assert DealVersion.objects.filter(pgh_label="update", owner=acme.other_rep).count() == 500
