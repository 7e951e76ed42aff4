"""Addresses of static files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import ManifestFilesMixin

from config.storage import ManifestStorage


def test_an_address_is_worked_out_once(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATIC_ROOT = tmp_path
    paths = {"css/base.css": "css/base.0123456789ab.css", "img/icons.svg": "img/icons.ba9876543210.svg"}
    (tmp_path / "staticfiles.json").write_text(
        json.dumps({"paths": paths, "version": "1.1", "hash": "0123456789ab"})
    )
    asked: list[str] = []
    look_up = ManifestFilesMixin.stored_name

    def noted(self: Any, name: str) -> str:
        asked.append(name)
        return look_up(self, name)

    monkeypatch.setattr(ManifestFilesMixin, "stored_name", noted)
    storage = ManifestStorage()
    for _ in range(3):
        assert storage.url("css/base.css") == "/static/css/base.0123456789ab.css"
        assert storage.url("img/icons.svg") == "/static/img/icons.ba9876543210.svg"
    assert asked == list(paths)


def test_a_file_that_is_not_listed_is_refused_each_time(tmp_path: Path, settings: Any) -> None:
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").write_text(json.dumps({"paths": {}, "version": "1.1", "hash": ""}))
    storage = ManifestStorage()
    for _ in range(2):
        with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
            storage.url("css/gone.css")
