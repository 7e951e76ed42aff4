"""How a person's place on the map is proposed: rank by the title, influence by what was seen. The user decides."""

from __future__ import annotations

import re
from collections.abc import Collection

# From these on somebody counts as an executive, and as somebody of influence.
EXECUTIVE = 75
INFLUENTIAL = 60
# Below it, rank and influence are low: the left and the lower half of the map.
MIDDLE = 50

# Sign → how much it speaks for influence; nothing seen but the person is a quarter of the way.
BASE = 15
WEIGHTS = {
    "speaks_up": 25,
    "led_projects": 20,
    "knows_how": 20,
    "awaited": 30,
    "brings_others": 20,
}

# Title → rank. Longer titles first where one is part of another; the first that fits is taken.
TITLES: tuple[tuple[int, tuple[str, ...]], ...] = (
    (88, ("부사장", "vice president", "evp", "svp", "vp")),
    (96, ("대표", "사장", "회장", "ceo", "president", "founder")),
    (90, ("전무", "cfo", "coo", "cto", "cio", "cso", "cmo", "chief", "managing director")),
    (82, ("상무", "이사", "임원", "executive director", "general manager")),
    (76, ("본부장", "사업부장", "실장", "head of", "director")),
    (62, ("부장", "센터장", "senior manager")),
    (55, ("팀장", "team lead", "team leader")),
    (48, ("차장",)),
    (40, ("과장", "책임", "manager")),
    (26, ("대리", "선임", "specialist", "engineer", "analyst")),
    (14, ("사원", "주임", "인턴", "staff", "assistant", "intern", "associate")),
)


def influence_of(signs: Collection[str]) -> int | None:
    """The influence that what was seen speaks for, 0 to 100; None where nothing was."""
    if not signs:
        return None
    return min(100, BASE + sum(WEIGHTS[sign] for sign in signs))


def rank_of(title: str) -> int | None:
    """The rank that a title is usually worth, 0 to 100; None for one that is not known."""
    title = " ".join(title.lower().split())
    for rank, names in TITLES:
        if any(_stands_in(name, title) for name in names):
            return rank
    return None


def _stands_in(name: str, title: str) -> bool:
    """Korean titles stand at the end of longer words (영업본부장), English ones are words of their own."""
    return bool(re.search(rf"\b{re.escape(name)}\b", title)) if name.isascii() else name in title
