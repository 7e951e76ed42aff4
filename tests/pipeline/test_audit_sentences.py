"""Every action that the designer and the review write down reads as a sentence, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from pipeline.audit_sentences import SENTENCES, SIMPLE, shown
from tenancy.audit_words import Told, line_of

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = re.compile(r'action=f?"([\w.{}]+)"|_record\(\s*actor, "([\w.]+)"|told\(\w+, "(\w+)"')
DETAIL = {
    "name": "미팅 약속 완료",
    "stage": "미팅 약속 완료",
    "field": "stall_days",
    "from": 14,
    "to": 0,
}
SPECIAL = {
    "pipeline.copied": {"name": "사본", "from": "신규 영업"},
    "pipeline.ordered": {"name": "신규 영업", "from": ["가", "나"], "to": ["나", "가"]},
    "stage.answered": {"name": "미팅", "question": "essential", "from": None, "to": False},
}


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def actions() -> set[str]:
    """As the services write them: a service that writes a new one must say how it reads."""
    found = set()
    for path in (ROOT / "pipeline/services").glob("*.py"):
        for whole, short, step in WRITTEN.findall(path.read_text(encoding="utf-8")):
            name = whole or short or f"journey.{step}"
            if "{" not in name:
                found.add(name)
    return found


def test_each_action_of_the_services_has_a_sentence() -> None:
    assert actions() == set(SENTENCES) | set(SIMPLE)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("action", sorted(set(SENTENCES) | set(SIMPLE)))
def test_it_reads_in_both_languages(action: str, language: str) -> None:
    with translation.override(language):
        line = line_of(Told(action, "", SPECIAL.get(action, DETAIL), {}))
    assert "did “" not in line.what
    assert "%(" not in line.what
    hangul = bool(re.search("습니다", line.what))
    assert hangul == (language == "ko")


@pytest.mark.usefixtures("in_english")
def test_values_are_shown_as_the_designer_shows_them() -> None:
    assert shown("win_rate", "22.5") == "22.5%"
    assert shown("stall_days", 0) == "never stalls"
    assert shown("kind", "lead") == "Lead stage"
    assert shown("kind", "field") == "A field is filled"
    assert shown("category", "best_case") == "Best case"
    assert shown("required", False) == "no"
    assert shown("subject", "") == "–"
