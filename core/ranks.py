"""Fractional ranks: strings that sort bytewise (COLLATE "C"), so that placing a card writes one row.

A rank is a base-62 fraction without a trailing "0". Between any two there is always another.
"""

from __future__ import annotations

from itertools import pairwise

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE = len(DIGITS)
_VALUE = {digit: index for index, digit in enumerate(DIGITS)}
# Steps at the ends leave room, so that appending ten thousand cards keeps keys short.
STEP = 3
END_LENGTH = 6


def between(low: str | None, high: str | None) -> str:
    """A rank after `low` and before `high`; None is the open end. Raises ValueError unless low < high."""
    if low is not None and high is not None and low >= high:
        raise ValueError(f"no rank between {low!r} and {high!r}")
    if low is None and high is None:
        return DIGITS[BASE // 2]
    if high is None:
        return _step_up(low or "")
    if low is None:
        return _step_down(high)
    return _middle(low, high)


def spread(count: int) -> list[str]:
    """`count` ascending ranks at even distances: for writing a whole column at once."""
    width = 1
    while BASE**width < (count + 1) * BASE:
        width += 1
    step = BASE**width // (count + 1)
    return [_encode(step * (index + 1), width) for index in range(count)]


def _encode(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, BASE)
        digits.append(DIGITS[digit])
    return "".join(reversed(digits)).rstrip("0") or DIGITS[1]


def _step_up(low: str) -> str:
    raised = _decode(low) + STEP
    if raised < BASE**END_LENGTH:
        return _encode(raised, END_LENGTH)
    return low + DIGITS[BASE // 2]


def _step_down(high: str) -> str:
    lowered = _decode(high) - STEP
    if lowered > 0:
        return _encode(lowered, END_LENGTH)
    return _middle("", high)


def _decode(rank: str) -> int:
    """The first END_LENGTH digits as a number: what follows them does not matter at the ends."""
    return sum(
        _VALUE[digit] * BASE ** (END_LENGTH - 1 - index) for index, digit in enumerate(rank[:END_LENGTH])
    )


def _middle(low: str, high: str) -> str:
    """The shortest rank halfway: digit by digit, borrowing a place where the digits touch."""
    prefix = ""
    index = 0
    while True:
        left = _VALUE[low[index]] if index < len(low) else 0
        right = _VALUE[high[index]] if index < len(high) else BASE
        if left == right:
            prefix += DIGITS[left]
            index += 1
            continue
        if right - left > 1:
            return prefix + DIGITS[(left + right) // 2]
        # The digits touch: keep the lower one and go up behind it, where nothing bounds us from above.
        return prefix + DIGITS[left] + _after(low[index + 1 :])


def _after(tail: str) -> str:
    for index, digit in enumerate(tail):
        if _VALUE[digit] < BASE - 1:
            return tail[:index] + DIGITS[(_VALUE[digit] + BASE) // 2]
    return tail + DIGITS[BASE // 2]


def is_ascending(ranks: list[str]) -> bool:
    return all(low < high for low, high in pairwise(ranks))
