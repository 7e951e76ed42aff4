"""Say which line of a value case follows from which."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import InvalidInput, NotFound
from deals.services.placing import lock_deal
from strategy.models import Box, Tool, ValueEntry, ValueLink
from strategy.services.record import record_work
from tenancy.permissions import Actor, Permission


@transaction.atomic
def link_lines(
    *, deal_id: uuid.UUID, one: uuid.UUID, other: uuid.UUID, actor: Actor, linked: bool = True
) -> None:
    """Link two lines of neighbouring boxes, whichever is named first, or (`linked` False) part them.

    What is so already stays so. Raises InvalidInput, NotAllowed, NotFound.
    """
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    lines = list(ValueEntry.objects.filter(deal=deal, pk__in=[one, other], removed_at=None))
    if len(lines) != 2:
        raise NotFound
    first, then = sorted(lines, key=lambda line: Box.values.index(line.box))
    if Box.values.index(then.box) - Box.values.index(first.box) != 1:
        raise InvalidInput.of("entry", _("Only lines of neighbouring boxes can be linked."), "not_neighbours")
    link = ValueLink.objects.filter(first=first, then=then).first()
    was_linked = link is not None and link.removed_at is None
    if was_linked == linked:
        return
    link = link or ValueLink(deal=deal, first=first, then=then)
    link.removed_at = None if linked else clock.now()
    link.save()
    record_work(deal, Tool.VALUE_CASE, actor)
