"""Record that the buyer has chosen us."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, InvalidInput, NotFound
from deals.services.checks import checked_date, checked_text
from deals.services.placing import lock_deal
from strategy.models import Selection, Tool
from strategy.services.record import record_act
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_zone


@transaction.atomic
def record_selection(*, deal_id: uuid.UUID, said_by: str, on: date, actor: Actor) -> Selection:
    """The buyer has chosen us: who said so, on which day. The same again is what is there.

    Raises Conflict where it is recorded otherwise already, InvalidInput, NotAllowed, NotFound.
    """
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    said_by = " ".join(checked_text(said_by, "said_by", 120).split())
    if not said_by:
        raise InvalidInput.of("said_by", _("Write who of the buyer said it."), "required")
    checked_date(on, "on")
    if on > clock.local_date(clock.now(), current_zone()):
        raise InvalidInput.of("on", _("This day has not come yet."), "out_of_range")
    there = Selection.objects.filter(deal=deal, removed_at=None).first()
    if there is not None:
        if (there.said_by, there.on) == (said_by, on):
            return there
        raise Conflict(_("It is recorded already that the buyer has chosen us. Take that back first."))
    made = Selection.objects.create(deal=deal, said_by=said_by, on=on, by=actor.member)
    record_act(deal, Tool.COMPARISON, "selected", actor, on=on.isoformat())
    return made


@transaction.atomic
def withdraw_selection(*, deal_id: uuid.UUID, actor: Actor) -> Selection:
    """Take it back. Raises NotFound where nothing is recorded."""
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    there = Selection.objects.filter(deal=deal, removed_at=None).first()
    if there is None:
        raise NotFound
    there.removed_at = clock.now()
    there.save()
    record_act(deal, Tool.COMPARISON, "unselected", actor)
    return there
