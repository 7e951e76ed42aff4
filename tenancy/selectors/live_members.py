"""Who may still listen: asked for all open streams of a process at once, from the global tables alone."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare

from core import clock
from tenancy.models import MembershipKey, User


def people_of(member_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, User]:
    """Member → the person, of those who belong to their workspace and may log in. One query."""
    keys = MembershipKey.objects.filter(membership_id__in=member_ids, user__is_active=True)
    return {key.membership_id: key.user for key in keys.select_related("user")}


def running_sessions(session_keys: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Key → content, of those not ended by logout or age. One query."""
    sessions = Session.objects.filter(session_key__in=session_keys, expire_date__gt=clock.now())
    return {session.session_key: session.get_decoded() for session in sessions}


def is_session_of(session: Mapping[str, Any] | None, user: User | None) -> bool:
    """As Django asks at every request: a changed password leaves the session's row, and makes it worth nothing."""
    if session is None or user is None or session.get(SESSION_KEY) != str(user.pk):
        return False
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(session.get(HASH_SESSION_KEY, ""), known) for known in hashes)
