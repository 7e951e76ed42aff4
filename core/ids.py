"""Identifiers: UUIDv7, made in Python, so that rows sort by creation and PostgreSQL 15 will do."""

from __future__ import annotations

import uuid

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> uuid.UUID:
    return _uuid7()


def parse_uuid(text: str) -> uuid.UUID | None:
    """The UUID that `text` names, or None: a malformed id is simply one that does not exist."""
    try:
        return uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None
