"""The rules for Korean names. The ending tells the tense; what is matched elsewhere is matched without blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.naming import english, hangul
from pipeline.naming import korean_words as words
from pipeline.naming.tense import Tense

BLANKS = re.compile(r"\s+")
GERUND = re.compile(r"^(?P<before>.*?)(?P<stem>[가-힣]+)기$")


def joined(name: str) -> str:
    return BLANKS.sub("", name).lower()


# Tense -------------------------------------------------------------------------------------------------------------


def tense_of(name: str) -> Tense:
    ending = name.rstrip(" .!~…")
    if words.NOT_BEGUN.search(ending):
        return Tense.NOT_BEGUN
    if words.UNDER_WAY.search(ending) and not words.NOT_UNDER_WAY.search(ending):
        return Tense.IN_PROGRESS
    if words.FINISHED.search(ending) and not words.NOT_FINISHED.search(ending):
        return Tense.FINISHED
    # "미팅 booked"
    return english.tense_of(name) if ending[-1:].isascii() else Tense.UNCLEAR


# Whose step --------------------------------------------------------------------------------------------------------


def is_our_action(name: str) -> bool:
    text = joined(name)
    if words.BUYER_RECEIVES.search(text) or words.BUYER_ACTS.search(name):
        return False
    if words.BUYERS_THING.search(text):
        return False
    return bool(words.OUR_ACTION.search(text))


# Names that name nothing -------------------------------------------------------------------------------------------


def is_outcome(name: str) -> bool:
    parts = [part for part in re.split(r"[/·,\s]+", joined(name)) if part]
    return bool(parts) and all(part in words.OUTCOMES for part in parts)


def is_vague(name: str) -> bool:
    parts = [part for part in re.split(r"[/·,\-\s]+", name.lower()) if part]
    return all(part in words.SAYS_NOTHING or words.ONLY_A_NUMBER.fullmatch(part) for part in parts)


# Suggestions -------------------------------------------------------------------------------------------------------


def suggestions_for(name: str, fault: str) -> Iterable[str]:
    if fault == "outcome":
        return () if words.LOST.search(joined(name)) else (words.LAST_STEP,)
    same_step = with_a_tense(name) if fault == "open_tense" else ()
    found = (*same_step, *about(name))
    if found:
        return found
    return (f"{name} 완료", f"{name} 중") if fault == "open_tense" else words.FIRST_STEPS


def with_a_tense(name: str) -> tuple[str, ...]:
    """The same step with its tense: "제품 살펴보기" → "제품 살펴보는 중", "미팅 약속" → "미팅 약속 완료"."""
    if name.endswith("하기"):
        thing = name[:-2].rstrip()
        return (f"{thing} 중", f"{thing} 완료") if thing else ()
    verb = GERUND.match(name)
    if verb and verb["stem"].endswith(words.VERB_STEMS):
        before, stem = verb["before"], verb["stem"]
        fact = before + hangul.as_fact(stem)
        return (fact,) if stem.endswith("받") else (before + hangul.under_way(stem), fact)
    if name.endswith(words.DONE_AT_ONCE):
        return (f"{name} 완료",)
    return (f"{name} 중", f"{name} 완료") if name.endswith(words.TAKES_TIME) else ()


def about(name: str) -> tuple[str, ...]:
    """What the buyer can have reached in the matter that the name is about."""
    text = joined(name)
    for subject, proposals in words.SUBJECTS:
        if re.search(subject, text):
            return proposals
    return ()
