"""Give all open deals, or all open tasks, of one member to another: the set-based sibling of `edit_deal`."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import transaction
from django.db.models import Count, F

from core import clock, outbox
from core.ids import uuid7
from deals.models import Deal, DealEvent, EventKind, Outcome, Task
from deals.models.task import PENDING
from deals.selectors.visible import visible_to
from deals.services.checks import checked_owner
from tenancy.models import Membership
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_workspace_id


@transaction.atomic
def hand_over_deals(*, holder: Membership, heir: Membership | None, actor: Actor) -> int:
    """Every open deal of `holder` becomes `heir`'s (None: nobody's); closed ones keep their owner, as history.

    Each deal gets what an ordinary change of owner gives it: a new version, an event with from → to, a row in its
    history. Four statements, however many deals. Raises NotAllowed, InvalidInput for somebody who has left.
    """
    actor.require(Permission.EDIT_DEALS)
    checked_owner(heir)
    mine = visible_to(actor).filter(owner=holder, outcome=Outcome.OPEN)
    # Held in the order of ids, like everybody who holds several: a drag on the way ends first.
    ids = list(mine.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    if not ids:
        return 0
    Deal.objects.filter(pk__in=ids).update(owner=heir, version=F("version") + 1)
    changed = {"owner": {"from": str(holder.pk), "to": str(heir.pk) if heir else None}}
    now = clock.now()
    DealEvent.objects.bulk_create(
        DealEvent(
            id=uuid7(),
            deal_id=deal_id,
            kind=EventKind.EDITED,
            actor_id=actor.member_id,
            at=now,
            data={"fields": changed},
        )
        for deal_id in ids
    )
    outbox.announce(current_workspace_id())
    return len(ids)


@transaction.atomic
def hand_over_tasks(*, holder: Membership, heir: Membership | None, actor: Actor) -> int:
    """Every task that `holder` still had to do becomes `heir`'s, on whoever's deal. One statement."""
    actor.require(Permission.EDIT_DEALS)
    checked_owner(heir)
    mine = Task.objects.filter(PENDING, assignee=holder, deal__in=visible_to(actor))
    return mine.update(assignee=heir)


def open_deals_of(member_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many open deals each of the members has. One query."""
    rows = visible_to(Actor.system()).filter(owner_id__in=member_ids, outcome=Outcome.OPEN)
    return dict(rows.order_by().values_list("owner_id").annotate(Count("pk")))


def open_tasks_of(member_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many tasks each of the members has still to do. One query."""
    tasks = Task.objects.filter(PENDING, deal__in=visible_to(Actor.system()), assignee_id__in=member_ids)
    return dict(tasks.order_by().values_list("assignee_id").annotate(Count("pk")))
