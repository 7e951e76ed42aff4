"""Taking syllables apart and putting finals under them: enough to change a Korean verb's ending."""

from __future__ import annotations

FIRST = 0xAC00
FINALS = 28
RIEUL, MIEUM = 8, 16
RIEUL_MIEUM = 10


def final_index(syllable: str) -> int:
    """0 for none; anything but a Hangul syllable has none."""
    code = ord(syllable) - FIRST
    return code % FINALS if 0 <= code < 11172 else 0


def with_final(syllable: str, final: int) -> str:
    code = ord(syllable) - FIRST
    return chr(FIRST + code - code % FINALS + final)


def as_fact(stem: str) -> str:
    """받 → 받음, 살펴보 → 살펴봄, 만들 → 만듦."""
    last = stem[-1]
    final = final_index(last)
    if final == 0:
        return stem[:-1] + with_final(last, MIEUM)
    return stem[:-1] + with_final(last, RIEUL_MIEUM) if final == RIEUL else stem + "음"


def under_way(stem: str) -> str:
    """받 → 받는 중, 만들 → 만드는 중."""
    last = stem[-1]
    return (stem[:-1] + with_final(last, 0) if final_index(last) == RIEUL else stem) + "는 중"
