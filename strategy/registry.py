"""What each tool makes known of itself: where it is, what it says of a deal in a word, what it warns of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deals.models import Deal, DealEvent
    from deals.telling import Told


@dataclass(frozen=True, slots=True)
class State:
    """In a word how a tool stands on a deal ("no issue yet", "5/9 · agreed"). `tone`: "", "due", "late" or "won"."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ToolEntry:
    """`url`: name of its page, which takes the workspace's slug and the deal's id. `state`: of one deal, in one or two
    queries. `tell`: an event of its own acts in words; None where it is told as work on the tool."""

    tool: str
    icon: str
    url: str
    state: Callable[[Deal], State]
    tell: Callable[[DealEvent], Told | None] | None = None


_entries: dict[str, ToolEntry] = {}


def register(entry: ToolEntry) -> None:
    _entries[entry.tool] = entry


def entries() -> Mapping[str, ToolEntry]:
    return _entries
