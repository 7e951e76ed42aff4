"""The counts on the rail."""

from __future__ import annotations

import uuid

from django.db.models import Count, IntegerField, Subquery, Value
from django.db.models.functions import Coalesce

from core import clock
from deals.models import Task
from deals.models.task import PENDING
from deals.selectors.stalled import stalled_q
from deals.selectors.visible import visible_to
from pipeline.models import Stage
from tenancy.permissions import Actor
from tenancy.scope import current_zone


def nav_counts(actor: Actor) -> dict[str, int]:
    """`tasks_due`: the actor's tasks due today or late. `stalled`: the visible deals that are stalled. Two queries."""
    now = clock.now()
    due = (
        Task.objects.filter(
            PENDING,
            assignee_id=actor.member_id,
            due_on__lte=clock.local_date(now, current_zone()),
            deal__in=visible_to(actor),
        )
        .order_by()
        .annotate(one=Value(1))
        .values("one")
        .annotate(count=Count("pk"))
        .values("count")
    )
    # The count of tasks rides on the query for the limits: it is evaluated once.
    rows = Stage.objects.annotate(
        due=Coalesce(Subquery(due, output_field=IntegerField()), Value(0))
    ).values_list("pk", "stall_days", "due")
    limits: dict[int, list[uuid.UUID]] = {}
    tasks_due = 0
    for stage_id, days, count in rows:
        tasks_due = count
        if days:
            limits.setdefault(days, []).append(stage_id)
    stalled = visible_to(actor).filter(stalled_q(as_of=now, limits=limits)).count() if limits else 0
    return {"tasks_due": tasks_due, "stalled": stalled}
