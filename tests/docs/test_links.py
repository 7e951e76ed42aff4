"""Every relative link of the documentation leads somewhere: the file is there, and so is the heading."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
INDEX = ROOT / "docs" / "README.md"


def inlines(page: Path) -> list[Token]:
    tokens = MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))
    return [token for token in tokens if token.type == "inline"]


def links(page: Path) -> Iterator[str]:
    for inline in inlines(page):
        for child in inline.children or []:
            target = child.attrGet("href") or child.attrGet("src")
            if target is not None:
                yield str(target)


@cache
def anchors(page: Path) -> set[str]:
    """Of the headings, as GitHub makes them: a second one of the same text gets -1."""
    tokens = MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8"))
    found: set[str] = set()
    for before, inline in itertools.pairwise(tokens):
        if before.type == "heading_open":
            anchor = slug = anchor_of("".join(child.content for child in inline.children or []))
            number = 0
            while anchor in found:
                number += 1
                anchor = f"{slug}-{number}"
            found.add(anchor)
    return found


def anchor_of(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def broken(page: Path) -> list[str]:
    """The links that lead nowhere, or out of the repository."""
    return [link for link in links(page) if not leads_somewhere(link, page)]


def leads_somewhere(link: str, page: Path) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True  # another site's affair
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not target.is_relative_to(ROOT) or not target.exists():
        return False
    return not parts.fragment or unquote(parts.fragment) in anchors(target)


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path):
    assert broken(document) == []


def test_links_are_looked_at_all():
    assert sum(len(list(links(page))) for page in PAGES) > 60
    assert "through-the-gate" in anchors(ROOT / "docs" / "api.md")
    assert "영업-담당자" in anchors(ROOT / "docs" / "using.ko.md")


def test_a_broken_link_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tests.docs.test_links.ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        "# One, two\n\n[a](gone.md) [b](#three) [c](#one-two) [d](page.md#one-two) [e](page.md#two)\n\n"
        "| ![f](gone.png) |\n|---|\n\n[g](https://example.com/gone) [h](../outside.md)\n"
    )
    (tmp_path.parent / "outside.md").touch()
    assert broken(page) == ["gone.md", "#three", "page.md#two", "gone.png", "../outside.md"]


def test_the_index_names_every_document():
    named = {(INDEX.parent / unquote(urlsplit(link).path)).resolve() for link in links(INDEX)}
    pictures = ROOT / "docs" / "images"
    documents = {
        path for path in (ROOT / "docs").rglob("*") if path.is_file() and pictures not in path.parents
    }
    assert documents - named == {INDEX}
