"""Gaps in the Korean catalogue are found; compiled catalogues follow their sources."""

import gettext
import os
import shutil
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from runner.catalogs import compile_stale
from runner.problems import Failure
from runner.translations import compare

PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Deal"\nmsgstr "%s"\n'


def test_every_kind_of_gap_is_named():
    wanted, kept = Catalog(locale="ko"), Catalog(locale="ko")
    for text in ("Deal", "Stage", "Task", "%(count)s deals"):
        wanted.add(text)
    wanted.add("Open", context="deal")
    kept.add("Deal", "딜")
    kept.add("Stage", "")
    kept.add("Task", "할 일", flags=["fuzzy"])
    kept.add("Gone", "없음")
    kept.add("Open", "열기")
    kept.add("%(count)s deals", "딜 %(number)s개", flags=["python-format"])
    gaps = compare(wanted, kept)
    assert gaps.missing == [("deal", "Open")]
    assert gaps.untranslated == [(None, "Stage")]
    assert gaps.fuzzy == [(None, "Task")]
    assert gaps.obsolete == [(None, "Gone"), (None, "Open")]
    assert gaps.broken == [(None, "%(count)s deals")]
    assert "missing      'Open' (context 'deal')" in list(gaps.lines())


def test_a_complete_catalogue_has_no_gaps():
    wanted, kept = Catalog(locale="ko"), Catalog(locale="ko")
    wanted.add(("%(n)s deal", "%(n)s deals"))
    kept.add(("%(n)s deal", "%(n)s deals"), ("딜 %(n)s개",))
    assert list(compare(wanted, kept).lines()) == []


def test_catalogues_are_compiled_when_their_source_is_newer(tmp_path: Path):
    source = tmp_path / "locale" / "ko" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO % "딜")
    (compiled,) = compile_stale(tmp_path)
    assert gettext.GNUTranslations(compiled.open("rb")).gettext("Deal") == "딜"
    assert compile_stale(tmp_path) == []
    source.write_text(PO % "거래")
    os.utime(source, (later := compiled.stat().st_mtime + 10, later))
    compile_stale(tmp_path)
    assert gettext.GNUTranslations(compiled.open("rb")).gettext("Deal") == "거래"


def test_a_broken_catalogue_is_named(tmp_path: Path):
    source = tmp_path / "locale" / "ko" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text("<<<<<<< ours\n")
    with pytest.raises(Failure, match=r"django\.po of ko cannot be read"):
        compile_stale(tmp_path)


def test_gettext_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from runner.translations import extract

    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(Failure, match="GNU gettext not found: install it"):
        extract(tmp_path)
