"""Tickets for the stream of changes: signed, good for a minute, and only in the session that fetched them.

The stream's handler (config/live.py) runs beside Django and asks no database before it has seen one.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from dataclasses import dataclass

from django.core import signing

from core.ids import parse_uuid

GOOD_SECONDS = 60
SALT = "stagecraft.live"


@dataclass(frozen=True, slots=True)
class Ticket:
    workspace_id: uuid.UUID
    member_id: uuid.UUID


def issue_ticket(*, workspace_id: uuid.UUID, member_id: uuid.UUID, session_key: str) -> str:
    """A ticket to this workspace for the holder of this session."""
    content = {"w": workspace_id.hex, "m": member_id.hex, "s": _digest(session_key)}
    return signing.dumps(content, salt=SALT)


def read_ticket(text: str, *, session_key: str) -> Ticket | None:
    """The ticket, or None: forged, too old, or of another session."""
    try:
        content = signing.loads(text, salt=SALT, max_age=GOOD_SECONDS)
        workspace_id, member_id = parse_uuid(content["w"]), parse_uuid(content["m"])
        session = str(content["s"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None
    if workspace_id is None or member_id is None or not session_key:
        return None
    if not hmac.compare_digest(session, _digest(session_key)):
        return None
    return Ticket(workspace_id, member_id)


def _digest(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()[:32]
