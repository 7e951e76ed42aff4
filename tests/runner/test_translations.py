"""Gaps in the Korean catalogue are found; compiled catalogues follow their sources."""

import gettext
import os
import shutil
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from runner.catalogs import compile_stale
from runner.problems import Failure
from runner.translating import as_text, head_of, updated
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


def test_an_update_takes_new_texts_in_and_keeps_what_was_translated():
    wanted, kept = Catalog(locale="ko"), Catalog(locale="ko")
    wanted.add("Stage")
    wanted.add("Deal")
    wanted.add("Task")
    wanted.add("Open", context="deal")
    wanted.add(("%(n)s deal", "%(n)s deals"), flags=["python-format"])
    kept.add("Deal", "딜")
    kept.add("Task", "일", flags=["fuzzy"])
    kept.add("Open", "열기")
    kept.add(("%(n)s deal", "%(n)s deals"), ("딜 %(n)s개",), flags=["python-format"])
    gaps = compare(wanted, updated(wanted, kept))
    assert gaps.missing == gaps.obsolete == gaps.broken == []
    assert gaps.untranslated == [("deal", "Open"), (None, "Stage")]
    assert gaps.fuzzy == [(None, "Task")]


def test_an_update_keeps_head_and_order():
    wanted, kept = Catalog(locale="ko"), Catalog(locale="ko")
    for text in ("Stage", "Deal"):
        wanted.add(text, locations=[("deals/forms.py", 7)])
    kept.add("Deal", "딜")
    written = as_text(updated(wanted, kept), head=head_of(PO % "딜"))
    assert written.startswith(head_of(PO % "딜") + "\n\n")
    assert written.endswith('msgid "Deal"\nmsgstr "딜"\n\nmsgid "Stage"\nmsgstr ""\n\n')
    assert "forms.py" not in written


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
