"""Korean particles by the final sound of the word before them."""

from __future__ import annotations

import re
from enum import Enum

HANGUL_FIRST, HANGUL_LAST = 0xAC00, 0xD7A3
RIEUL_INDEX = 8


class Final(Enum):
    NONE = 0
    RIEUL = 1
    OTHER = 2


# As read aloud: 영 일 이 삼 사 오 육 칠 팔 구.
DIGITS = dict(
    zip(
        "0123456789",
        (
            Final.OTHER,
            Final.RIEUL,
            Final.NONE,
            Final.OTHER,
            Final.NONE,
            Final.NONE,
            Final.OTHER,
            Final.RIEUL,
            Final.RIEUL,
            Final.NONE,
        ),
        strict=True,
    )
)
# Letters read by their names: 엘 엠 엔 알; the other names end in a vowel.
LETTERS = {"L": Final.RIEUL, "R": Final.RIEUL, "M": Final.OTHER, "N": Final.OTHER}
WORD_WITH_FINAL = re.compile(r"(?:[mn]|ng|ck|(?<![aeiou])[aeiou][bcpkt])$")


def final_of(text: str) -> Final:
    """The final consonant of the last thing that is read aloud; brackets and quotes are not."""
    spoken = text.rstrip().rstrip("\"'”’)]}>」』.,!?…")
    if not spoken:
        return Final.NONE
    last = spoken[-1]
    if HANGUL_FIRST <= ord(last) <= HANGUL_LAST:
        index = (ord(last) - HANGUL_FIRST) % 28
        return Final.NONE if not index else Final.RIEUL if index == RIEUL_INDEX else Final.OTHER
    if last in DIGITS:
        return _final_of_number(spoken)
    if last.isascii() and last.isalpha():
        return _final_of_word(spoken)
    return Final.NONE


def _final_of_number(spoken: str) -> Final:
    digits = re.search(r"[\d,]+$", spoken)
    number = digits.group().replace(",", "") if digits else ""
    zeros = len(number) - len(number.rstrip("0"))
    if zeros == len(number):
        return DIGITS["0"]
    # 십 백 천 만 억 end in a consonant, 조 in a vowel.
    return DIGITS[number[-1]] if not zeros else Final.NONE if 12 <= zeros < 16 else Final.OTHER


def _final_of_word(spoken: str) -> Final:
    found = re.search(r"[A-Za-z]+$", spoken)
    word = found.group() if found else ""
    if word.isupper():
        return LETTERS.get(word[-1], Final.NONE)
    word = word.lower()
    if word.endswith("l"):
        return Final.RIEUL
    return Final.OTHER if WORD_WITH_FINAL.search(word) else Final.NONE


def josa(word: str, pair: str) -> str:
    """`word` with the fitting one of "을/를", "이/가", "은/는", "과/와", "으로/로" (the first is for a final consonant).

    Before 으로/로 a final ㄹ counts as a vowel.
    """
    after_consonant, _, after_vowel = pair.partition("/")
    final = final_of(word)
    takes_first = final is Final.OTHER or (final is Final.RIEUL and after_consonant != "으로")
    return word + (after_consonant if takes_first else after_vowel)
