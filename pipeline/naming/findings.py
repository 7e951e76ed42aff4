"""The judgement of a name, whatever its language."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pipeline.naming import english, korean
from pipeline.naming.tense import Tense

HANGUL = re.compile(r"[가-힣]")
ENGLISH = re.compile(r"[a-z]", re.IGNORECASE)
MAX_SUGGESTIONS = 3
MAX_NAME = 80  # what Stage.name holds


class NameFault(StrEnum):
    """What a name can get wrong. One at a time, the worst first: its suggestions mend the lesser ones as well."""

    OUTCOME = "outcome"
    VAGUE = "vague"
    OUR_ACTION = "our_action"
    OPEN_TENSE = "open_tense"


MESSAGES: dict[NameFault, Promise] = {
    NameFault.OUTCOME: _(
        "Won and lost are outcomes of a deal, and the board has a place for both. Name the buyer's last step instead."
    ),
    NameFault.VAGUE: _("This does not say what the buyer has reached."),
    NameFault.OUR_ACTION: _("This names what we do. Name it for what the buyer has reached."),
    NameFault.OPEN_TENSE: _("The tense is open: is it finished, in progress, or not begun?"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`suggestions`: names to put in its place, in the name's own language; none where we know no better."""

    code: NameFault
    message: str | Promise
    suggestions: tuple[str, ...] = ()


def guess_tense(name: str) -> Tense:
    """What the name says of its tense; UNCLEAR where it says nothing."""
    text = without_number(name)
    rules = rules_for(text)
    return rules.tense_of(text) if rules else Tense.UNCLEAR


def name_findings(name: str) -> list[Finding]:
    """What is wrong with the name, and what to call the stage instead; empty for a good name.

    A name that is neither Korean nor plain English is not judged.
    """
    text = without_number(name)
    rules = rules_for(text)
    if rules is None:
        return []
    fault = fault_of(text, rules)
    if fault is None:
        return []
    proposed = dict.fromkeys(rules.suggestions_for(text, fault.value))
    good = [name for name in proposed if len(name) <= MAX_NAME and fault_of(name, rules) is None]
    return [Finding(fault, MESSAGES[fault], tuple(good[:MAX_SUGGESTIONS]))]


def fault_of(text: str, rules: ModuleType) -> NameFault | None:
    if rules.is_outcome(text):
        return NameFault.OUTCOME
    if rules.is_vague(text):
        return NameFault.VAGUE
    if rules.is_our_action(text):
        return NameFault.OUR_ACTION
    return NameFault.OPEN_TENSE if rules.tense_of(text) is Tense.UNCLEAR else None


def rules_for(name: str) -> ModuleType | None:
    if HANGUL.search(name):
        return korean
    return english if ENGLISH.search(name) and is_plain(name) else None


def is_plain(name: str) -> bool:
    """No letters but those of English: "Angebot geprüft" is not for us to judge."""
    return not any(char.isalpha() and not char.isascii() for char in name)


NUMBER = re.compile(
    r"^\s*(?:(?:stage|step|단계)?\s*\(?\d{1,2}(?:\s*단계)?\s*[.):\-–—]+\s*|\d{1,2}\s+)", re.IGNORECASE
)
ASIDE = re.compile(r"\s*[(\[（].*?[)\]）]\s*")


def without_number(name: str) -> str:
    """The name without "3." before it and without what stands in brackets, unless nothing else is left."""
    # NFC: a name typed on a Mac may come with its syllables taken apart.
    text = unicodedata.normalize("NFC", " ".join(name.split()))
    text = NUMBER.sub("", text) or text
    return ASIDE.sub(" ", text).strip() or text
