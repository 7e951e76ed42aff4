"""The help for users, in both languages: what stands in bold is on the screen, and both say the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from markdown_it import MarkdownIt
from markdown_it.token import Token

from runner.translations import key_of

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale" / "ko" / "LC_MESSAGES" / "django.po"
# It names the convention itself.
NO_LABELS = {"bold", "굵은 글씨"}


def tokens(name: str) -> list[Token]:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    return MarkdownIt("commonmark").enable("table").parse(text)


def bold_of(inline: Token) -> Iterator[str]:
    inside = False
    for child in inline.children or []:
        if child.type in ("strong_open", "strong_close"):
            inside = child.type == "strong_open"
        elif inside and child.content not in NO_LABELS:
            yield child.content


def bold_by_paragraph(name: str) -> list[list[str]]:
    """For each paragraph, point, heading or cell."""
    return [list(bold_of(token)) for token in tokens(name) if token.type == "inline"]


@pytest.fixture(scope="module")
def korean_of() -> dict[str, set[str]]:
    """Every text of the catalogue with its translations, one for each context."""
    found: dict[str, set[str]] = defaultdict(set)
    with CATALOGUE.open("rb") as file:
        for message in read_po(file):
            (_context, source), text = key_of(message), message.string
            found[source].add(text if isinstance(text, str) else next(iter(text or ()), ""))
    return found


def test_both_languages_have_the_same_build():
    shape = [[token.type for token in tokens(name)] for name in ("using.md", "using.ko.md")]
    assert shape[0] == shape[1]


def test_what_is_bold_is_on_the_screen(korean_of: dict[str, set[str]]):
    labels = [label for paragraph in bold_by_paragraph("using.md") for label in paragraph]
    assert len(labels) > 50
    assert [label for label in labels if label not in korean_of] == []


def test_korean_names_what_english_names_as_the_screen_does(korean_of: dict[str, set[str]]):
    differing = []
    for english, korean in zip(bold_by_paragraph("using.md"), bold_by_paragraph("using.ko.md"), strict=True):
        left = list(korean)
        for label in english:
            found = next((word for word in left if word in korean_of[label]), None)
            if found is None:
                differing.append((label, korean))
            else:
                left.remove(found)
        differing += [("", [word]) for word in left]
    assert differing == []
