"""Letters: mail that a room on a low floor has reason to send, and that automation sends.

The room registers a writer under the letter's kind in its AppConfig.ready(), and posts a letter by the id of the row
that it is about, in the transaction of the change. The post office, further up, keeps it until it is sent, and only
then has it written: in the reader's language, from what the row has become.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives

# The message for the row of that id in the workspace entered, or None where nobody is to get it any more.
type Writer = Callable[[uuid.UUID], EmailMultiAlternatives | None]


@dataclass(frozen=True, slots=True)
class Office:
    """`take(kind, id)` keeps a letter for sending; `undelivered(kind, ids)` names those that were given up."""

    take: Callable[[str, uuid.UUID], None]
    undelivered: Callable[[str, Collection[uuid.UUID]], set[uuid.UUID]]


_writers: dict[str, Writer] = {}
_offices: list[Office] = []


def register_writer(kind: str, writer: Writer) -> None:
    """Add `writer` under a unique kind of at most 20 letters."""
    if _writers.get(kind, writer) is not writer:
        raise RuntimeError(f"two writers write {kind!r}")
    _writers[kind] = writer


def open_office(office: Office) -> None:
    """There is one."""
    _offices[:] = [office]


def post(kind: str, row_id: uuid.UUID) -> None:
    """Send the letter of that kind about the row, once this transaction has committed."""
    if kind not in _writers:
        raise LookupError(f"nobody writes {kind!r}")
    for office in _offices:
        office.take(kind, row_id)


def written(kind: str, row_id: uuid.UUID) -> EmailMultiAlternatives | None:
    """The letter itself. Raises LookupError for a kind that nobody writes any more."""
    return _writers[kind](row_id)


def undelivered(kind: str, row_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Of which of the rows the letter was given up. One query, none without rows."""
    found: set[uuid.UUID] = set()
    for office in _offices if row_ids else ():
        found |= office.undelivered(kind, row_ids)
    return found
