"""Who may still listen: asked for all open streams of a process at once, from the global tables alone."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.contrib.sessions.models import Session

from core import clock
from tenancy.models import MembershipKey


def active_member_ids(member_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those who belong to their workspace and may log in. One query."""
    keys = MembershipKey.objects.filter(membership_id__in=member_ids, user__is_active=True)
    return set(keys.values_list("membership_id", flat=True))


def running_sessions(session_keys: Collection[str]) -> set[str]:
    """Those not ended by logout, a changed password or age. One query."""
    sessions = Session.objects.filter(session_key__in=session_keys, expire_date__gt=clock.now())
    return set(sessions.values_list("session_key", flat=True))
