"""The API guide is run: every example against the live site, and every call of the schema is in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api.docs import openapi_document
from core import clock
from tests.docs.guide import GUIDE, NotAsShown, answers_in, blocks, contains, examples, fits, problems_in
from tests.docs.reader import Reader, require_curl

# The day on which the guide is written: its dates stay right whenever it is run.
WRITTEN = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture
def reader(
    transactional_db: None, live_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Reader:
    # For the server's threads too, which do not see a clock that is frozen in this one.
    monkeypatch.setattr(clock, "now", lambda: WRITTEN)
    monkeypatch.setattr(clock, "frozen_moment", lambda: WRITTEN)
    return Reader(live_server.url, tmp_path)


@pytest.mark.parametrize("language", ["sh", "python"])
def test_every_example_runs_and_gives_what_is_shown(reader: Reader, language: str):
    if language == "sh":
        require_curl()
    for example in examples():
        if example.block.language in ("console", language):
            reader.follow(example)


def test_each_step_is_shown_in_both_languages():
    """No section has examples of one only."""
    one_sided = []
    for title, text in sections():
        languages = {language for language in ("sh", "python") if f"```{language}\n" in text}
        if len(languages) == 1:
            one_sided.append(title)
    assert one_sided == []
    assert sum(block.language == "sh" for block in blocks()) > 15


def sections() -> list[tuple[str, str]]:
    parts = re.split(r"^##+ (.+)$", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


# Every call

ROW = re.compile(r"^\| `(GET|POST|PUT|PATCH|DELETE) ([^`]+)` \| ([^|]+) \|", re.MULTILINE)
IN_SHELL = re.compile(r"\$BASE/([^\s\"'?]*)")
IN_PYTHON = re.compile(r"(?:(?:call|patiently)\(\s*\"[A-Z]+\", |pages\(\s*)f?\"([^\"?]*)")
IN_PROSE = re.compile(r"`(?:GET |POST |PUT |PATCH |DELETE )?([a-z-]+/(?:[a-z{}-]+/)*)`")


def of_schema() -> dict[tuple[str, str], str]:
    """(method, path) → summary."""
    return {
        (method.upper(), path.removeprefix("/api/v1/")): operation["summary"]
        for path, operations in openapi_document()["paths"].items()
        for method, operation in operations.items()
        if method != "parameters"
    }


def shape(path: str) -> str:
    """The path with a {} where something stands for an id."""
    return re.sub(r"\$[A-Z_]+|\{[^}]*\}", "{}", path)


def test_the_table_of_calls_is_the_schema():
    text = GUIDE.read_text(encoding="utf-8")
    listed = {(method, shape(path)): summary.strip() for method, path, summary in ROW.findall(text)}
    assert listed == {(method, shape(path)): summary for (method, path), summary in of_schema().items()}


def test_every_path_of_the_guide_is_in_the_schema():
    known = {shape(path) for _method, path in of_schema()} | {"docs/"}
    # Of a call on one object prose may name the end alone: “with `move/`”.
    ends = known | {path.removeprefix("deals/{}/") for path in known}
    used, named = set(), set()
    for block in blocks():
        if block.language == "sh":
            used |= {shape(path) for path in IN_SHELL.findall(block.text)}
        if block.language == "python":
            used |= {shape(path) for path in IN_PYTHON.findall(block.text)}
    named = {shape(path) for path in IN_PROSE.findall(GUIDE.read_text(encoding="utf-8"))}
    assert used - known == set()
    assert named - ends == set()
    assert len(used) > 15


# What would make the guide's test worthless if it let it pass


@pytest.mark.parametrize(
    ("shown", "came"),
    [
        ({"status": 422}, {"status": 200}),
        ({"unmet": ["…"]}, {"unmeet": []}),
        ({"results": [{"name": "one"}]}, {"results": [{"name": "one"}, {"name": "two"}]}),
        ({"results": [{"name": "one"}, "…"]}, {"results": []}),
        ({"amount": "1"}, {"amount": 1}),
        ({"version": 1}, {"version": True}),
        ({"deal": "$DEAL"}, {"deal": "another"}),
        ({"at": "2026-…"}, {"at": "2027-01-01"}),
    ],
)
def test_what_is_not_as_shown_is_found(shown: Any, came: Any):
    with pytest.raises(NotAsShown):
        contains(came, shown, {"DEAL": "one"}, at="here")


def test_what_is_as_shown_passes_and_gives_names():
    names: dict[str, str] = {}
    shown = {"id": "$DEAL", "results": [{"at": "2026-…Z"}, "…"], "previous": None, "cursor": "…"}
    came = {"id": "7", "results": [{"at": "2026-01Z"}, 1, 2], "previous": None, "cursor": None, "more": 1}
    contains(came, shown, names, at="here")
    assert names == {"DEAL": "7"}


def test_an_error_among_the_answers_is_seen():
    assert problems_in(answers_in('{"id": "1"}\n{"type": "/problems/invalid", "status": 400}'))
    assert not problems_in(answers_in('{"id": "1", "type": "task"}'))
    assert fits("a…c", "abc")
    assert not fits("a…c", "abd")
