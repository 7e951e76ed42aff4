"""Names called in a text: "@김도윤" is kept as "@{id}", so that it follows a new name (selectors/mentions.py reads it)."""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from tenancy.models import Membership
from tenancy.selectors.members import active_members

# Not after a letter or digit: an address is no call.
CALL = re.compile(r"(?<![A-Za-z0-9._%+\-])@(?=[^\s@{])")
NAME_GOES_ON = re.compile(r"[A-Za-z0-9]")


def link_mentions(text: str, *, chosen: Collection[uuid.UUID] = ()) -> str:
    """The text with active members' names behind an @ as ids. `chosen`: which of several of one name is meant.

    A name that two have and nobody chose stays text: a wrong person called is worse than none.
    """
    if "@" not in text:
        return text
    by_name = _by_name(active_members(), chosen)
    if not by_name:
        return text
    longest = max(len(name) for name in by_name)
    out: list[str] = []
    end = 0
    for call in CALL.finditer(text):
        name = _name_at(text, call.end(), by_name, longest)
        if name is not None:
            out += [text[end : call.start()], f"@{{{by_name[name]}}}"]
            end = call.end() + len(name)
    return "".join([*out, text[end:]])


def _by_name(members: Iterable[Membership], chosen: Collection[uuid.UUID]) -> dict[str, uuid.UUID]:
    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    for member in members:
        found[member.display_name.lower()].append(member.pk)
    meant = {name: [ident for ident in ids if ident in chosen] or ids for name, ids in found.items()}
    return {name: ids[0] for name, ids in meant.items() if len(ids) == 1}


def _name_at(text: str, start: int, by_name: Mapping[str, uuid.UUID], longest: int) -> str | None:
    """The longest name that stands at `start`; "Ann" is not in "Annabel", but 김도윤 is in "김도윤님"."""
    behind = text[start : start + longest].lower()
    for length in range(len(behind), 0, -1):
        name = behind[:length]
        following = text[start + length : start + length + 1]
        runs_on = NAME_GOES_ON.match(name[-1]) and NAME_GOES_ON.match(following)
        if name in by_name and not runs_on:
            return name
    return None
