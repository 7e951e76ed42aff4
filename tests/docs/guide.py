"""The API guide as a test reads it: its fenced blocks in order, and how what is shown compares with what comes.

| block | is |
|---|---|
| `console` | lines at a prompt: `./run manage …`, whose output a variable may keep, and where the site is (`BASE`) |
| `sh`, `python` | an example. One language's examples build on each other, those of the other on nothing but `console` |
| `json` | what the answer of the example before it contains: more fields may come, more of a list only after `"…"` |
| `text` | what the example before it prints, line for line |

`…` stands for any text. `"$DEAL"` in a `json` block gives the variable that the later `sh` examples use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "api.md"
EXAMPLES = ("console", "sh", "python")
EXPECTATIONS = ("json", "text")
VARIABLE = re.compile(r"\$([A-Z][A-Z_]*)\Z")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. `line`: of its first line of content, counted from 1."""

    language: str
    text: str
    line: int

    def __str__(self) -> str:
        return f"docs/api.md:{self.line} ({self.language})"


@dataclass(frozen=True, slots=True)
class Example:
    """A block to run, and the block that shows what comes of it."""

    block: Block
    shown: Block | None


class NotAsShown(AssertionError):
    """What came is not what the guide shows."""


def blocks() -> list[Block]:
    tokens = MarkdownIt("commonmark").parse(GUIDE.read_text(encoding="utf-8"))
    return [
        Block(token.info.strip(), token.content, token.map[0] + 2)
        for token in tokens
        if token.type == "fence" and token.map
    ]


def examples() -> list[Example]:
    """Raises ValueError for a block that nobody would run or compare."""
    found: list[Example] = []
    for block in blocks():
        if block.language in EXAMPLES:
            found.append(Example(block, None))
        elif block.language in EXPECTATIONS and found and found[-1].shown is None:
            found[-1] = Example(found[-1].block, block)
        else:
            raise ValueError(f"{block}: neither an example nor what the one before it shows")
    return found


def check_output(output: str, shown: Block, names: dict[str, str]) -> None:
    """Compare, and put what `$NAME` stands for into `names`. Raises NotAsShown."""
    if shown.language == "json":
        answers = answers_in(output)
        if not answers:
            raise NotAsShown(f"{shown}: no JSON came but\n{output}")
        contains(answers[-1], json.loads(shown.text), names, at=str(shown))
    else:
        check_lines(output, shown)


def check_lines(output: str, shown: Block) -> None:
    wanted, came = shown.text.splitlines(), output.splitlines()
    if len(wanted) != len(came) or not all(map(fits, wanted, came)):
        raise NotAsShown(f"{shown}: shown is\n{shown.text}\nbut what came is\n{output}")


def answers_in(output: str) -> list[Any]:
    """The JSON documents that were printed one after the other."""
    return list(_documents(output.strip()))


def _documents(text: str) -> Iterator[Any]:
    while text:
        try:
            document, end = json.JSONDecoder().raw_decode(text)
        except ValueError:
            return
        yield document
        text = text[end:].lstrip()


def problems_in(answers: list[Any]) -> list[Any]:
    """Those that are errors (RFC 9457)."""
    return [
        answer
        for answer in answers
        if isinstance(answer, dict) and str(answer.get("type")).startswith("/problems/")
    ]


def contains(came: Any, shown: Any, names: dict[str, str], *, at: str) -> None:
    """`came` has everything that `shown` shows. Raises NotAsShown with the place."""
    if isinstance(shown, dict):
        if not isinstance(came, dict):
            raise NotAsShown(f"{at}: shown is an object, but what came is {came!r}")
        for name, value in shown.items():
            if name not in came:
                raise NotAsShown(f"{at}: no {name} came, but {sorted(came)}")
            contains(came[name], value, names, at=f"{at} {name}")
    elif isinstance(shown, list):
        contains_list(came, shown, names, at=at)
    elif isinstance(shown, str) and (variable := VARIABLE.match(shown)):
        if names.setdefault(variable[1], came) != came:
            raise NotAsShown(f"{at}: {shown} was {names[variable[1]]}, but what came is {came!r}")
    elif not (fits(shown, came) if isinstance(shown, str) else is_same(shown, came)):
        raise NotAsShown(f"{at}: shown is {shown!r}, but what came is {came!r}")


def contains_list(came: Any, shown: list[Any], names: dict[str, str], *, at: str) -> None:
    is_open = bool(shown) and shown[-1] == "…"
    wanted = shown[:-1] if is_open else shown
    if not isinstance(came, list) or len(came) < len(wanted) or (len(came) > len(wanted) and not is_open):
        raise NotAsShown(
            f"{at}: shown are {len(wanted)}{' or more' if is_open else ''}, but what came is {came!r}"
        )
    for place, value in enumerate(wanted):
        contains(came[place], value, names, at=f"{at}[{place}]")


def is_same(shown: Any, came: Any) -> bool:
    """Numbers, true, false and null; for Python, but not in JSON, 1 is True."""
    return bool(shown == came) and isinstance(shown, bool) == isinstance(came, bool)


def fits(shown: str, came: Any) -> bool:
    """Whether the text is the one shown, in which `…` stands for anything (for a lone one: any value)."""
    if shown == "…":
        return True
    pattern = ".*".join(re.escape(part) for part in shown.split("…"))
    return isinstance(came, str) and re.fullmatch(pattern, came, re.DOTALL) is not None
