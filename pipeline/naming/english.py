"""The rules for English names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from pipeline.naming import english_words as words
from pipeline.naming.tense import Tense

WORD = re.compile(r"[a-z]+(?:['’-][a-z]+)*")


def words_of(name: str) -> list[str]:
    return WORD.findall(name.lower().replace("e-mail", "email"))


# Tense -------------------------------------------------------------------------------------------------------------


def tense_of(name: str) -> Tense:
    found = words_of(name)
    if is_not_begun(found):
        return Tense.NOT_BEGUN
    # "Set up trial" is an order, "Budget set" a fact.
    told = found[1:] if found[:1] and found[0] in words.ORDERS else found
    if any(is_finished(word) for word in told):
        return Tense.FINISHED
    return Tense.IN_PROGRESS if is_in_progress(found) else Tense.UNCLEAR


def is_not_begun(found: list[str]) -> bool:
    return (
        bool(words.NOT_BEGUN.intersection(found))
        or found[:1] == ["to"]
        or ("not" in found and bool({"yet", "begun", "started"}.intersection(found)))
        or has_phrase(found, "less than")
        or has_phrase(found, "ready to")
    )


def is_finished(word: str) -> bool:
    last = word.rpartition("-")[2] or word
    if word in words.NOT_PARTICIPLES or (last.endswith("eed") and last != "agreed"):
        return False
    return word in words.PARTICIPLES or last in words.PARTICIPLES or (last.endswith("ed") and len(last) > 4)


def is_in_progress(found: list[str]) -> bool:
    return (
        any(word.endswith("ing") and len(word) > 5 and word not in words.NOUNS_IN_ING for word in found)
        or found[:1] == ["in"]
        or any(has_phrase(found, phrase) for phrase in words.UNDER_WAY)
    )


# Whose step --------------------------------------------------------------------------------------------------------


def is_our_action(name: str) -> bool:
    found = words_of(name)
    if any(has_phrase(found, phrase) for phrase in words.OUR_PHRASES):
        return not is_buyers(found)
    return is_told_to_us(found) or is_done_by_us(found)


def is_buyers(found: list[str]) -> bool:
    """Whether the buyer is named as the one who acts: "Buyer sent the RFP", "Approved by the customer"."""
    bare = [word for word in found if word not in words.ARTICLES]
    if bare and bare[0] in words.BUYERS:
        # "Customer called": the buyer stands first, but we act on them.
        return not (len(bare) == 2 and bare[1] in words.DONE_TO_PEOPLE)
    return any(first == "by" and second in words.BUYERS for first, second in pairwise(bare))


def is_told_to_us(found: list[str]) -> bool:
    """An order to the rep: "Send proposal", "Call the customer"."""
    if not found:
        return False
    verb, rest = found[0], found[1:]
    if verb in words.ORDERS:
        return True
    if verb in words.MOSTLY_ORDERS:
        return tense_of(" ".join(rest)) is Tense.UNCLEAR
    # "Demo" and "Quote" are things as well; before "the" or a person they are orders.
    return (
        verb in words.THINGS_OR_ORDERS and bool(rest) and rest[0] in words.ARTICLES | words.BUYERS | {"them"}
    )


def is_done_by_us(found: list[str]) -> bool:
    """Something that we did or are doing to the buyer: "Proposal sent", "Contact made", "Pitching"."""
    if is_buyers(found):
        return False
    for place, word in enumerate(found):
        if word in words.DONE_BY_US and not about_buyers_thing(found[:place]):
            return True
        if word in words.DOING_BY_US and not words.BUYERS_THINGS.intersection(found[place + 1 :]):
            return True
    return False


def about_buyers_thing(before: list[str]) -> bool:
    """Whether the last thing named is one that only the buyer can give: "Decision made", "Purchase order sent"."""
    things = [word for word in before if word not in words.AUXILIARIES]
    return bool(things) and things[-1] in words.BUYERS_THINGS


# Names that name nothing -------------------------------------------------------------------------------------------


def is_outcome(name: str) -> bool:
    found = [word for part in words_of(name) for word in part.split("-") if word not in words.ARTICLES]
    return bool(words.OUTCOMES.intersection(found)) and set(found) <= words.AROUND_OUTCOMES


def is_vague(name: str) -> bool:
    found = [word for word in words_of(name) if word not in words.ARTICLES]
    return not found or set(found) <= words.SAYS_NOTHING


# Suggestions -------------------------------------------------------------------------------------------------------


def suggestions_for(name: str, fault: str) -> Iterable[str]:
    if fault == "outcome":
        return ("Decided and signed",) if not words.LOST.intersection(words_of(name)) else ()
    found = words_of(name)
    for keys, proposals in words.SUBJECTS:
        if any(has_phrase(found, key) for key in keys):
            return proposals
    if fault == "open_tense":
        return completed(name)
    return ("Meeting booked", "Exploring the product")


def completed(name: str) -> Iterable[str]:
    """The name with a tense behind it: right for a thing ("Security review"), not for an order ("Sign contract")."""
    found = words_of(name)
    if found[0] in words.BUYERS_VERBS:
        finished, under_way = words.BUYERS_VERBS[found[0]]
        rest = " ".join(name.split()[1:])
        return (
            (f"{under_way} {rest}", f"{rest[:1].upper()}{rest[1:]} {finished}")
            if rest
            else (under_way.strip(),)
        )
    return (f"{name} completed", f"{name} under way")


def has_phrase(found: list[str], phrase: str) -> bool:
    return f" {phrase} " in f" {' '.join(found)} "
