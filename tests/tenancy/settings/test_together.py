"""Two who act at the same moment: for real, in threads, with commits."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections

from core.errors import Conflict, InvalidInput
from tenancy.models import Membership
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope
from tenancy.services.let_go import let_go
from tenancy.services.members import add_team
from tenancy.services.roles import change_role, change_team
from tenancy.services.teams import archive_team
from tests.factories import Cast

ROUNDS = 5


def at_once(cast: Cast, *acts: Callable[[], object]) -> list[Exception | None]:
    """Each act in a thread and a transaction of its own; what each raised."""
    start = threading.Barrier(len(acts))
    raised: list[Exception | None] = [None] * len(acts)

    def run(place: int) -> None:
        try:
            start.wait()
            with workspace_scope(cast.workspace.pk):
                acts[place]()
        except Exception as error:
            raised[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def two_owners(cast: Cast) -> tuple[Membership, Membership, Actor, Actor]:
    with workspace_scope(cast.workspace.pk):
        both = Membership.objects.filter(pk__in=[cast.owner.pk, cast.admin.pk])
        both.update(role="owner", deactivated_at=None)
        first, second = both.select_related("user").order_by("display_name")
    return first, second, Actor.of(first), Actor.of(second)


def owners(cast: Cast) -> int:
    with workspace_scope(cast.workspace.pk):
        return Membership.objects.filter(role="owner", deactivated_at=None).count()


def test_two_owners_who_demote_each_other_leave_one(committed_cast: Cast) -> None:
    for _round in range(ROUNDS):
        first, second, by_first, by_second = two_owners(committed_cast)
        raised = at_once(
            committed_cast,
            lambda second=second, by_first=by_first: change_role(
                member_id=second.pk, role="rep", actor=by_first
            ),
            lambda first=first, by_second=by_second: change_role(
                member_id=first.pk, role="rep", actor=by_second
            ),
        )
        assert [type(error) for error in raised if error] == [Conflict]
        assert owners(committed_cast) == 1


def test_two_owners_who_let_each_other_go_leave_one(committed_cast: Cast) -> None:
    first, second, by_first, by_second = two_owners(committed_cast)
    raised = at_once(
        committed_cast,
        lambda: let_go(member_id=second.pk, heirs={}, actor=by_first),
        lambda: let_go(member_id=first.pk, heirs={}, actor=by_second),
    )
    assert [type(error) for error in raised if error] == [Conflict]
    assert owners(committed_cast) == 1


def test_a_team_is_archived_while_somebody_is_placed_in_it(committed_cast: Cast) -> None:
    """Whoever is placed holds the owners first; one of them may be in the team."""
    cast = committed_cast
    for _round in range(ROUNDS):
        with workspace_scope(cast.workspace.pk):
            Membership.objects.filter(pk=cast.rep.pk).update(team=None)
            team = add_team(name=f"영업 {_round}")
            Membership.objects.filter(pk=cast.owner.pk).update(team=team)
        raised = at_once(
            cast,
            lambda team=team: archive_team(team_id=team.pk, move_to=None, actor=cast.actor("admin")),
            lambda team=team: change_team(member_id=cast.rep.pk, team_id=team.pk, actor=cast.actor("owner")),
        )
        assert {type(error) for error in raised if error} <= {InvalidInput}
        with workspace_scope(cast.workspace.pk):
            assert not Membership.objects.filter(team=team).exists()


def test_who_leaves_takes_over_from_nobody(committed_cast: Cast) -> None:
    """A hands over to B while B is let go: B ends with nothing, whichever comes first."""
    from deals.models import Deal
    from tests.factories import make_deal

    cast = committed_cast
    with workspace_scope(cast.workspace.pk):
        make_deal(actor=cast.actor(), owner=cast.rep)
        make_deal(actor=cast.actor(), owner=cast.other_rep)
    at_once(
        cast,
        lambda: let_go(member_id=cast.rep.pk, heirs={"deals": cast.other_rep.pk}, actor=cast.actor("owner")),
        lambda: let_go(
            member_id=cast.other_rep.pk, heirs={"deals": cast.leader.pk}, actor=cast.actor("admin")
        ),
    )
    with workspace_scope(cast.workspace.pk):
        assert not Deal.objects.filter(owner__deactivated_at__isnull=False).exists()
