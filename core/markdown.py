"""What people write, as HTML that is safe to show: Markdown without HTML and images, links that lead outside only.

Two walls: the parser makes no markup but its own, and nh3 lets nothing else through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# Somebody called by name: stands in the text with the id, is shown with today's name.
MENTION = re.compile(r"@\{([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}")
BARE_LINK = re.compile(r"https?://[^\s<>\"'`]+[^\s<>\"'`.,;:!?)\]}…]")
FOUND = re.compile(f"(?P<mention>{MENTION.pattern})|(?P<link>{BARE_LINK.pattern})")
LINK = re.compile(r"(?:https?://|mailto:)[^\s]+\Z", re.IGNORECASE)

TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span"),
    *("h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
SCHEMES = {"http", "https", "mailto"}
REL = "noopener noreferrer nofollow"
# Below the page's own headings.
DEMOTED = {"h1": "h4", "h2": "h5"}


def mentioned_ids(text: str) -> list[str]:
    """The ids called in the text, each once, in their order."""
    return list(dict.fromkeys(MENTION.findall(text)))


def markdown(text: str, names: Mapping[str, str] | None = None) -> SafeString:
    """`text` as safe HTML; `names`: id → name of those who are called in it. An unknown id stays as it is written."""
    known = names or {}
    called = tuple((ident, known[ident]) for ident in mentioned_ids(text) if ident in known)
    return _rendered(text, called)


@lru_cache(maxsize=512)
def _rendered(text: str, called: tuple[tuple[str, str], ...]) -> SafeString:
    html = _parser().render(text, {"names": dict(called)})
    return mark_safe(  # noqa: S308 - what nh3 has cleaned
        nh3.clean(
            html,
            tags=TAGS,
            attributes={"a": {"href"}},
            allowed_classes={"span": {"mention"}},
            url_schemes=SCHEMES,
            link_rel=REL,
            set_tag_attribute_values={"a": {"target": "_blank"}},
        )
    )


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    parser.disable(["image", "html_block", "html_inline"]).enable(["strikethrough", "table"])
    parser.validateLink = lambda url: LINK.match(url) is not None  # type: ignore[method-assign]
    parser.core.ruler.push("mentions_and_links", _find_mentions_and_links)
    parser.core.ruler.push("demote_headings", _demote_headings)
    return parser


def _demote_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = DEMOTED.get(token.tag, "h6")


def _find_mentions_and_links(state: StateCore) -> None:
    for block in state.tokens:
        if block.type != "inline" or not block.children:
            continue
        depth = 0
        found: list[Token] = []
        for token in block.children:
            depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            if token.type == "text" and ("@{" in token.content or "://" in token.content):
                found += _pieces(token.content, state.env.get("names", {}), linked=depth > 0)
            else:
                found.append(token)
        block.children = found


def _pieces(text: str, names: Mapping[str, str], *, linked: bool) -> Iterable[Token]:
    end = 0
    for match in FOUND.finditer(text):
        name = names.get(match[2]) if match["mention"] else None
        if name is None and (match["mention"] or linked):
            continue
        if match.start() > end:
            yield _text(text[end : match.start()])
        end = match.end()
        if name is not None:
            yield _html(f'<span class="mention">@{escape(name)}</span>')
        else:
            yield _html(f'<a href="{escape(match[0])}">{escape(match[0])}</a>')
    if end < len(text):
        yield _text(text[end:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _html(content: str) -> Token:
    # Of our own making: the parser's rule for inline HTML is off, only this puts such a token in.
    return Token("html_inline", "", 0, content=content)
