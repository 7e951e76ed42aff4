"""The content security policy refuses inline styles and scripts: no template may rely on one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    template
    for room in ROOT.glob("**/templates")
    if ".venv" not in room.parts
    for template in room.rglob("*.html")
    if "email" not in template.parts
)

REFUSED = {
    "style attribute": re.compile(r"<[a-z][^>]*\sstyle=", re.IGNORECASE),
    "style element": re.compile(r"<style[\s>]", re.IGNORECASE),
    "event handler": re.compile(r"<[a-z][^>]*\son[a-z]+=", re.IGNORECASE),
    "hx-on or js: expression": re.compile(r"\shx-on[:=]|=[\"']js:", re.IGNORECASE),
    "trigger filter, which htmx evaluates": re.compile(r"hx-trigger=\"[^\"]*\[", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\b(?:src|type=\"application/json\"))[^>]*>", re.IGNORECASE),
}


@pytest.mark.parametrize("what", REFUSED)
def test_no_template_relies_on_what_the_security_policy_refuses(what: str) -> None:
    offending = [
        path.relative_to(ROOT).as_posix()
        for path in TEMPLATES
        if REFUSED[what].search(path.read_text(encoding="utf-8"))
    ]
    assert offending == []


@pytest.mark.parametrize("sheet", sorted((ROOT / "static" / "css").glob("*.css")), ids=lambda path: path.name)
def test_no_stylesheet_loads_anything_from_elsewhere(sheet: Path) -> None:
    text = sheet.read_text(encoding="utf-8")
    assert "http" not in text
    assert "@import" not in text
