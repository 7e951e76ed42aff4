"""What PostgreSQL says when two transactions have met: nothing is wrong with either, and one may be tried again."""

from __future__ import annotations

from django.db import OperationalError

DEADLOCK, SERIALIZATION_FAILURE = "40P01", "40001"


def is_passing(error: BaseException) -> bool:
    """Whether the same work may well succeed the next moment. The transaction was rolled back wholly."""
    code = getattr(error.__cause__, "pgcode", None)
    return isinstance(error, OperationalError) and code in (DEADLOCK, SERIALIZATION_FAILURE)
